import TCPStreams
import TestSupport
import Testing
import Wire

@testable import SMTPAnalysis

/// Several threads tell of one epoch or of several at a time, as chance has it.
@Suite struct SessionOrderTests {
  /// The second session fell silent before the first one ended, which was found out an epoch later; the last two end with the
  /// capture, one of them having been silent for long.
  private let epochs = [
    epoch(at: 100, began: 1...5, ended: [1: 90]),
    epoch(at: 200, ended: [2: 10]),
    epoch(at: 300, ended: [3: 280]),
    epoch(at: 310),
    EpochLog.last([log(ended: [4: 309, 5: 20])]),
  ]

  @Test(arguments: [1, 2, 3, 5])
  func `sessions come in the same order however many epochs are told of at a time`(together: Int) {
    var sequencer = SessionSequencer(patience: 0, memory: SessionMemory(limits: MemoryLimits()))
    var numbers: [Int] = []
    for (index, epoch) in epochs.enumerated() {
      sequencer.take(epoch)
      // The end of the capture comes right behind its last epoch.
      guard (index + 1) % together == 0, index + 2 < epochs.count else { continue }
      while sequencer.hasEndedSessions, let session = sequencer.nextSession() { numbers.append(session.id) }
    }
    while let session = sequencer.nextSession() { numbers.append(session.id) }
    #expect(numbers == [1, 2, 3, 5, 4])
    #expect(!sequencer.hasEndedSessions)
  }

  @Test(arguments: [false, true])
  func `sessions are numbered alike whichever shard is asked first`(isTurned: Bool) {
    // Both were passed over in silence before they turned out to carry mail.
    var openings = ShardLog()
    for ordinal in [1, 2] {
      openings.openings.append(
        ShardLog.Opening(ordinal: ordinal, connection: SessionOpening(facts(until: 0)), isMail: false))
    }
    openings.openings.append(ShardLog.Opening(ordinal: 3, connection: SessionOpening(facts(until: 0)), isMail: true))
    openings.endings.append(ending(3, until: 90))
    let shards = [1, 2].map { ordinal in
      var log = ShardLog()
      log.decisions.append(ShardLog.Decision(ordinal: ordinal, connection: SessionOpening(facts(until: 0))))
      log.endings.append(ending(ordinal, until: 180 + Int64(ordinal)))
      return log
    }
    var sequencer = SessionSequencer(patience: 1, memory: SessionMemory(limits: MemoryLimits()))
    sequencer.take(EpochLog(time: CaptureTime(nanoseconds: 100_000_000_000), shards: [openings]))
    sequencer.take(
      EpochLog(time: CaptureTime(nanoseconds: 200_000_000_000), shards: isTurned ? shards.reversed() : shards))
    var told: [[Int]] = []
    while let session = sequencer.nextSession() {
      told.append([session.id, Int(session.connection.lastFrame.time.nanoseconds / 1_000_000_000)])
    }
    #expect(told == [[1, 90], [2, 181], [3, 182]])
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `sessions come in the same order however seldom they are asked for`(seed: UInt64) {
    let frames = manyConversations(400, seed: seed).flatMap(\.frames).sorted { $0.time < $1.time }
    var analyzer = Analyzer()
    for (index, frame) in frames.enumerated() {
      analyzer.receive(
        frame.bytes.span,
        descriptor: FrameDescriptor(
          time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
    }
    analyzer.finish()
    var numbers: [Int] = []
    while let session = analyzer.nextSession() { numbers.append(session.id) }
    #expect(numbers == Analysis(frames).sessions.map(\.id))
    #expect(frames.count > 4 * SessionSequencer.epochFrames)
  }
}

extension SessionSequencer {
  fileprivate mutating func nextSession() -> Session? {
    var ending = next()
    return ending?.take()
  }
}

/// An epoch that ended so many seconds after the first, with the connections that began in it, and those that ended with the
/// time of the last frame of each.
private func epoch(at seconds: Int64, began: ClosedRange<Int>? = nil, ended: [Int: Int64] = [:]) -> EpochLog {
  EpochLog(time: CaptureTime(nanoseconds: seconds * 1_000_000_000), shards: [log(began: began, ended: ended)])
}

private func log(began: ClosedRange<Int>? = nil, ended: [Int: Int64]) -> ShardLog {
  var log = ShardLog()
  for ordinal in began.map(Array.init) ?? [] {
    log.openings.append(ShardLog.Opening(ordinal: ordinal, connection: SessionOpening(facts(until: 0)), isMail: true))
  }
  for (ordinal, seconds) in ended { log.endings.append(ending(ordinal, until: seconds)) }
  return log
}

private func ending(_ ordinal: Int, until seconds: Int64) -> ShardLog.Ending {
  let session = Session(
    id: 0, connection: facts(until: seconds), kind: .smtp, verdict: Verdict(outcome: .delivered, message: ""))
  return ShardLog.Ending(ordinal: ordinal, session: session)
}

private func facts(until seconds: Int64) -> ConnectionFacts {
  let end = Endpoint(address: IPAddress(ipv4: 0xc000_0201), port: 25)
  let frame = FrameDescriptor(
    time: CaptureTime(nanoseconds: seconds * 1_000_000_000), number: 1, file: 0, linkType: .ethernet, originalLength: 60
  )
  return ConnectionFacts(client: end, server: end, opening: .handshake, firstFrame: frame)
}
