import SMTPAnalysis
import TestSupport
import Testing
import Wire

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

  @Test func `those who were one too many and got the mail at once did not miss it`() {
    let text = "C: DATA\nS: 354 go\nC: x\nC: .\n"
    let tooMany = Dialogues.envelope + "C: RCPT TO:<e@f>\nS: 452 4.5.3 too many recipients\n" + text + "S: 250 ok\n"
    let rest = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<e@f>\nS: 250 ok\n" + text
    let made = analyzed(tooMany + rest + "S: 250 ok\n")
    #expect(made?.verdict.message.hasSuffix("They got it with another mail of this session.") == true)
    let lost = analyzed(tooMany + rest + "S: 554 no\n")
    #expect(lost?.findings.contains { $0.message.contains("They were, in this session") } == false)
    #expect(lost?.verdict.message.contains("another mail of this session") == false)
  }

  @Test func `a mail of which one side was not captured has that as its cause`() {
    var conversation = Conversation(Dialogues.delivered)
    conversation.segments.removeAll { $0.peer == .server }
    let session = Analysis(conversation).sessions.first
    #expect(session?.transactions.map(\.cause) == [.captureOneSided])
  }

  @Test func `OpenSMTPD's words for an unknown user may be about a foreign domain`() {
    let refused = "S: 550 Invalid recipient: <c@d>\nC: QUIT\nS: 221 bye\n"
    func told(_ greeting: String) -> String? {
      let script = "S: 220 \(greeting)\nC: EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\n"
      return analyzed(script + refused)?.findings.first { $0.id == .mailboxUnknown }?.message
    }
    #expect(told("mx ESMTP OpenSMTPD")?.hasSuffix("and the client not have logged in.") == true)
    #expect(told("mx ESMTP")?.contains("OpenSMTPD") == false)
  }

  @Test func `a PROXY line that is taken for a command is told once`() {
    let session = analyzed("S: 220 mx\nC: PROXY TCP4 203.0.113.7 198.51.100.25 5555 25\nS: 500 5.5.2 what\n")
    #expect(session?.verdict.cause == .proxyPreambleMismatch)
    #expect(session?.findings.contains { $0.id == .commandUnknown } == false)
  }

  @Test func `a reset behind the greeting is not one at the greeting`() {
    let session = PathScenes.open("S: 220 mx\nS!").analyzed()
    #expect(session?.verdict.message == "The server reset the connection at the step behind the greeting.")
  }
}
