import Reports
import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// What live traffic asks of an analysis: to be told now.
@Suite struct LiveAnalysisTests {
  /// An analysis that is given frames one by one.
  private struct Live: ~Copyable {
    var analyzer: Analyzer
    private var count = 0
    private(set) var last = CaptureTime(nanoseconds: 0)

    init(_ change: (inout AnalysisOptions) -> Void = { _ in }, jobs: Int = 1) {
      var options = AnalysisOptions()
      options.tellsTransactions = true
      change(&options)
      analyzer = Analyzer(options: options, threads: jobs)
    }

    mutating func receive(_ frames: [Conversation.Frame]) {
      for frame in frames {
        count += 1
        last = frame.time
        analyzer.receive(
          frame.bytes.span,
          descriptor: FrameDescriptor(
            time: frame.time, number: count, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
      }
    }

    /// So many seconds pass.
    mutating func wait(_ seconds: Int64) {
      last = last.advanced(byNanoseconds: seconds * 1_000_000_000)
      analyzer.settle(at: last)
    }

    mutating func transactions() -> [Session] {
      var found: [Session] = []
      while let preview = analyzer.nextTransaction() { found.append(preview) }
      return found
    }

    mutating func sessions() -> [Session] {
      var found: [Session] = []
      while let session = analyzer.nextSession() { found.append(session) }
      return found
    }
  }

  private static let mail = """
    C: MAIL FROM:<a@b>
    S: 250 2.1.0 Ok
    C: RCPT TO:<c@d>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 go
    C: Subject: x\\r\\n\\r\\nHello\\r\\n.
    S: 250 2.0.0 Ok

    """

  private static let refused = """
    C: MAIL FROM:<a@b>
    S: 250 2.1.0 Ok
    C: RCPT TO:<nobody@d>
    S: 550 5.1.1 User unknown
    C: RSET
    S: 250 Ok

    """

  private static func conversation(_ text: String, closes: Bool = false) -> Conversation {
    Conversation(Dialogues.hello + text, closes: closes)
  }

  @Test(arguments: [1, 2])
  func `a session is told when the time says that it is over`(_ jobs: Int) {
    var live = Live(jobs: jobs)
    live.receive(Self.conversation(Self.mail + "C: QUIT\nS: 221 bye\n", closes: true).frames)
    live.wait(0)
    #expect(live.sessions().isEmpty)  // a tail may follow
    live.wait(3)
    let sessions = live.sessions()
    #expect(sessions.map(\.id) == [1])
    #expect(sessions.map(\.verdict.outcome) == [.delivered])
    live.analyzer.finish()
    #expect(live.sessions().isEmpty)
  }

  @Test func `where time stood still nothing ends, and where the clock went back it goes on from there`() {
    var live = Live()
    live.receive(Self.conversation(Self.mail + "C: QUIT\nS: 221 bye\n", closes: true).frames)
    let end = live.last
    for _ in 0..<100 { live.analyzer.settle(at: end) }
    #expect(live.sessions().isEmpty)
    live.analyzer.settle(at: end.advanced(byNanoseconds: -3_600_000_000_000))
    live.analyzer.settle(at: end.advanced(byNanoseconds: -3_597_000_000_000))
    #expect(live.sessions().count == 1)
  }

  @Test(arguments: [1, 2])
  func `a transaction is told when it ends, and its session later has the same`(_ jobs: Int) {
    var live = Live(jobs: jobs)
    var conversation = Self.conversation(Self.mail + Self.refused)
    live.receive(conversation.frames)
    live.wait(0)
    let previews = live.transactions()
    #expect(
      previews.flatMap(\.transactionLines) == ["a@b > c@d:accepted = accepted", "a@b > nobody@d:refused = refused"])
    #expect(previews.map { $0.transactions.map(\.id) } == [[1], [2]])
    #expect(previews[0].findings.allSatisfy { $0.transaction != 2 })
    #expect(previews[1].findings.contains { $0.id == .mailboxUnknown && $0.transaction == 2 })
    #expect(previews[1].transactions[0].cause == .mailboxUnknown)
    #expect(live.sessions().isEmpty)

    let sent = conversation.frames.count
    conversation.add(.client, [.fin, .ack], after: 10)
    live.receive(Array(conversation.frames[sent...]))
    live.analyzer.finish()
    #expect(live.transactions().isEmpty)
    let sessions = live.sessions()
    #expect(sessions.flatMap(\.transactionLines) == previews.flatMap(\.transactionLines))
  }

  @Test func `telling transactions changes nothing of the sessions`() {
    let frames = Self.conversation(Self.mail + Self.refused + Self.mail + "C: MAIL FROM:<x@y>\nS: 250 Ok\n").frames
    let plain = Analysis(frames)
    var live = Live()
    live.receive(frames)
    live.analyzer.finish()
    #expect(live.transactions().count == 3)
    #expect(live.sessions().map(\.shown) == plain.sessions.map(\.shown))
  }

  @Test func `in LMTP a transaction has ended when every recipient's reply is there`() {
    let lmtp = """
      S: 220 mx.example LMTP
      C: LHLO a
      S: 250 mx.example
      C: MAIL FROM:<a@b>
      S: 250 Ok
      C: RCPT TO:<c@d>
      S: 250 Ok
      C: RCPT TO:<e@f>
      S: 250 Ok
      C: DATA
      S: 354 go
      C: Subject: x\\r\\n\\r\\nHello\\r\\n.
      S: 250 2.0.0 c Ok
      S: 452 4.2.2 e full
      C: NOOP
      S: 250 Ok

      """
    let conversation = Conversation(
      lmtp, server: Endpoint(address: IPAddress(ipv4: 0x7f00_0001), port: 24), closes: false)
    let first = conversation.segments.firstIndex { $0.payload.starts(with: Array("250 2.0.0 c".utf8)) } ?? 0
    var live = Live()
    live.receive(Array(conversation.frames[...first]))
    live.wait(0)
    #expect(live.transactions().isEmpty)
    live.receive(Array(conversation.frames[(first + 1)...]))
    live.wait(0)
    #expect(
      live.transactions().flatMap(\.transactionLines) == ["a@b > c@d:accepted e@f:deferred = partially_accepted"])
  }

  @Test func `of very many transactions the first are told, and all in the end`() {
    var live = Live { $0.limits.previewsPerSession = 3 }
    live.receive(Self.conversation(String(repeating: Self.refused, count: 10)).frames)
    live.wait(0)
    #expect(live.transactions().count == 3)
    live.analyzer.finish()
    #expect(live.sessions().map(\.transactions.count) == [10])
  }

  @Test func `the load is told, and grows and shrinks`() {
    var live = Live()
    #expect(live.analyzer.load?.openConnections == 0)
    live.receive(Self.conversation(Self.mail).frames)
    #expect(live.analyzer.load?.openConnections == 1)
    live.wait(10_000)
    live.wait(1)
    #expect(live.analyzer.load?.openConnections == 0)
  }
}

extension Session {
  /// Everything of it that a report shows.
  fileprivate var shown: String {
    var output = OutputBuffer()
    output.appendRecord(self, context: ReportContext(fileNames: ["test.pcap"]))
    return output.text
  }
}
