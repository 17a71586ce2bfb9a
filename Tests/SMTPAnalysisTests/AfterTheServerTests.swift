import SMTPAnalysis
import TestSupport
import Testing

// What a client says when the server has given up, closed or decided already changes nothing of what had happened by then.

private func session(_ script: String, pauses: [Int: Int64] = [:]) -> Session? {
  Analysis(Conversation(script, closes: false, pauses: pauses)).sessions.first
}

private func said(_ id: FindingID, _ session: Session?) -> Finding? { session?.findings.first { $0.id == id } }

private let hello = "S: 220 mx.example ESMTP\nC: EHLO c\nS: 250 mx.example\n"
private let mail = hello + "C: MAIL FROM:<a@b>\nS: 250 ok\n"

@Suite struct AfterTheServerTests {
  // MARK: The server's patience

  /// Nearly every client says something to a server that has given up.
  @Test(arguments: ["C: QUIT\n", "C: DATA\n", "C: RCPT TO:<e@f>\n", ""])
  func `the silence that a server gave up on ends with its farewell`(afterwards: String) {
    let script = mail + "C: RCPT TO:<c@d>\nS: 250 ok\nS: 421 4.4.2 mx.example Error: timeout exceeded\n" + afterwards
    let found = session(script + "S.\nC.", pauses: [7: 300_000])
    #expect(found?.verdict.cause == .serverTimeout)
    let message = said(.serverTimeout, found)?.message
    #expect(
      message?.contains("after the client had sent nothing for 5 min at the step behind RCPT") == true,
      "\(message ?? "")")
    #expect(message?.contains("which RFC 5321 section 4.5.3.2.7 asks of a server") == true)
    #expect(said(.transactionAbandoned, found) == nil)
  }

  @Test(arguments: [
    "421 4.4.3 DNS server timed out", "421 LDAP timed out", "421 4.4.1 Timed out talking to the filter",
  ])
  func `a server whose own look-up timed out puts the recipient off`(reply: String) {
    let found = session(mail + "C: RCPT TO:<c@d>\nS: \(reply)\nS.\nC.")
    #expect(found?.transactions.first?.outcome == .deferred)
    #expect(said(.serverTimeout, found) == nil)
    // Behind five seconds of silence it is the client's.
    let late = session(mail + "C: RCPT TO:<c@d>\nS: 421 4.4.2 timeout\nS.\nC.", pauses: [5: 6000])
    #expect(said(.serverTimeout, late) != nil)
  }

  // MARK: The server is gone

  @Test(arguments: ["C: RSET\n", "C: QUIT\n", ""])
  func `who closes while a command waits has lost the mail, whatever the client says then`(afterwards: String) {
    let found = session(mail + "C: RCPT TO:<c@d>\nS.\n" + afterwards + "C.")
    #expect(found?.transactions.first?.outcome == .lost)
    #expect(found?.verdict.outcome == .failed)
    #expect(found?.verdict.cause == .serverClosedWithout421)
    #expect(said(.transactionAbandoned, found) == nil)
  }

  @Test func `a client that gives up before the server closes has given up`() {
    let found = session(mail + "C: RSET\nS: 250 ok\nS.\nC.")
    #expect(found?.transactions.first?.outcome == .aborted)
  }

  @Test(arguments: ["", "C: RCPT TO:<e@d>\n", "C: RCPT TO:<e@d>\nS!\n"])
  func `421 to RCPT puts the mail off, whoever is named behind it`(afterwards: String) {
    let found = session(mail + "C: RCPT TO:<c@d>\nS: 421 4.3.0 database gone\nS.\n" + afterwards + "C.")
    #expect(found?.transactions.first?.outcome == .deferred)
    #expect(found?.verdict.outcome == .deferred)
    #expect(said(.connectionReset, found) == nil)
  }

  // MARK: The reply that decided

  @Test(arguments: [
    ("554 5.7.1 Message contains a virus", FindingID.contentRefused),
    ("452 4.3.1 Insufficient system storage", .serverStorage),
    ("552 5.3.4 Message too big", .sizeExceeded),
  ])
  func `what was said of the message is why nobody has it`(reply: String, id: FindingID) {
    let found = session(
      mail + "C: RCPT TO:<nobody@d>\nS: 550 5.1.1 User unknown\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\n"
        + "C: x\nC: .\nS: \(reply)\nC: QUIT\nS: 221 bye\nC.\nS.")
    #expect(found?.verdict.cause == id)
    #expect(said(.mailboxUnknown, found) != nil)
    #expect(found?.verdict.message.contains(reply) == true)
  }

  /// A recipient that was refused is not why the others lost the mail.
  @Test(arguments: [
    ("S: 421 4.4.2 timeout exceeded\nS.\nC.", FindingID.serverTimeout),
    ("C: DATA\nS: 354 go\nC: x\nS!", .connectionReset),
    ("C: DATA\nS: 354 go\nC: x\nS: 421 4.3.2 Service shutting down\nS.\nC.", .serverShuttingDown),
  ])
  func `what broke is why a mail was lost, and no recipient that was refused before`(end: String, id: FindingID) {
    let both = mail + "C: RCPT TO:<nobody@d>\nS: 550 5.1.1 User unknown\nC: RCPT TO:<c@d>\nS: 250 ok\n"
    #expect(session(both + end, pauses: [9: 300_000])?.verdict.cause == id)
    // Where nobody was left to have it, they are.
    let none = mail + "C: RCPT TO:<nobody@d>\nS: 550 5.1.1 User unknown\n"
    #expect(
      session(none + "S: 421 4.4.2 timeout exceeded\nS.\nC.", pauses: [7: 300_000])?.verdict.cause == .mailboxUnknown)
  }

  @Test func `where nobody was accepted the recipients are why`() {
    let found = session(
      mail + "C: RCPT TO:<nobody@d>\nS: 550 5.1.1 User unknown\nC: DATA\nS: 554 5.5.1 no valid recipients\n"
        + "C: QUIT\nS: 221 bye\nC.\nS.")
    #expect(found?.verdict.cause == .mailboxUnknown)
  }

  @Test func `the sentence is about the mail that the cause is about`() {
    let refused =
      "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 554 5.7.1 looks like spam\n"
    let abandoned = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RSET\nS: 250 ok\n"
    let sent = refused.replacing("554 5.7.1 looks like spam", with: "250 ok")
    let found = session(hello + sent + refused + abandoned + "C: QUIT\nS: 221 bye\nC.\nS.")
    #expect(found?.verdict.cause == .contentRefused)
    #expect(found?.verdict.message.contains("looks like spam") == true, "\(found?.verdict.message ?? "")")
  }

  /// Contract: the last reply that decided. RCPT's stand before those to the data, in whatever order the recipients came.
  @Test func `LMTP's last word is said behind the data`() {
    let script = """
      S: 220 store LMTP
      C: LHLO c
      S: 250 store
      C: MAIL FROM:<a@b>
      S: 250 ok
      C: RCPT TO:<bob@d>
      S: 250 ok
      C: RCPT TO:<nobody@d>
      S: 550 5.1.1 unknown
      C: DATA
      S: 354 go
      C: x
      C: .
      S: 452 4.2.2 bob full
      C: QUIT
      S: 221 bye
      C.
      S.
      """
    let found = session(script)
    #expect(found?.transactions.first?.outcome == .deferred)
    #expect(
      found?.verdict.message.contains("tries again") == true || found?.verdict.message.contains("will try") == true)
  }

  // MARK: Logins

  @Test func `a password that was judged is told, whatever was tried behind it`() {
    let found = session(
      "S: 220 mx\nC: EHLO c\nS: 250-mx\\r\\n250 AUTH PLAIN LOGIN\nC: AUTH PLAIN AGFubgBvbmU=\nS: 535 5.7.8 no\n"
        + "C: AUTH CRAM-MD5\nS: 504 5.5.4 no such mechanism\nC: QUIT\nS: 221 bye\nC.\nS.")
    #expect(said(.authFailed, found)?.message.contains("535 5.7.8 no") == true)
    #expect(said(.authSyntax, found) != nil)
  }

  @Test(arguments: ["421 internal error", "421 Login from your country is blocked"])
  func `421 to a login has a cause`(reply: String) {
    let found = session(
      "S: 220 mx\nC: EHLO c\nS: 250-mx\\r\\n250 AUTH PLAIN\nC: AUTH PLAIN AGFubgBvbmU=\nS: \(reply)\nS.\nC.")
    #expect(found?.verdict.cause == .authFailed)
  }

  /// A login that the client tried only when it had been asked for one.
  @Test(arguments: [true, false])
  func `a refusal for want of a login tells of those before it`(isBefore: Bool) {
    let login = "C: AUTH PLAIN AGFubgBvbmU=\nS: 535 5.7.8 no\n"
    let refusal = "C: MAIL FROM:<a@b>\nS: 530 5.7.0 Authentication required\n"
    let found = session(
      "S: 220 mx\nC: EHLO c\nS: 250-mx\\r\\n250 AUTH PLAIN\n" + (isBefore ? login + refusal : refusal + login)
        + "C: QUIT\nS: 221 bye\nC.\nS.")
    let message = said(.authRequired, found)?.message
    #expect(message?.contains(isBefore ? "Its login had failed" : "had not logged in") == true, "\(message ?? "")")
  }

  // MARK: What came before the end of the data

  @Test func `a message that is refused in its midst was not sent whole, and nothing is missing`() {
    let found = session(
      mail
        + "C: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nS: 554 5.7.1 spam\nC: y\nC: .\nC: QUIT\nS: 221 bye\nC.\nS."
    )
    #expect(found?.transactions.first?.outcome == .refused)
    #expect(said(.replyMissing, found) == nil)
    #expect(said(.contentRefused, found)?.message.contains("sent whole") == false)
  }

  // MARK: Who waits in vain

  /// A command that is sent when the one before has long been waited for is sent ahead of nothing.
  @Test(arguments: [(100, true), (20_000, false)] as [(Int64, Bool)])
  func `who goes on after a silence does not pipeline`(wait: Int64, isPipelined: Bool) {
    let found = session(
      mail + "C: RCPT TO:<c@d>\nC: RCPT TO:<e@d>\nS: 250 ok\nS: 250 ok\nC: QUIT\nS: 221 bye\nC.\nS.", pauses: [6: wait])
    #expect((said(.pipeliningNotOffered, found) != nil) == isPipelined)
  }
}
