import PacketDecoding
import SMTPAnalysis
import TCPStreams
import Testing
import Wire

private let start = CaptureTime(nanoseconds: 0)

/// A session of three mails with a finding of its own and two of its mails'.
private var session: Session {
  let address = IPAddress(ipv4: 0xc000_0207)
  let frame = FrameDescriptor(time: start, number: 1, file: 0, linkType: .ethernet, originalLength: 60)
  var session = Session(
    id: 1,
    connection: ConnectionFacts(
      client: Endpoint(address: address, port: 4242), server: Endpoint(address: address, port: 25),
      opening: .handshake, firstFrame: frame),
    kind: .smtp, verdict: Verdict(outcome: .delivered, message: ""))
  session.transactions = ["ann@a.example", "ben@b.example", "cat@c.example"].enumerated().map { index, sender in
    Transaction(id: index + 1, reversePath: Array(sender.utf8), firstFrame: 1, start: start)
  }
  session.findings = [
    Finding(.noQUIT, at: nil, message: ""), Finding(.bareLF, transaction: 1, at: nil, message: ""),
    Finding(.bareLF, transaction: 3, at: nil, message: ""),
    Finding(.sizeExceeded, transaction: 3, at: nil, message: ""),
  ]
  return session
}

private func filter(_ findings: [FindingID], from senders: [String] = []) -> SessionFilter {
  SessionFilter(
    sessions: [], clients: [], servers: [], senders: senders, recipients: [], subjects: [], messageIDs: [],
    outcomes: [], findings: findings)
}

@Test(
  arguments: [
    ([.bareLF], [], [1, 3], 4), ([.sizeExceeded], [], [3], 3), ([.noQUIT], [], [1, 2, 3], 4),
    ([.noQUIT, .sizeExceeded], [], [1, 2, 3], 4), ([.bareLF], ["ann"], [1], 2), ([.bareLF], ["ben"], nil, 0),
    ([.noQUIT], ["ben"], [2], 1), ([.bareCR], [], nil, 0), ([.bareCR, .bareLF], [], [1, 3], 4),
  ] as [([FindingID], [String], [Int]?, Int)])
func `a finding chooses its mail, or its session`(
  findings: [FindingID], senders: [String], transactions: [Int]?, kept: Int
) {
  let filter = filter(findings, from: senders)
  #expect(!filter.keepsEverything)
  let session = filter.kept(of: session)
  #expect(session?.transactions.map(\.id) == transactions)
  #expect((session?.findings.count ?? 0) == kept)
}

@Test func `a summary counts findings and knows the worst`() {
  var summary = AnalysisSummary()
  #expect(summary.worstSeverity == nil)
  var calm = session
  calm.findings = []
  summary.count(calm)
  #expect(summary.worstSeverity == nil)
  calm.findings = [Finding(.noQUIT, severity: .warning, at: nil, message: ""), Finding(.noQUIT, at: nil, message: "")]
  summary.count(calm)
  #expect(summary.worstSeverity == .warning)
  summary.count(session)
  #expect(summary.worstSeverity == .error)
  #expect(summary.findings == [.noQUIT: 3, .bareLF: 2, .sizeExceeded: 1])
}
