import SMTPAnalysis
import TestSupport
import Testing

@Test func `greylisted, and taken later`() throws {
  let analysis = Analysis(together: [
    connection(Sessions.deferred(), at: 0), connection(Sessions.deferred(), at: 60),
    connection(Sessions.delivered(), at: 300),
  ])
  let said = analysis.said(.greylisted)
  #expect(said.count == 3)
  #expect(said[1]?.contains("first put off in session 1, 60 s before; this is attempt 2.") == true)
  #expect(said[2] == "c@d was put off by greylisting in session 1 and is taken now, 5 min and 2 attempts later.")
  let last = try #require(analysis.sessions.last)
  #expect(last.finding(.greylisted)?.severity == .info)
  #expect(last.finding(.greylisted)?.transaction == 1)
  #expect(last.verdict.outcome == .delivered && last.verdict.cause == nil)
  #expect(last.hindsight.map(\.session) == [1, 2])
  #expect(last.hindsight.allSatisfy { $0.kind == .deliveredAfterGreylisting })
  #expect(last.hindsight.map { $0.elapsed / 10_000_000_000 } == [30, 24])
  #expect(analysis.summary.findings[.greylisted] == 3)
}

@Test func `greylisted in one file, taken in the next`() {
  let analysis = Analysis(files: [
    connection(Sessions.deferred(), at: 0), connection(Sessions.delivered(), at: 3600),
  ])
  #expect(analysis.said(.greylisted).last??.contains("in session 1 and is taken now, 60 min later.") == true)
}

@Test(
  arguments: [
    ("another recipient", Sessions.delivered(to: "e@d")), ("another sender", Sessions.delivered(from: "x@b")),
    ("refused for good", Sessions.envelope() + "S: 550 5.1.1 unknown\n" + Sessions.quit),
    ("given up", Sessions.envelope() + "S: 250 ok\n" + Sessions.quit),
  ])
func `what came later is not what greylisting had put off`(name: String, later: String) {
  let analysis = Analysis(together: [connection(Sessions.deferred()), connection(later, at: 300)])
  #expect(analysis.said(.greylisted).last == .some(nil))
  #expect(analysis.sessions.last?.hindsight == [])
}

@Test func `another mail of the two passes the greylist, and the first one still waits`() {
  let analysis = Analysis(together: [
    connection(Sessions.deferred(size: 60)), connection(Sessions.delivered(size: 90), at: 300),
  ])
  #expect(analysis.said(.greylisted).last??.contains("is taken now") == true)
  #expect(analysis.sessions.last?.hindsight == [])
}

@Test(arguments: [("Subject: half", false), ("Subject: figures", true)])
func `a mail that was lost is made good by its like alone`(subject: String, isSame: Bool) {
  let lost =
    Sessions.envelope() + "S: 250 ok\nC: DATA\nS: 354 go\nC: \(subject)\nC: Message-ID: <1@b>\nC:\nC: text\nC!"
  let nameless = lost.replacing("C: Message-ID: <1@b>\n", with: "")
  let later = Sessions.envelope() + "S: 250 ok\nC: DATA\nS: 354 go\nC: Subject: figures\nC:\nC: text\nC: .\nS: 250 ok\n"
  let analysis = Analysis(together: [connection(nameless), connection(later + Sessions.quit, at: 300)])
  #expect(analysis.sessions.last?.hindsight.isEmpty == !isSame)
  // One has a Message-ID and the other has none: they are two.
  let named = Analysis(together: [connection(lost), connection(later + Sessions.quit, at: 300)])
  #expect(named.sessions.last?.hindsight == [])
}

@Test func `each attempt from another network never passes`() throws {
  let clients = ["192.0.2.7", "198.51.100.7", "203.0.113.200"]
  let analysis = Analysis(
    files: clients.enumerated().map { index, client in
      connection(Sessions.deferred(), at: Double(index) * 600, from: client)
    })
  let said = analysis.said(.greylisted)
  #expect(said[1]?.contains("another network") == false)
  #expect(said[2]?.contains("Each attempt came from another network") == true)
  #expect(analysis.sessions[2].verdict.message.contains("may never let it pass"))
  let note = try #require(analysis.summary.notes.first)
  #expect(note.finding == .greylisted && note.message.hasPrefix("a@b to c@d: put off by greylisting 3 times in 20 min"))
  #expect(note.message.contains("another network"))
}

@Test func `the same network each time is no moving sender`() {
  let clients = ["192.0.2.7", "192.0.2.8", "192.0.2.9"]
  let analysis = Analysis(
    files: clients.enumerated().map { index, client in
      connection(Sessions.deferred(), at: Double(index) * 600, from: client)
    })
  #expect(analysis.said(.greylisted).allSatisfy { $0?.contains("another network") == false })
  #expect(analysis.summary.notes.count == 1)
  #expect(analysis.summary.notes.first?.message.contains("another network") == false)
}

@Test func `one attempt alone gives no note`() {
  #expect(Analysis(files: [connection(Sessions.deferred())]).summary.notes == [])
}

@Test func `put off for another reason is made good without a finding`() {
  let full = Sessions.envelope() + "S: 452 4.2.2 mailbox full\n" + Sessions.quit
  let analysis = Analysis(together: [connection(full), connection(Sessions.delivered(), at: 300)])
  let last = analysis.sessions.last
  #expect(last?.hindsight.map(\.kind) == [.deliveredAfterDeferral])
  #expect(last?.findings.contains { $0.severity > .info } == false)
  #expect(analysis.said(.greylisted) == [nil, nil])
}

@Test func `a session with a refused recipient is not made good`() {
  let mixed =
    Sessions.envelope() + Sessions.putOff + "C: RCPT TO:<no@d>\nS: 550 5.1.1 unknown\n" + Sessions.quit
  let analysis = Analysis(together: [connection(mixed), connection(Sessions.delivered(), at: 300)])
  #expect(analysis.said(.greylisted).last??.contains("is taken now") == true)
  #expect(analysis.sessions.last?.hindsight == [])
}

@Test func `lost in its data, delivered by the next connection`() {
  let lost = Sessions.envelope() + "S: 250 ok\nC: DATA\nS: 354 go\nC: Subject: x\nS!"
  let analysis = Analysis(together: [connection(lost), connection(Sessions.delivered(), at: 30)])
  #expect(analysis.sessions.last?.hindsight.map(\.kind) == [.deliveredAfterLoss])
}

@Test func `each attempt is called what it was, and its own time passed since`() {
  let full = Sessions.envelope() + "S: 452 4.2.2 mailbox full\n" + Sessions.quit
  let lost = Sessions.envelope() + "S: 250 ok\nC: DATA\nS: 354 go\nC: Subject: x\nS!"
  let analysis = Analysis(together: [
    connection(full), connection(lost, at: 100), connection(Sessions.delivered(), at: 130),
  ])
  let last = analysis.sessions.last
  #expect(last?.hindsight.map(\.kind) == [.deliveredAfterDeferral, .deliveredAfterLoss])
  #expect(last?.hindsight.map { $0.elapsed / 10_000_000_000 } == [13, 3])
}

@Test func `what waits is bounded, the oldest is forgotten`() {
  var options = AnalysisOptions()
  options.memory.putOff = 2
  let conversations =
    (0..<3).map { connection(Sessions.deferred(to: "r\($0)@d"), at: Double($0)) }
    + (0..<3).map { connection(Sessions.delivered(to: "r\($0)@d"), at: Double(100 + $0)) }
  let analysis = Analysis(together: conversations, options: options)
  #expect(analysis.sessions.suffix(3).map { $0.finding(.greylisted) != nil } == [false, true, true])
}
