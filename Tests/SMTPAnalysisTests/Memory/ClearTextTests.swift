import SMTPAnalysis
import TestSupport
import Testing

private let failed =
  Sessions.offer
  + "C: STARTTLS\nS: 220 go\nC: \\x16\\x03\\x01\\x00\\x02\\x01\\x00\\\nS: \\x15\\x03\\x03\\x00\\x02\\x02\\x28\\\nC.\nS."
private let refused = Sessions.offer + "C: STARTTLS\nS: 454 4.7.0 TLS not available\n" + Sessions.quit

private let unanswered = Sessions.offer + "C: STARTTLS\nS.\nC."

@Test(
  arguments: [
    (failed, "The TLS handshake failed"), (refused, "STARTTLS was refused"),
    (unanswered, "STARTTLS was not answered"),
  ])
func `in clear after STARTTLS failed`(first: String, words: String) throws {
  let analysis = Analysis(together: [connection(first), connection(Sessions.delivered(Sessions.offer), at: 5)])
  #expect(analysis.sessions.map { $0.tls?.outcome == .established } == [false, false])
  let finding = try #require(analysis.sessions.last?.finding(.fellBackToClear))
  #expect(finding.severity == .error && finding.transaction == 1)
  #expect(finding.message.hasPrefix("\(words) in session 1 ("))
  #expect(finding.message.contains("the same client sent the mail of a@b to c@d to the same server in clear"))
  #expect(analysis.sessions.last?.finding(.starttlsNotUsed) == nil)
}

@Test(
  arguments: [
    ("another client", connection(Sessions.delivered(Sessions.offer), at: 5, from: "192.0.2.99")),
    (
      "another name behind the same address",
      connection(
        Sessions.delivered("S: 220 mx.example\nC: EHLO other.example\nS: 250-mx.example\nS: 250 STARTTLS\n"), at: 5)
    ),
    ("another server", connection(Sessions.delivered(Sessions.offer), at: 5, to: "203.0.113.26")),
    ("long after", connection(Sessions.delivered(Sessions.offer), at: 3600)),
    ("nothing sent", connection(Sessions.offer + Sessions.quit, at: 5)),
    ("refused at MAIL", connection(Sessions.offer + "C: MAIL FROM:<a@b>\nS: 550 no\n" + Sessions.quit, at: 5)),
  ])
func `is no fall back`(name: String, second: Conversation) {
  let analysis = Analysis(together: [connection(failed), second])
  #expect(analysis.sessions.count == 2)
  #expect(analysis.said(.fellBackToClear) == [nil, nil])
}

@Test func `one failure explains one mail in clear`() {
  let analysis = Analysis(together: [
    connection(failed), connection(Sessions.delivered(Sessions.offer), at: 5),
    connection(Sessions.delivered(Sessions.offer, id: "2@b"), at: 10),
  ])
  #expect(analysis.said(.fellBackToClear).map { $0 != nil } == [false, true, false])
}

@Test func `STARTTLS offered to one client and not to another`() throws {
  let analysis = Analysis(together: [
    connection(Sessions.delivered(Sessions.offer)),
    connection(Sessions.delivered(Sessions.hello, id: "2@b"), at: 20, from: "198.51.100.7"),
  ])
  #expect(analysis.sessions.first?.finding(.starttlsStripped) == nil)
  let finding = try #require(analysis.sessions.last?.finding(.starttlsStripped))
  #expect(finding.severity == .warning)
  #expect(finding.message.hasPrefix("203.0.113.25:25 offered STARTTLS to 192.0.2.7 in session 1, 20 s before"))
  #expect(finding.message.hasSuffix("the mail passed in clear."))
  #expect(analysis.sessions.last?.finding(.starttlsNotOffered) == nil)
}

@Test func `the client that misses the offer gives up`() {
  let analysis = Analysis(files: [
    connection(Sessions.delivered(Sessions.offer)), connection(Sessions.hello + Sessions.quit, at: 20),
  ])
  let last = analysis.sessions.last
  #expect(last?.finding(.starttlsStripped)?.severity == .error)
  #expect(last?.verdict.outcome == .failed && last?.verdict.cause == .starttlsStripped)
}

@Test(
  arguments: [
    ("other extensions too", connection("S: 220 mx.example\nC: EHLO x\nS: 250-mx.example\nS: 250 SIZE 1\n", at: 20)),
    (
      "another name at the address",
      connection(
        "S: 220 other.example\nC: EHLO x\nS: 250-other.example\nS: 250-PIPELINING\nS: 250 SIZE 1\n", at: 20)
    ),
    ("another server", connection(Sessions.hello, at: 20, to: "203.0.113.26")),
    ("another port", connection(Sessions.hello, at: 20, serverPort: 587)),
    ("HELO", connection("S: 220 mx.example\nC: HELO x\nS: 250 mx.example\n", at: 20)),
    (
      "behind readable TLS",
      connection(
        Sessions.offer
          + "C: STARTTLS\nS: 220 go\nC: EHLO x\nS: 250-mx.example\nS: 250-PIPELINING\nS: 250 SIZE 1\n", at: 20)
    ),
    (
      "lost in the capture",
      connection(
        "S: 220 mx.example\nC: EHLO x\nS: 250-mx.example\nS: 250-PIPELINING\nS? 14\nS: 250 SIZE 1\n", at: 20)
    ),
  ])
func `the offer is not missed`(name: String, second: Conversation) {
  let analysis = Analysis(together: [connection(Sessions.offer + Sessions.quit), second])
  #expect(analysis.said(.starttlsStripped) == [nil, nil])
}

@Test func `a server that offers it no longer is told of some times, not for ever`() {
  let analysis = Analysis(
    together: [connection(Sessions.offer + Sessions.quit)]
      + (1...12).map { connection(Sessions.hello + Sessions.quit, at: Double($0) * 20) })
  #expect(analysis.said(.starttlsStripped).count { $0 != nil } == MemoryLimits().missingOffers)
}
