import SMTPAnalysis
import TestSupport
import Testing

/// The host 203.0.113.25 lets its client wait at RCPT; step 8 of the script is the answer.
private func outer(_ answer: String, waits: Int64 = 3000) -> Conversation {
  connection(
    Sessions.envelope() + "S: \(answer)\n" + Sessions.quit, from: "192.0.2.7", to: "203.0.113.25",
    pauses: [8: waits])
}

private func callout(
  _ answer: String, to address: String = "a@b", from sender: String = "", at seconds: Double = 0.5,
  host: String = "203.0.113.25"
) -> Conversation {
  let script =
    "S: 220 origin.example ESMTP\nC: EHLO mx.example\nS: 250 origin.example\nC: MAIL FROM:<\(sender)>\nS: 250 ok\n"
    + "C: RCPT TO:<\(address)>\nS: \(answer)\n" + Sessions.quit
  return connection(script, at: seconds, from: host, port: 50000, to: "198.51.100.4")
}

@Test func `a callout decides about the mail that waits for it`() throws {
  let analysis = Analysis(together: [outer("550 5.1.7 Sender verify failed"), callout("550 5.1.1 no such user")])
  let inner = try #require(analysis.sessions.first { $0.id == 2 })
  #expect(inner.purpose == .callout)
  #expect(inner.verdict.outcome == .nothingSent && inner.verdict.cause == nil)
  #expect(inner.verdict.message.contains("203.0.113.25 asked whether a@b would be taken, and the answer was 550"))
  #expect(inner.findings.allSatisfy { $0.severity == .info && $0.id != .transactionAbandoned })
  let outer = try #require(analysis.sessions.first { $0.id == 1 })
  #expect(outer.purpose == .mail && outer.verdict.outcome == .refused)
  let told =
    "While the client waited for the answer to RCPT, the server asked 198.51.100.4:25 about a@b (session 2); its 550 5.1.1 no such user decided it (a callout)."
  #expect(outer.findings.contains { $0.severity == .error && $0.message.hasSuffix(told) })
  #expect(outer.verdict.message.hasSuffix(told))
  #expect(analysis.summary.purposes == [.mail: 1, .callout: 1])
}

@Test func `a callout that takes its time`() throws {
  let analysis = Analysis(together: [outer("250 ok", waits: 8000), callout("250 ok")])
  let inner = try #require(analysis.sessions.first { $0.id == 2 })
  #expect(inner.purpose == .callout)
  #expect(inner.findings.allSatisfy { $0.id != .transactionAbandoned })
  let slow = try #require(analysis.sessions.first { $0.id == 1 }?.finding(.replySlow))
  #expect(slow.message.contains("about a@b (session 2)"))
  #expect(slow.message.hasSuffix("of the wait (a callout)."))
}

@Test(
  arguments: [
    ("nobody waits for the host", callout("550 5.1.1 no", host: "203.0.113.99"), false),
    ("a sender of its own", callout("550 5.1.1 no", from: "eve@mx.example"), false),
    ("a verifier's sender", callout("550 5.1.1 no", from: "double-bounce@mx.example"), true),
    ("before the client had come", callout("550 5.1.1 no", at: -20), false),
  ])
func `only an envelope for another's sake is a callout`(name: String, inner: Conversation, isCallout: Bool) {
  let analysis = Analysis(together: [inner, outer("550 5.1.7 no")])
  #expect(analysis.sessions.contains { $0.purpose == .callout } == isCallout)
}

@Test func `a bounce that travels while another client is served`() {
  let bounce = connection(
    Sessions.delivered("S: 220 origin.example\nC: EHLO mx.example\nS: 250 origin.example\n", from: "", to: "a@b"),
    at: 0.5, from: "203.0.113.25", to: "198.51.100.4")
  let refused = connection(
    "S: 220 o.example\nC: EHLO mx.example\nS: 250-o.example\nS: 250 PIPELINING\nC: MAIL FROM:<>\\r\\nRCPT TO:<a@b>\\r\\nDATA\nS: 250 ok\\r\\n550 5.1.1 no\\r\\n554 no recipients\n"
      + Sessions.quit, at: 0.6, from: "203.0.113.25", port: 51000, to: "198.51.100.4")
  let analysis = Analysis(together: [outer("250 ok"), bounce, refused])
  #expect(analysis.sessions.allSatisfy { $0.purpose == .mail })
}

@Test func `a callout about somebody else does not decide`() {
  let analysis = Analysis(together: [outer("550 5.7.1 no"), callout("250 ok", to: "x@y")])
  #expect(analysis.sessions.contains { $0.purpose == .callout })
  #expect(!analysis.sessions.contains { $0.findings.contains { $0.message.contains("(a callout)") } })
}

@Test func `a callout that was over before RCPT does not decide`() {
  let late = connection(
    Sessions.envelope() + "S: 550 5.1.7 no\n" + Sessions.quit, to: "203.0.113.25", pauses: [7: 5000])
  let analysis = Analysis(together: [late, callout("550 5.1.1 no", at: 0.3)])
  #expect(analysis.sessions.contains { $0.purpose == .callout })
  #expect(!analysis.sessions.contains { $0.findings.contains { $0.message.contains("(a callout)") } })
}

@Test(arguments: [("", true), ("eve@mx.example", false)])
func `an envelope of nobody that ends with QUIT is a callout, whoever waits`(sender: String, isCallout: Bool) throws {
  let found = try #require(Analysis(callout("250 ok", from: sender)).sessions.first)
  #expect(found.purpose == (isCallout ? .callout : .mail))
  #expect(found.verdict.outcome == (isCallout ? .nothingSent : .failed))
  #expect(found.verdict.cause == (isCallout ? nil : .transactionAbandoned))
}
