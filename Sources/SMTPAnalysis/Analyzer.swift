// SMTPAnalysis: streams meet the dialogue. Frames go in; what became of each mail comes out, session by session.

internal import HostNames
internal import PacketDecoding
internal import TCPStreams
public import Threads
public import Wire

/// Reads frames and gives the record of each mail session when it has ended.
///
/// It does no I/O and knows no clock but the frames' times. Feed `receive` with every frame in order, take what has ended
/// from `nextSession` after each, call `finish` once at the end and take the rest.
public struct Analyzer: ~Copyable {
  private let options: AnalysisOptions
  private let spread: FlowSpread
  private var decoder = PacketDecoder()
  private var shards: [16 of FlowShard]
  /// They have the shards instead, where there are several threads.
  private var threads: ShardThreads?
  private var sequencer: SessionSequencer
  private var names = NameMemory()
  /// How many frames there were at the end of each epoch of which it is not known yet what the shards found out, in order.
  private var epochEnds: [Int] = []
  private var now = CaptureTime(nanoseconds: 0)
  private var firstTime: CaptureTime?
  private var lastTime = CaptureTime(nanoseconds: .min)
  private var packets = 0
  private var framesOfEpoch = 0
  /// Link-layer types that cannot be read, each once a file, with the first frame of that type.
  public private(set) var unknownLinks: [(type: LinkType, frame: FrameDescriptor)] = []
  /// What is known of the whole run; sessions are counted by whoever takes them.
  public private(set) var summary = AnalysisSummary()

  /// Works in the caller's thread.
  ///
  /// - Parameter output: Makes what takes the messages as they pass; nil where none are extracted.
  public init(options: AnalysisOptions = AnalysisOptions(), output: (@Sendable () -> any MessageOutput)? = nil) {
    self.init(options: options, spread: FlowSpread(options.secrets), threads: nil, output: output?())
  }

  /// Works in several threads; throws where one cannot be started.
  ///
  /// - Parameters:
  ///   - output: Makes what takes the messages as they pass, ``outputs(jobs:)`` times: one thread asks one of them at a time.
  ///     Nil where none are extracted.
  ///   - jobs: How many threads work on the connections, the caller's among them. The sessions and their order are the same
  ///     with any number.
  public init(
    options: AnalysisOptions = AnalysisOptions(), output: (@Sendable () -> any MessageOutput)? = nil, jobs: Int
  ) throws(ThreadError) {
    if jobs > 1 {
      let spread = FlowSpread(options.secrets)
      let threads = try ShardThreads(count: jobs, options: options, spread: spread, output: output)
      self.init(options: options, spread: spread, threads: threads, output: nil)
    } else {
      self.init(options: options, output: output)
    }
  }

  /// How many outputs are made for so many threads.
  public static func outputs(jobs: Int) -> Int { ShardThreads.teams(for: jobs) }

  private init(
    options: AnalysisOptions, spread: FlowSpread, threads: consuming ShardThreads?, output own: (any MessageOutput)?
  ) {
    self.options = options
    self.spread = spread
    self.threads = threads
    shards = InlineArray { _ in FlowShard(options: options, spread: spread, output: own) }
    sequencer = SessionSequencer(
      patience: options.limits.numberingPatience, memory: SessionMemory(limits: options.memory))
  }

  /// The frames that come from now on may lie in this memory, which stays as it is while it is held: where several threads
  /// work they read them there. Nil takes that back.
  public mutating func lend(_ block: SharedBytes?) {
    threads?.lend(block)
  }

  /// Takes the next frame of the capture.
  ///
  /// - Parameter place: Where in the memory that was lent it begins; -1 where its bytes are lent for the call only.
  public mutating func receive(_ frame: Span<UInt8>, descriptor: FrameDescriptor, at place: Int = -1) {
    packets += 1
    now = descriptor.time
    if firstTime == nil { firstTime = now }
    if lastTime < now { lastTime = now }
    if let segment = TCPSegment(common: frame, linkType: descriptor.linkType) {
      take(segment, in: frame, at: place, descriptor)
    } else {
      takeOther(frame, descriptor, at: place)
    }
    framesOfEpoch += 1
    if framesOfEpoch == SessionSequencer.epochFrames { endEpoch() }
  }

  @inline(never)
  private mutating func takeOther(_ frame: Span<UInt8>, _ descriptor: FrameDescriptor, at place: Int) {
    switch decoder.decode(frame, descriptor: descriptor) {
    case .segment(let segment):
      take(segment, in: frame, at: place, descriptor)
    case .reassembledSegment(let segment, let bytes):
      take(segment, in: bytes.span, at: -1, descriptor)
    case .malformed(.unknownLinkType(let type)):
      let isKnown = unknownLinks.contains { $0.frame.file == descriptor.file && $0.type == type }
      if !isKnown, unknownLinks.count < options.limits.unknownLinks { unknownLinks.append((type, descriptor)) }
    case .datagram(let datagram):
      take(datagram, in: frame, descriptor)
    case .reassembledDatagram(let datagram, let bytes):
      take(datagram, in: bytes.span, descriptor)
    case .icmpError(let error):
      take(error, descriptor)
    case .fragment, .other, .malformed:
      break
    }
  }

  private mutating func take(
    _ segment: TCPSegment, in bytes: Span<UInt8>, at place: Int, _ descriptor: FrameDescriptor
  ) {
    let index = spread.shard(of: segment.source, segment.destination)
    if threads == nil {
      shards[index].receive(segment, in: bytes, descriptor, ordinal: packets)
    } else {
      threads?.receive(segment, in: bytes, at: place, descriptor, ordinal: packets, shard: index)
    }
  }

  private mutating func take(_ datagram: UDPDatagram, in bytes: Span<UInt8>, _ descriptor: FrameDescriptor) {
    let seen = SeenMessage(
      bytes.extracting(datagram.payload), from: datagram.source, to: datagram.destination,
      isCut: datagram.payload.count < datagram.payloadLength, time: descriptor.time, frame: descriptor.number)
    if let seen { names.note(NameObservation(ordinal: packets, content: .message(seen))) }
  }

  private mutating func take(_ error: ICMPError, _ descriptor: FrameDescriptor) {
    let index = spread.shard(of: error.source, error.destination)
    if threads == nil {
      shards[index].receive(error, descriptor)
    } else {
      threads?.receive(error, descriptor, shard: index)
    }
  }

  /// The capture is over: everything that is open ends.
  public mutating func finish() {
    endEpoch()
    if let (logs, limited) = threads?.finish() {
      for log in logs { take(log) }
      summary.limited = limited
    } else {
      var last = EpochLog.last()
      for index in shards.indices {
        shards[index].finish()
        if let log = shards[index].takeLog() { last.shards.append(log) }
        summary.limited.add(shards[index].limited)
      }
      take(consume last)
    }
    summary.limited.forgottenNames = names.forgotten
    summary.packetsNotSMTP = packets - sequencer.mailPackets
    summary.duration = firstTime.map { lastTime.nanoseconds(since: $0) } ?? 0
  }

  /// Whether `nextSession` may have something to give: a glance for the common packet, which ends nothing.
  ///
  /// Mutating although it changes nothing, so that the analyzer is looked at where it lies and not moved for the call.
  public var hasEndedSessions: Bool { mutating get { sequencer.hasEndedSessions } }

  /// The next session that has ended; nil when there is none yet.
  public mutating func nextSession() -> Session? {
    guard var ending = sequencer.next() else { return nil }
    summary.packetsNotSMTP = packets - sequencer.mailPackets
    return ending.take()
  }

  /// The next transaction that has ended while its session goes on, as a session of its own that has no number yet; nil when
  /// there is none, and always without ``AnalysisOptions/tellsTransactions``.
  public mutating func nextTransaction() -> Session? { sequencer.nextTransaction() }

  /// What there is to say of several sessions when all of them have been given.
  public var notes: [AnalysisSummary.Note] { sequencer.notes }

  /// Ends the epoch at hand, and waits until what ended in it is known: sessions are to be told now, not some frames later.
  ///
  /// For live traffic, some times a second: `time` is what the wall clock says where no frame came by then. One that is
  /// earlier than the last frame changes nothing, unless the clock was set back.
  public mutating func settle(at time: CaptureTime) {
    if time > now || now.nanoseconds(since: time) > Analyzer.clockTolerance { now = time }
    endEpoch()
    if let logs = threads?.collectAll() {
      for log in logs { take(log) }
    }
  }

  /// How far frames may be ahead of the clock that stamps them: they are handed over in batches.
  private static let clockTolerance: Int64 = 1_000_000_000

  /// What the connections cost now; nil where other threads have them.
  public var load: AnalysisLoad? {
    mutating get {
      guard threads == nil else { return nil }
      var load = AnalysisLoad()
      for index in shards.indices { shards[index].add(to: &load) }
      return load
    }
  }

  private mutating func endEpoch() {
    framesOfEpoch = 0
    epochEnds.append(packets)
    if let logs = threads?.endEpoch(at: now) {
      for log in logs { take(log) }
    } else {
      var log = EpochLog(time: now)
      for index in shards.indices {
        shards[index].advance(to: now)
        if let found = shards[index].takeLog() { log.shards.append(found) }
      }
      take(consume log)
    }
  }

  /// Consuming, so that nobody else has the sessions when they are completed where they lie.
  private mutating func take(_ epoch: consuming EpochLog) {
    // Behind the last epoch everything is told.
    names.complete(&epoch, until: epochEnds.isEmpty ? packets : epochEnds.removeFirst())
    sequencer.take(epoch)
  }
}

/// What the connections of an analysis cost at a moment.
public struct AnalysisLoad: Equatable, Sendable {
  /// Connections that are open, or whose end may bring a tail.
  public var openConnections = 0
  /// Bytes of segments out of order that wait, bookkeeping included.
  public var heldBytes = 0
  /// What was given up so far to stay within the limits.
  public var limited = AnalysisSummary.Limited()

  /// Nothing is open, held or given up.
  public init() {}
}
