import PacketDecoding
import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

/// Many connections at once, of all fates, that end in another order than they began in.
func manyConversations(_ count: Int, seed: UInt64) -> [Conversation] {
  var random = SplitMix64(seed: seed)
  let scripts = [
    Dialogues.delivered, Dialogues.data + "C!", "S: 220 ftp ready\nC: USER x",
    Dialogues.envelope + "C: QUIT\nS: 221 bye",
    "S: 554 no\nC.\nS.", Dialogues.text, Dialogues.hello + "C? 40\nS: 250 ok",
  ]
  return (0..<count).map { index in
    var conversation = Conversation(
      scripts[Int(random.next() % UInt64(scripts.count))],
      server: Endpoint(
        address: IPAddress(ipv4: 0xcb00_7100 + UInt32(random.next() % 9)), port: index % 5 == 0 ? 4711 : 25),
      pauses: [Int(random.next() % 9): Int64(random.next() % 4000)])
    conversation.client.port = UInt16(1024 + index)
    conversation.client.address = IPAddress(ipv4: 0xc000_0200 + UInt32(random.next() % 200))
    conversation.start = conversation.start.advanced(byNanoseconds: Int64(random.next() % 20_000_000_000))
    return conversation
  }
}

@Suite struct ShardingTests {
  @Test(arguments: [2, 3, 16, 40], [1, 2] as [UInt64])
  func `any number of threads gives the same sessions in the same order`(jobs: Int, seed: UInt64) {
    let frames = manyConversations(400, seed: seed).flatMap(\.frames).sorted { $0.time < $1.time }
    let one = Analysis(frames)
    let several = Analysis(frames, jobs: jobs)
    #expect(one.sessions.count > 300)
    #expect(one.sessions.map(\.id).sorted() == Array(1...one.sessions.count))
    #expect(several.shown == one.shown)
    #expect(several.summary.packetsNotSMTP == one.summary.packetsNotSMTP)
  }

  @Test(arguments: [2, 8], [60, 5_000, 1 << 20])
  func `frames that are lent are read as those that are copied`(jobs: Int, size: Int) {
    let frames = manyConversations(200, seed: 5).flatMap(\.frames).sorted { $0.time < $1.time }
    // In the small pieces some frames have no room, and are copied.
    let lent = Analysis(frames, jobs: jobs, lentInPiecesOf: size)
    #expect(lent.sessions.count > 150)
    #expect(lent.shown == Analysis(frames).shown)
    #expect(frames.contains { $0.bytes.count > 60 })
  }

  @Test(arguments: [1, 60, 300, 1_000, 4_000, 1 << 20], [1, 2] as [UInt64])
  func `sessions are the same however much of them is kept unread`(most: Int, seed: UInt64) {
    var frames = manyConversations(300, seed: seed).flatMap(\.frames).sorted { $0.time < $1.time }
    var random = SplitMix64(seed: seed)
    // Holes, and frames that overtake each other.
    frames = frames.filter { _ in random.next() % 50 > 0 }
    for index in frames.indices.dropLast() where random.next() % 50 == 0 { frames.swapAt(index, index + 1) }
    var options = AnalysisOptions()
    options.keepsDialogue = true
    options.limits.unreadBytes = 0
    let readAtOnce = Analysis(frames, options: options)
    options.limits.unreadBytes = most
    let keptUnread = Analysis(frames, options: options)
    #expect(readAtOnce.sessions.count > 200)
    #expect(readAtOnce.sessions.contains { $0.connection.clientToServer.missingBytes > 0 })
    #expect(keptUnread.shown == readAtOnce.shown)
  }

  @Test func `an analysis may be given up while threads work`() {
    let frames = manyConversations(200, seed: 6).flatMap(\.frames).sorted { $0.time < $1.time }
    for jobs in [2, 3, 16] {
      var analyzer = Analyzer(options: AnalysisOptions(), threads: jobs)
      for (index, frame) in frames.enumerated() {
        analyzer.receive(
          frame.bytes.span,
          descriptor: FrameDescriptor(
            time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
      }
      // Its end waits for the threads, and must come.
      _ = consume analyzer
    }
    #expect(frames.count > 2_000)
  }

  @Test func `sessions are numbered by their first packets and told by their ends`() {
    let frames = manyConversations(400, seed: 3).flatMap(\.frames).sorted { $0.time < $1.time }
    let sessions = Analysis(frames, jobs: 2).sessions
    let byNumber = sessions.sorted { $0.id < $1.id }
    for (one, next) in zip(byNumber, byNumber.dropFirst()) {
      #expect(one.connection.firstFrame.number < next.connection.firstFrame.number)
    }
    #expect(sessions.map(\.id) != byNumber.map(\.id))
  }

  @Test func `an empty capture ends in several threads too`() {
    let nothing = Analysis([], jobs: 4)
    #expect(nothing.sessions.isEmpty && nothing.summary.sessions == 0)
  }
}
