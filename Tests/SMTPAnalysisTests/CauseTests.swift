import SMTPAnalysis
import TestSupport
import Testing

// Which finding is told as the cause, of a session and of each of its mails.

private func analyzed(_ script: String) -> Session? { Analysis(Conversation(script)).sessions.first }

@Suite struct CauseTests {
  @Test(
    arguments: [
      ("C: MAIL FROM: a@b\nS: 250 ok\nC: QUIT\nS: 221 bye\n", .transactionAbandoned),
      ("C: MAIL FROM: <a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS.\nC.", .serverClosedWithout421),
      // Nobody answered it: it may have been too much for the server.
      ("C: MAIL FROM: <a@b>\nS.\nC.", .commandSyntax),
      ("C: MAIL FROM:a@b\nS: 501 5.5.4 no\nC: QUIT\nS: 221 bye\n", .commandSyntax),
    ] as [(String, FindingID)])
  func `a malformed command that the server took all the same is the cause of nothing`(
    script: String, cause: FindingID
  ) throws {
    let session = try #require(analyzed(Dialogues.hello + script))
    #expect(session.findings.contains { $0.id == .commandSyntax })
    #expect(session.verdict.cause == cause)
  }

  @Test func `503 is about the order, however the command is written`() throws {
    let session = try #require(
      analyzed(
        Dialogues.hello + "C: MAIL FROM:a@b\nS: 250 ok\nC: MAIL FROM: <a@b>\nS: 503 5.5.0 Sender already specified\n"
          + "C: QUIT\nS: 221 bye\n"))
    #expect(session.verdict.cause == .commandOutOfOrder)
    #expect(session.verdict.message.contains("came out of order, within a transaction"))
    let refused = try #require(
      analyzed(Dialogues.hello + "C: MAIL FROM:a@b\nS: 250 ok\nC: MAIL FROM: <a@b>\nS: 501 5.5.4 no\n"))
    #expect(!refused.findings.contains { $0.id == .commandOutOfOrder })
  }

  @Test(
    arguments: [
      ("S: 554 5.7.1 no service here\nC: EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 503 no\n", .greetingRefused),
      ("S: 220 mx\nC: HELO c\nS: 550 bad HELO\nC: MAIL FROM:<a@b>\nS: 503 HELO first\n", .heloRefused),
    ] as [(String, FindingID)])
  func `a mail that is refused for what came before it has that as its cause`(
    script: String, cause: FindingID
  ) throws {
    let session = try #require(analyzed(script + "C: QUIT\nS: 221 bye\n"))
    #expect(session.verdict.cause == cause)
    #expect(session.transactions.map(\.cause) == [cause])
    #expect(session.transactions.first?.explanation == session.findings.first { $0.id == cause }?.message)
  }

  @Test func `a reset behind the greeting is not one at the greeting`() {
    let session = PathScenes.open("S: 220 mx\nS!").analyzed()
    #expect(session?.verdict.message == "The server reset the connection at the step behind the greeting.")
  }
}
