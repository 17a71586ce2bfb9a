import SMTPAnalysis
import Testing

@testable import Reports

private func putOff(_ id: Int, _ sentence: String = "The server put off bob@harbour.example (450).") -> Session {
  var session = Samples.session(id: id, .deferred, sentence, transactions: [])
  session.verdict.cause = .greylisted
  return session
}

private func delivered(_ id: Int, _ hindsight: [Hindsight] = []) -> Session {
  var session = Samples.delivered
  session.id = id
  session.hindsight = hindsight
  return session
}

private func greylisting(of session: Int, by later: Int) -> Hindsight {
  Hindsight(session: session, kind: .deliveredAfterGreylisting, elapsed: 5_000_000_000, by: later)
}

/// The report's first lines, up to the sessions.
private func headlines(_ sessions: [Session], notes: [AnalysisSummary.Note] = []) -> [String] {
  let text = String(decoding: written(TextReport(style: TextStyle()), sessions, notes: notes), as: UTF8.self)
  return text.split(separator: "\n").map(String.init).filter { !$0.isEmpty }.prefix { !$0.hasPrefix("session ") }
    .map(\.self)
}

@Test func `what was put off and delivered later is no failure`() {
  #expect(
    headlines([putOff(1), delivered(2, [greylisting(of: 1, by: 2)])]) == [
      "✓ everything was delivered in the end",
      "· put off by greylisting, and delivered 5.00 s later, in session 2: The server put off bob@harbour.example (450). [greylisted] (session 1)",
    ])
}

@Test func `several attempts, the last delivered`() {
  #expect(
    headlines([putOff(1), putOff(2), delivered(3, [greylisting(of: 1, by: 3), greylisting(of: 2, by: 3)])]).last
      == "· put off by greylisting, and delivered within 5.00 s, in session 3: The server put off bob@harbour.example (450). [greylisted] (2 sessions, the first: 1)"
  )
}

@Test func `what several sessions made good is said without one of them`() {
  #expect(
    headlines([
      putOff(1), putOff(2), delivered(3, [greylisting(of: 1, by: 3)]), delivered(4, [greylisting(of: 2, by: 4)]),
    ])
    .last
      == "· put off by greylisting, and delivered within 5.00 s: The server put off bob@harbour.example (450). [greylisted] (2 sessions, the first: 1)"
  )
}

@Test func `one of two still waits`() {
  #expect(
    headlines([putOff(1), putOff(2), delivered(3, [greylisting(of: 1, by: 3)])]) == [
      "! The server put off bob@harbour.example (450). [greylisted] (2 sessions, the first: 1; 1 of them delivered later)"
    ])
}

@Test func `what still waits stands above what does not`() {
  let lines = headlines([
    putOff(1, "A."), putOff(2, "A."), putOff(3, "B."),
    delivered(4, [greylisting(of: 1, by: 4), greylisting(of: 2, by: 4)]),
  ])
  #expect(lines.map { String($0.prefix(4)) } == ["! B.", "· pu"])
}

@Test func `a session of a higher number may have ended before`() {
  #expect(
    headlines([delivered(1, [greylisting(of: 2, by: 1)]), putOff(2)]).first == "✓ everything was delivered in the end")
}

@Test func `a session that ended later than what made it good`() {
  var lost = putOff(1)
  lost.hindsight = [Hindsight(session: 1, kind: .deliveredAgain, elapsed: 60_000_000_000, by: 2)]
  let lines = headlines([delivered(2), lost])
  #expect(lines.first == "✓ everything was delivered in the end")
  #expect(lines.last?.hasPrefix("· sent again, and taken 60.0 s later, in session 2: ") == true)
}

@Test func `health checks and callouts are counted and fail nothing`() {
  var check = Samples.session(id: 2, .nothingSent, "A health check.", transactions: [])
  check.purpose = .healthCheck
  check.hindsight = [Hindsight(session: 1, kind: .healthCheck, elapsed: 1, by: 2)]
  var callout = check
  callout.id = 3
  callout.purpose = .callout
  callout.hindsight = []
  let first = Samples.session(id: 1, .nothingSent, "Nobody spoke.", transactions: [])
  let text = String(
    decoding: written(TextReport(style: TextStyle()), [first, check, callout, delivered(4)]), as: UTF8.self)
  #expect(text.contains("✓ everything was delivered: 1 message"))
  #expect(text.contains("4 sessions · 1 message · 1 accepted · 2 health checks · 1 callout"))
  #expect(text.contains("health check   09:14:02"))
}

@Test func `a note stands below the answer`() {
  let note = AnalysisSummary.Note(.greylisted, "Never taken.")
  #expect(headlines([putOff(1)], notes: [note]).last == "· Never taken. [greylisted]")
}

@Test func `only so many of the newest failures are followed, made good or not`() {
  var limits = TextReportLimits()
  limits.followed = 4
  var tally = OutcomeTally(style: TextStyle(), limits: limits)
  tally.add(putOff(1))
  for id in 1..<4 {
    tally.add(putOff(2 * id))
    tally.add(delivered(2 * id + 1, [greylisting(of: 2 * id, by: 2 * id + 1)]))
  }
  #expect(tally.followedSessions == 4)
  for id in 4..<1000 {
    tally.add(putOff(2 * id))
    tally.add(delivered(2 * id + 1, [greylisting(of: 2 * id, by: 2 * id + 1)]))
  }
  #expect(tally.followedSessions == 4)
}

@Test func `failures that were made good make room for others`() {
  var limits = TextReportLimits()
  limits.detailedSessions = 1
  limits.detailedFailures = 1
  let sessions = [putOff(1), delivered(2), delivered(3, [greylisting(of: 1, by: 3)]), putOff(4, "Again.")]
  let text = String(decoding: written(TextReport(style: TextStyle(), limits: limits), sessions), as: UTF8.self)
  #expect(text.contains("\nsession 4 ") && !text.contains("\nsession 1 "))
}
