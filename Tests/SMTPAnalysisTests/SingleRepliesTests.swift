import SMTPAnalysis
import TestSupport
import Testing

/// A mail to two recipients with PRDR, and what the server says to its end.
private func mail(_ replies: String, then end: String = "C: QUIT\nS: 221 bye\n") -> Session? {
  let script =
    "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250 PRDR\nC: MAIL FROM:<a@b> PRDR\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\n"
    + "C: RCPT TO:<no@d>\nS: 550 no such user\nC: RCPT TO:<e@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\n"
    + "S: 353 content analysis has started\n" + replies + end
  return Analysis(Conversation(script)).sessions.first
}

@Suite struct SingleRepliesTests {
  /// Exim's PRDR: behind the data a 353, a reply for each recipient that was accepted, and one for the message.
  @Test(
    arguments: [
      ("S: 250 c ok\nS: 250 e ok\nS: 250 OK id=1\n", "partially_accepted", ["accepted", "refused", "accepted"]),
      (
        "S: 250 c ok\nS: 550 e wants no spam\nS: 250 OK id=1\n", "partially_accepted",
        ["accepted", "refused", "refused"]
      ),
      ("S: 450 c later\nS: 450 e later\nS: 450 later\n", "deferred", ["deferred", "refused", "deferred"]),
      ("S: 250 c ok\nS: 250 e ok\nS: 550 no\n", "refused", ["refused", "refused", "refused"]),
      ("S: 421 going down\n", "deferred", ["deferred", "refused", "deferred"]),
    ])
  func `each recipient has a reply of its own`(replies: String, outcome: String, recipients: [String]) throws {
    let session = try #require(mail(replies, then: replies.contains("421") ? "S.\nC." : "C: QUIT\nS: 221 bye\n"))
    let transaction = try #require(session.transactions.first)
    #expect(transaction.outcome.rawValue == outcome)
    #expect(transaction.recipients.map(\.outcome.rawValue) == recipients)
    let unexpected: Set<FindingID> = [.replyUnexpected, .replyInvalidForCommand, .replyMissing, .replyLost]
    #expect(!session.findings.contains { unexpected.contains($0.id) }, "\(session.findings.map(\.message))")
    #expect(session.hasQuit != replies.contains("421"))
  }

  @Test func `very many recipients have theirs`() throws {
    let count = 30_000
    var script = "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250 PRDR\nC: MAIL FROM:<a@b> PRDR\nS: 250 ok\n"
    for number in 0..<count { script += "C: RCPT TO:<\(number)@d>\nS: 250 ok\n" }
    script += "C: DATA\nS: 354 go\nC: x\nC: .\nS: 353 started\n"
    for number in 0..<count { script += number % 2 == 0 ? "S: 250 ok\n" : "S: 550 spam\n" }
    let begin = threadTime
    let session = try #require(Analysis(Conversation(script + "S: 250 OK id=1\nC: QUIT\nS: 221 bye\n")).sessions.first)
    let transaction = try #require(session.transactions.first)
    #expect(transaction.outcome == .partiallyAccepted && session.hasQuit)
    #expect(transaction.recipients.count { $0.outcome == .accepted } == count / 2)
    // Seconds; were all looked at for each, it would be minutes.
    #expect(threadTime - begin < 60 * Double(Sanitizer.patience))
  }

  @Test func `who did not get it is told`() {
    let findings = mail("S: 250 c ok\nS: 550 this looks like spam\nS: 250 OK id=1\n")?.findings ?? []
    #expect(
      findings.contains { $0.id == .contentRefused && $0.message.contains("After the message e@d did not get it") })
  }

  /// What is said of single recipients is worth nothing before the message was answered.
  @Test func `a message that was never answered is lost`() throws {
    let session = try #require(mail("S: 250 c ok\nS: 250 e ok\n", then: "S!"))
    #expect(session.transactions.first?.outcome == .lost)
    #expect(session.transactions.first?.recipients.map(\.outcome) == [.unanswered, .refused, .unanswered])
    #expect(session.verdict.cause == .replyLost)
  }

  /// The same behind BDAT, where each reply stands beside the last chunk.
  @Test(arguments: [
    ("S: 220 mx\nC: EHLO c\nS: 250-mx\n", "S: 353 started\n"), ("S: 220 mx\nC: LHLO c\nS: 250-mx\n", ""),
  ])
  func `a chunk that is answered for each recipient`(hello: String, begin: String) {
    let last = begin.isEmpty ? "" : "S: 250 OK id=1\n"
    let script =
      hello
      + "S: 250 CHUNKING\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: RCPT TO:<e@d>\nS: 250 ok\n"
      + #"C: BDAT 12 LAST\r\nSubject: x\r\n\"# + "\n" + begin + "S: 250 c ok\nS: 550 e wants none today\n" + last
      + "C: QUIT\nS: 221 bye\n"
    let session = Analysis(Conversation(script)).sessions.first
    #expect(session?.transactions.first?.recipients.map(\.outcome) == [.accepted, .refused])
    #expect(session?.verdict.cause == .recipientRefused, "\(session?.findings.map(\.message) ?? [])")
    #expect(session?.findings.contains { $0.id == .commandOutOfOrder || $0.id == .replyUnexpected } == false)
  }
}
