import SMTPAnalysis
import TestSupport
import Testing

private let tooMany = "S: 421 4.7.0 mx.example Error: too many connections from 192.0.2.7\nS.\nC."

private func open(at seconds: Double, from client: String = "192.0.2.7") -> Conversation {
  // QUIT comes ten seconds after EHLO.
  connection(Sessions.hello + Sessions.quit, at: seconds, from: client, port: 42000, pauses: [5: 10_000])
}

@Test func `too many connections, with our own count`() {
  let analysis = Analysis(together: [
    open(at: 0), open(at: 0.1), open(at: 0.2), open(at: 0.3, from: "198.51.100.7"), connection(tooMany, at: 1),
    open(at: 1.5),
  ])
  let said = analysis.said(.tooManyConnections).compactMap(\.self)
  #expect(said.count == 1)
  #expect(
    said.first?.hasSuffix(
      "In the capture 4 connections of 192.0.2.7 to this server were open then, this one included, and 1 of other clients."
    ) == true)
}

@Test func `connections that ended before are not counted`() {
  let analysis = Analysis(together: [open(at: 0), open(at: 0.1), connection(tooMany, at: 30)])
  #expect(
    analysis.said(.tooManyConnections).last??.hasSuffix(
      "In the capture it was the only connection of 192.0.2.7 to this server that was open then.") == true)
}

@Test func `what is not about connections is not counted`() {
  let analysis = Analysis(together: [open(at: 0), connection("S: 421 4.3.2 shutting down\nS.\nC.", at: 1)])
  #expect(!analysis.sessions.contains { $0.findings.contains { $0.message.contains("In the capture") } })
}

/// A client may keep the refused connection for longer than those that were too many.
@Test func `connections that were open when it was refused count, though they ended before it did`() {
  let refused = connection("S: 421 Too many concurrent SMTP connections\nS.\nC.", at: 1, pauses: [1: 30_000])
  let analysis = Analysis(together: [open(at: 0), open(at: 0.1), refused, open(at: 5)])
  #expect(
    analysis.said(.tooManyConnections).compactMap(\.self).first?.contains(
      "In the capture 3 connections of 192.0.2.7 to this server were open then") == true)
}
