import SMTPAnalysis
import TestSupport
import Testing

private let empty = "C.\nS."
private let reset = "C!"
private let greeted = "S: 220 mx.example ESMTP\nC.\nS."
private let polite = "S: 220 mx.example ESMTP\nC: EHLO probe\nS: 250 mx.example\n" + Sessions.quit

private func visits(_ script: String, at seconds: [Double]) -> Analysis {
  Analysis(together: seconds.enumerated().map { connection(script, at: $1, port: 41000 + UInt16($0) * 100) })
}

@Test(arguments: [empty, reset, greeted, polite])
func `visits at a fixed period are health checks`(script: String) throws {
  let analysis = visits(script, at: [0, 2, 4.002, 6.001, 8])
  #expect(analysis.sessions.map(\.purpose) == [.mail, .mail, .healthCheck, .healthCheck, .healthCheck])
  let third = analysis.sessions[2]
  #expect(third.hindsight.map(\.session) == [1, 2])
  #expect(third.hindsight.allSatisfy { $0.kind == .healthCheck })
  #expect(third.verdict.outcome == .nothingSent && third.verdict.cause == nil)
  #expect(third.verdict.message.hasPrefix("A health check: 192.0.2.7 looks every 2.0 s"))
  #expect(analysis.summary.purposes == [.mail: 0, .healthCheck: 5])
  let isCalm = analysis.sessions.allSatisfy { $0.findings.allSatisfy { $0.severity < .error } }
  #expect(isCalm)
  #expect(analysis.sessions.suffix(3).allSatisfy { $0.finding(.greetingMissing) == nil && $0.finding(.noQUIT) == nil })
}

@Test func `a check every five minutes that is a little late`() {
  let analysis = visits(empty, at: [0, 300, 612, 905, 1200])
  #expect(analysis.sessions.map(\.purpose).suffix(2) == [.healthCheck, .healthCheck])
}

@Test func `two checkers side by side on one host`() {
  let analysis = visits(empty, at: [0, 0.7, 2, 2.7, 4, 4.7, 6, 6.7])
  #expect(analysis.sessions.suffix(3).allSatisfy { $0.purpose == .healthCheck })
}

@Test(
  arguments: [
    ("once", empty, [0]), ("twice", empty, [0, 2]), ("at no period", empty, [0, 2, 5, 5.5, 9.5]),
    ("a flood", reset, [0, 0.05, 0.1, 0.15, 0.2]),
    ("turned away each time", "S: 421 4.7.0 too many connections\nC.", [0, 60, 120, 180]),
    (
      "EHLO is refused each time", "S: 220 mx\nC: EHLO x\nS: 550 no\nC: HELO x\nS: 550 no\n" + Sessions.quit,
      [0, 60, 120]
    ),
    ("mail each time", Sessions.delivered(id: nil), [0, 60, 120]),
    ("the server closes", "S: 220 mx\nS.\nC.", [0, 60, 120]),
    ("AUTH", "S: 220 mx\nC: EHLO x\nS: 250 AUTH PLAIN\nC: AUTH PLAIN\nS: 535 no\n" + Sessions.quit, [0, 60, 120]),
    ("STARTTLS is missed each time", Sessions.hello + Sessions.quit, [0, 60, 120]),
    ("VRFY", "S: 220 mx\nC: VRFY bob\nS: 252 who knows\n" + Sessions.quit, [0, 60, 120]),
  ] as [(String, String, [Double])])
func `is no health check`(name: String, script: String, seconds: [Double]) {
  // Somebody else was offered STARTTLS by the server just before.
  let other = connection(Sessions.offer + Sessions.quit, at: -60, from: "198.51.100.7")
  let analysis = Analysis(
    together: [other] + seconds.enumerated().map { connection(script, at: $1, port: 41000 + UInt16($0) * 100) })
  #expect(analysis.sessions.count == seconds.count + 1)
  #expect(analysis.sessions.allSatisfy { $0.purpose == .mail && $0.hindsight.isEmpty })
}

@Test func `a client that waits for its greeting in vain, and is back at each queue run`() {
  let conversations = (0..<4).map { connection("C.\nS.", at: Double($0) * 300, port: 41000, pauses: [0: 30_000]) }
  let analysis = Analysis(together: conversations)
  #expect(analysis.sessions.allSatisfy { $0.purpose == .mail })
  #expect(analysis.sessions.allSatisfy { $0.verdict.cause == .greetingMissing })
}

@Test func `who leaves within a moment has not waited for the greeting`() {
  let session = visits(empty, at: [0]).sessions.first
  #expect(session?.verdict.outcome == .nothingSent)
  #expect(session?.findings.allSatisfy { $0.severity == .info } == true)
}

@Test func `a series that stops begins anew`() {
  let analysis = visits(empty, at: [0, 2, 4, 100, 102])
  #expect(analysis.sessions.map(\.purpose) == [.mail, .mail, .healthCheck, .mail, .mail])
}
