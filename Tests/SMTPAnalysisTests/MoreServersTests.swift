import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

// What Courier, Cyrus, qpsmtpd, amavis, Mailman and postscreen were seen to do, and what their clients met then.

private func session(_ script: String, pauses: [Int: Int64] = [:], closes: Bool = true) -> Session? {
  Analysis(Conversation(script, closes: closes, pauses: pauses)).sessions.first
}

private func said(_ id: FindingID, _ session: Session?) -> Finding? { session?.findings.first { $0.id == id } }

private let lmtp = """
  S: 220 store LMTP
  C: LHLO c
  S: 250 store
  C: MAIL FROM:<a@b>
  S: 250 2.1.0 ok
  C: RCPT TO:<c@d>
  S: 250 2.1.5 ok
  C: RCPT TO:<e@d>
  S: 250 2.1.5 ok
  C: DATA
  S: 354 go
  C: x
  C: .

  """

private let bye = "C: QUIT\nS: 221 bye\n"

@Suite struct MoreServersTests {
  // MARK: LMTP

  /// Cyrus says once that a message is too large, whoever it was for.
  @Test func `one refusal behind the data and the dialogue goes on`() {
    let found = session(lmtp + "S: 552 5.2.3 Message size (87474) exceeds fixed maximum message size\n" + bye)
    #expect(found?.transactions.first?.outcome == .refused)
    #expect(found?.transactions.first?.recipients.map(\.outcome) == [.refused, .unanswered])
    #expect(found?.verdict.cause == .sizeExceeded)
    #expect(said(.replyLost, found) == nil)
    #expect(
      said(.replyMissing, found)?.message
        == "Behind the data the server answered for 1 of 2 recipients, and never for e@d.")
    // Where the connection breaks instead, nobody knows.
    let broken = session(lmtp + "S: 552 5.2.3 Message size (87474) exceeds fixed maximum message size\nS.\nC.")
    #expect(broken?.transactions.first?.outcome == .lost)
  }

  @Test func `421 behind the data is said to all that wait`() {
    let found = session(lmtp + "S: 421 4.3.2 store is going down\nS.\nC.")
    #expect(found?.transactions.first?.outcome == .deferred)
    #expect(found?.transactions.first?.recipients.map(\.outcome) == [.deferred, .deferred])
    #expect(found?.verdict.cause == .serverShuttingDown)
    let half = session(lmtp + "S: 250 2.1.5 ok\nS: 421 4.3.2 store is going down\nS.\nC.")
    #expect(half?.transactions.first?.recipients.map(\.outcome) == [.accepted, .deferred])
  }

  @Test func `a mail that is given up with LHLO`() {
    let found = session("S: 220 s\nC: LHLO c\nS: 250 s\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: LHLO c\nS: 250 s\n" + bye)
    #expect(said(.transactionAbandoned, found)?.message == "The client gave the mail from a@b up with a new LHLO.")
  }

  // MARK: Refusals that nothing explained

  @Test(
    arguments: [
      ("C: MAIL FROM:<a@b>\nS: 500 what?\n", FindingID.senderRefused),
      ("C: MAIL FROM:<a@b>\nS: 451 4.4.3 timeout of our resolver\n", .senderDeferred),
      ("C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 500 what?\n", .recipientRefused),
      (
        "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 554 5.5.1 Error: no valid recipients\n",
        .messageRefused
      ),
    ])
  func `what is refused has a cause`(dialogue: String, id: FindingID) {
    let found = session(Dialogues.hello + dialogue + bye)
    #expect(found?.verdict.cause == id)
    #expect(said(id, found)?.message == found?.verdict.message)
  }

  @Test func `a second MAIL that is refused is told, and not what was given up before it`() {
    let found = session(
      Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: MAIL FROM:<a@b>\nS: 503 5.5.1 Nested MAIL command\n" + bye)
    #expect(found?.verdict.cause != .transactionAbandoned)
    #expect(found?.verdict.cause != nil)
  }

  @Test func `a line that is too long is why it was refused`() {
    let line = "C: MAIL FROM:<a@d> X=\(String(repeating: "y", count: 2000))\nS: 500 5.5.2 line too long\n"
    #expect(session(Dialogues.hello + line + bye)?.verdict.cause == .commandTooLong)
  }

  @Test func `who relays for nobody says so at MAIL too`() {
    let found = session(Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 550 5.7.1 relaying denied\n" + bye)
    #expect(found?.verdict.cause == .relayDenied)
    #expect(said(.relayDenied, found)?.message.contains("the sender a@b at MAIL") == true)
    #expect(said(.relayDenied, found)?.message.hasSuffix("in no network of its own.") == true)
  }

  // MARK: Messages without their end

  @Test func `what is said to a client that left inside its message decides nothing`() {
    let found = session(Dialogues.text + "C.\nS: 451 Incomplete DATA\nS.")
    #expect(found?.transactions.first?.outcome == .aborted)
    #expect(found?.verdict.cause == .transferIncomplete)
  }

  @Test func `a message that is refused in the middle was not sent whole`() {
    let found = session(Dialogues.text + "S: 554 5.7.1 Spam, no more of it\nC.\nS.")
    #expect(found?.verdict.cause == .contentRefused)
    #expect(said(.contentRefused, found)?.message.contains("the message before its end was sent, after") == true)
    // Whose end comes all the same was refused before it.
    let whole = session(Dialogues.text + "S: 554 5.7.1 Spam, no more of it\nC: .\n" + bye)
    #expect(said(.contentRefused, whole)?.message.contains("before its end was sent") == true)
  }

  @Test func `a client that sent nothing behind 354 left no end out`() {
    let found = session(Dialogues.data + "S: 421 4.4.2 Error: timeout exceeded\nS.\nC.", pauses: [11: 300_000])
    #expect(found?.verdict.cause == .serverTimeout)
  }

  // MARK: Who waited for whom

  @Test func `a look-up that timed out is no silence of the client`() {
    let refused = "C: RCPT TO:<c@d>\nS: 451 4.4.3 SPF Temporary Error: DNS timeout\n"
    let found = session(Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\n" + refused + bye)
    #expect(said(.serverTimeout, found) == nil)
    #expect(found?.verdict.outcome == .deferred)
    let idle = session(Dialogues.envelope + "S: 451 4.4.2 Timeout - closing connection.\nS.\nC.", pauses: [11: 60_000])
    #expect(idle?.verdict.cause == .serverTimeout)
  }

  @Test(
    arguments: [
      (Dialogues.hello + "C: MAIL FROM:<a@b>\n", "5 min after MAIL, which it had not answered until then"),
      (Dialogues.text + "C: .\n", "5 min after the message was sent"),
      (Dialogues.envelope, "after the client had sent nothing for 5 min at the step behind RCPT"),
    ])
  func `421 in the place of an answer tells that the client had waited`(begin: String, words: String) {
    let frames = begin.split(separator: "\n").count
    let found = session(begin + "S: 421 4.4.2 timeout exceeded\nS.\nC.", pauses: [frames: 300_000])
    #expect(
      said(.serverTimeout, found)?.message.contains(words) == true, "\(said(.serverTimeout, found)?.message ?? "-")")
  }

  @Test func `a server that takes its leave with 221 is quoted`() {
    let found = session(Dialogues.envelope + "S: 221 4.4.2 Idle for too long\nS.\nC.", pauses: [11: 300_000])
    #expect(said(.serverTimeout, found)?.message.hasSuffix("221 4.4.2 Idle for too long.") == true)
  }

  @Test(
    arguments: [(60_000, FindingID.clientGaveUp), (301_000, .serverTimeout), (100, .transactionAbandoned)]
      as [(Int64, FindingID)])
  func `QUIT to a server that does not answer`(wait: Int64, id: FindingID) {
    let script = Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nC: QUIT\nC.\nS."
    let found = session(script, pauses: [10: wait])
    #expect(found?.verdict.cause == id)
    #expect(found?.findings.contains { $0.id == .transactionAbandoned } == (id == .transactionAbandoned))
  }

  @Test(
    arguments: [
      ("C.\nS.", 60_000, .clientGaveUp), ("C.\nS.", 301_000, .serverTimeout), ("S!", 10, .connectionReset),
      ("C!", 60_000, .connectionReset), ("S.\nC.", 10, .serverClosedWithout421),
      ("C: QUIT\nC.\nS.", 60_000, .clientGaveUp),
    ] as [(String, Int64, FindingID)])
  func `STARTTLS that nobody answers is no handshake`(end: String, wait: Int64, id: FindingID) {
    let found = session(Dialogues.hello + "C: STARTTLS\n" + end, pauses: [8: wait])
    #expect(found?.verdict.outcome == .failed)
    #expect(found?.verdict.cause == id, "\(found?.verdict.message ?? "-")")
    #expect(found?.tls?.outcome == .failed)
    #expect(said(.tlsHandshakeFailed, found) == nil)
  }

  @Test(
    arguments: [
      ("", "C.\nS.", 60_000, .clientGaveUp), ("", "C.\nS.", 301_000, .serverTimeout),
      ("", "C: QUIT\nC.\nS.", 60_000, .clientGaveUp), ("", "C: QUIT\nC.\nS.", 301_000, .serverTimeout),
      ("S: 334 VXNlcjo=\nC: YW5u\n", "C.\nS.", 60_000, .clientGaveUp),
      ("S: 334 VXNlcjo=\nC: YW5u\n", "C: QUIT\nC.\nS.", 60_000, .clientGaveUp),
      ("S: 334 VXNlcjo=\nC: YW5u\n", "C.\nS.", 301_000, .serverTimeout),
      // It is the client's turn.
      ("S: 334 VXNlcjo=\n", "C.\nS.", 60_000, nil), ("S: 334 VXNlcjo=\n", "C.\nS.", 301_000, nil),
      ("S: 334 VXNlcjo=\n", "C: QUIT\nC.\nS.", 60_000, nil),
      ("S: 334 VXNlcjo=\nC: YW5u\nS: 334 UGFzczo=\n", "C.\nS.", 60_000, nil),
    ] as [(String, String, Int64, FindingID?)])
  func `AUTH that nobody answers`(exchange: String, end: String, wait: Int64, id: FindingID?) {
    let begin = Dialogues.hello + "C: AUTH LOGIN\n" + exchange
    let found = session(begin + end, pauses: [8 + exchange.split(separator: "\n").count: wait])
    #expect(found?.verdict.outcome == (id == nil ? .nothingSent : .failed))
    #expect(found?.verdict.cause == id, "\(found?.verdict.message ?? "-")")
    #expect(found?.authentications.first?.outcome == .unanswered)
  }

  @Test func `a line that waited for a reply to STARTTLS stands before the end`() {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    let script = Dialogues.hello + "C: STARTTLS\nC: QUIT\nC.\nS."
    let found = Analysis(Conversation(script, closes: false), options: options).sessions.first
    let times = found?.dialogue.map(\.time) ?? []
    #expect(times == times.sorted())
    #expect(found?.dialogue.suffix(3).map(\.content) == [.line(Array("QUIT".utf8)), .closed, .closed])
  }

  @Test func `a capture that ends behind STARTTLS hides no mail`() {
    let found = session(Dialogues.hello + "C: STARTTLS\n", closes: false)
    #expect(found?.verdict.outcome == .unknown && found?.verdict.cause == .captureEnded)
    #expect(said(.outcomeEncrypted, found) == nil)
  }

  @Test(
    arguments: [
      ("LMTP Dovecot ready.", "EHLO c", "500 5.5.1 Unknown command", "The server speaks LMTP"),
      ("ready", "HELO c", "502 5.5.2 This is lmtp, use lhlo", "The server speaks LMTP"),
      ("ESMTP Postfix", "LHLO c", "502 5.5.2 Error: command not recognized", "The client speaks LMTP"),
      ("ESMTP at lmtp.d.example", "EHLO c", "502 5.5.2 no", "No HELO or EHLO of the client"),
      ("LMTP", "LHLO c", "550 5.7.1 not you", "No HELO or EHLO of the client"),
    ])
  func `SMTP where LMTP is spoken, and the other way round`(
    greeting: String, hello: String, reply: String, words: String
  ) {
    let found = session("S: 220 mx \(greeting)\nC: \(hello)\nS: \(reply)\nC: QUIT\nS: 221 bye")
    #expect(found?.verdict.cause == .heloRefused)
    #expect(said(.heloRefused, found)?.message.contains(words) == true, "\(found?.verdict.message ?? "-")")
  }

  // MARK: Resets and closes

  @Test(arguments: ["S: 220 mx\nS!", Dialogues.hello + "S!"])
  func `a server that resets a dialogue that had only begun has failed its client`(script: String) {
    let found = session(script)
    #expect(found?.verdict.outcome == .failed)
    #expect(found?.verdict.cause == .connectionReset)
  }

  @Test(arguments: [
    "S: 220 mx\nC!", Dialogues.hello + "C!", Dialogues.hello + "C: QUIT\nS: 221 bye\nS!", "S: 220 mx\nC.\nS!",
  ])
  func `a client may leave an idle dialogue as it likes`(script: String) {
    #expect(session(script)?.verdict.outcome == .nothingSent)
  }

  @Test func `the reset of a server that has refused is none of its own`() {
    let found = session("S: 220 mx\nC: EHLO localhost\nS: 550 You are not localhost\nC: HELO localhost\nS!")
    #expect(found?.verdict.cause == .heloRefused)
    #expect(said(.connectionReset, found) == nil)
  }

  @Test func `a server that greets nobody at once keeps the client out`() {
    let found = session("S.\nC.")
    #expect(
      said(.greetingMissing, found)?.message.hasSuffix(
        "has too many connections, or a proxy that has no server behind it.") == true)
    let slow = session("S.\nC.", pauses: [0: 60_000])
    #expect(said(.greetingMissing, slow)?.message.hasSuffix("waits in vain for the server behind it.") == true)
    // Who hangs leaves the closing to the client.
    let hung = session("C.\nS.", pauses: [0: 60_000])
    #expect(said(.greetingMissing, hung)?.message.hasSuffix("the client closed the connection.") == true)
  }

  // MARK: Early, late and otherwise unasked

  @Test(
    arguments: [
      "C: EHLO c\nS: 550 Connecting host started transmitting before SMTP greeting\nS.\nC.",
      "S: 220-mx wait for it\nC: EHLO c\nS: 554 5.5.1 you talk too soon\nS.\nC.",
      "C: EHLO c\nC: MAIL FROM:<a@b>\nS.\nC.",
    ])
  func `who does not wait for the greeting is refused for it`(script: String) {
    let found = session(script)
    #expect(found?.verdict.cause == .earlyTalker)
    #expect(found?.findings.filter { $0.severity == .error }.map(\.id) == [.earlyTalker])
  }

  /// A server whose greeting has no last line, and a client that went on after a while.
  @Test func `who waited long enough for a greeting without end is no early talker`() {
    let found = session("S: 220-mx\nC: EHLO c\nS: 550 no\nC: QUIT\nS: 221 x\n", pauses: [1: 30_000])
    #expect(said(.earlyTalker, found) == nil)
  }

  @Test func `early talk that nobody minded is no cause`() {
    let found = session(
      "C: EHLO c\nS: 220 mx\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC!")
    #expect(said(.earlyTalker, found)?.severity == .warning)
    #expect(found?.verdict.cause == .connectionReset)
  }

  @Test func `nor is MAIL without EHLO that was taken`() {
    let found = session("S: 220 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\n" + bye)
    #expect(said(.missingHELO, found) != nil)
    #expect(found?.verdict.cause == .transactionAbandoned)
  }

  @Test func `commands behind the server's close were sent ahead of nothing`() {
    let found = session(Dialogues.hello + "C: NOOP\nS: 500 too many consecutive NOOPs\nS.\nC: NOOP\nC: NOOP\nC.")
    #expect(said(.pipeliningPastBarrier, found) == nil)
    #expect(found?.verdict.cause == .tooManyErrors)
    let ended = said(
      .tooManyErrors, session(Dialogues.hello + "C: NOOP\nS: 500 Too many consecutive NOOPs, bye.\nS.\nC."))
    #expect(ended?.message == "The server ended the session: 500 Too many consecutive NOOPs, bye.")
  }

  @Test func `line feeds that are refused as a protocol error`() {
    let mail = "C: MAIL FROM:<a@b>\\n\\\nS: 250 ok\nC: RCPT TO:<c@d>\\n\\\nS: 550 5.5.1 Protocol error\n"
    let found = session(Dialogues.hello + mail + bye)
    #expect(found?.verdict.cause == .bareLF)
    #expect(found?.verdict.message.hasSuffix("550 5.5.1 Protocol error.") == true)
    // Who talked early as well is refused for that.
    let early = session("C: EHLO c\nS: 220 mx\nS: 250 mx\n" + mail + bye)
    #expect(early?.verdict.cause == .earlyTalker)
  }

  @Test func `a server that answers half a command line or message to nobody`() {
    let line = session(Dialogues.hello + "C: MAIL FROM:<a@b>\\\nC.\nS: 250 ok\nS.")
    #expect(said(.replyUnexpected, line) == nil)
    #expect(said(.replyUnexpected, session(Dialogues.text + "C.\nS: 451 4.3.0 System I/O error\nS.")) == nil)
    #expect(said(.replyUnexpected, session(Dialogues.hello + "S: 250 ok\nC: QUIT\nS: 221 x\n")) != nil)
  }

  @Test func `an empty line is called so`() {
    let found = session(Dialogues.envelope + "S:\nS: 421 4.4.2 Connection timed out\nS.\nC.", pauses: [11: 6_000])
    #expect(said(.replyMalformed, found)?.message.hasPrefix("The server sent an empty line, which is no reply") == true)
  }

  // MARK: Messages as commands

  @Test func `a message behind a refused DATA is told as one`() {
    let found = session(
      "S: 220 store LMTP\nC: LHLO c\nS: 250 store\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<no@d>\nS: 550 5.1.1 no\n"
        + "C: DATA\nS: 503 need RCPT\nC: From: a@b\nS: 500 what?\nC: Subject: x\nC: y\nS: 500 what?\nS: 421 too many errors\nS.\nC."
    )
    #expect(found?.verdict.cause == .mailboxUnknown)
    #expect(
      said(.commandUnknown, found)?.message.hasPrefix(
        "The client sent its message though DATA had been refused (503 need RCPT)") == true)
    #expect(said(.pipeliningNotOffered, found) == nil)
  }

  @Test func `HTTP is the cause, and not the errors that it makes`() {
    let found = session("S: 220 mx\nC: POST / HTTP/1.1\nC: Host: mx\nS: 500 Too many unrecognized commands\nS.\nC.")
    #expect(found?.verdict.cause == .notSMTPClient)
  }

  @Test func `FTP in many lines and by many names`() {
    let found = session(
      "S: 220---- Welcome to Pure-FTPd [TLS] ----\nS: 220 50 allowed.\nC: EHLO c\nS: 500 what?\n" + bye)
    #expect(found?.verdict.cause == .notSMTPServer)
    #expect(session("S: 220 ftp.example ESMTP\nC: EHLO c\nS: 500 what?\n" + bye)?.verdict.cause == .heloRefused)
  }

  // MARK: What a refusal adds

  @Test func `a message that is kept and refused`() {
    let kept = session(Dialogues.text + "C: .\nS: 550 rejected but is being kept for evaluation\n" + bye)
    #expect(said(.messageRefused, kept)?.message.contains("kept the message all the same") == true)
    let plain = session(Dialogues.text + "C: .\nS: 550 no\n" + bye)
    #expect(said(.messageRefused, plain)?.message.contains("kept the message") == false)
  }

  @Test(
    arguments: [
      ("zen.spamhaus.org; Error: open resolver; https://check.spamhaus.org/returnc/pub/192.0.2.53/", true),
      ("zen.spamhaus.org; https://check.spamhaus.org/query/ip/10.0.0.1", false),
    ])
  func `a list that answered no query lists nobody`(text: String, isTurnedAway: Bool) {
    let found = session(
      Dialogues.hello
        + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 554 5.7.1 Client host blocked using \(text)\n"
        + bye)
    #expect(found?.verdict.cause == .blocklisted)
    #expect(said(.blocklisted, found)?.message.contains("turned it away") == isTurnedAway)
  }

  @Test func `bare line feeds by the name of a page`() {
    let found = session(
      Dialogues.data + "C: a\\nb\nC: .\nS: 421 See http://smtpd.example/barelf.html\nS.\nC.")
    #expect(found?.verdict.cause == .bareLF)
  }

  // MARK: Logins

  /// The errors that it had too many of are the logins.
  @Test(arguments: [
    "421 4.7.0 mail.example Error: too many failed logins", "421 4.7.0 too many failed login attempts, try again later",
    "421 Too many failed authentication attempts", "421 4.7.0 Too many authentication failures",
  ])
  func `a server that has had enough of wrong passwords`(farewell: String) {
    let hello = "S: 220 mail.example\nC: EHLO c\nS: 250-mail.example\\r\\n250 AUTH PLAIN\n"
    let wrong = "C: AUTH PLAIN AGFubgBvbmU=\n"
    let third = session(
      hello + wrong + "S: 535 5.7.8 no\n" + wrong + "S: 535 5.7.8 no\n" + wrong + "S: \(farewell)\nS.\nC.")
    #expect(third?.verdict.cause == .authFailed)
    #expect(said(.authFailed, third)?.message.contains("the last of 3 attempts: 535 5.7.8 no") == true)
    #expect(said(.tooManyErrors, third) != nil)
    let first = session(hello + wrong + "S: \(farewell)\nS.\nC.")
    #expect(first?.verdict.cause == .authFailed)
  }

  @Test func `a server that goes down during a login says nothing of the password`() {
    let found = session(
      "S: 220 mail.example\nC: EHLO c\nS: 250-mail.example\\r\\n250 AUTH PLAIN\nC: AUTH PLAIN AGFubgBvbmU=\n"
        + "S: 421 4.3.2 Service shutting down\nS.\nC.")
    #expect(found?.verdict.cause == .serverShuttingDown)
    #expect(said(.authFailed, found) == nil)
  }

  // MARK: What follows from a refusal

  @Test func `a chunk behind recipients that were put off decides nothing`() {
    func mail(_ replies: String) -> String {
      Dialogues.hello
        + "C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@d>\\r\\nBDAT 3 LAST\\r\\nx\nS: \(replies)\n"
        + bye
    }
    let none = session(
      mail("250 ok\\r\\n450 4.2.0 Greylisted\\r\\n450 4.2.0 Greylisted\\r\\n503 5.5.1 No valid recipients"))
    #expect(none?.transactions.first?.outcome == .deferred)
    #expect(none?.verdict.outcome == .deferred)
    #expect(none?.verdict.cause == .greylisted)
    // With one that was accepted the chunk's reply is the message's.
    let one = session(mail("250 ok\\r\\n250 ok\\r\\n450 4.2.0 Greylisted\\r\\n554 5.3.0 no"))
    #expect(one?.transactions.first?.outcome == .refused)
  }

  /// Exchange's code for a recipient that is not known is RFC 7505's for a null MX.
  @Test(
    arguments: [
      ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", false),
      ("556 5.1.10 <c@d>: Recipient address rejected: Domain d does not accept mail (nullMX)", true),
      ("556 5.1.10 no", true),
    ])
  func `what 5.1.10 means`(reply: String, isNullMX: Bool) {
    let found = session(Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: \(reply)\n" + bye)
    #expect(found?.verdict.cause == .mailboxUnknown)
    #expect(said(.mailboxUnknown, found)?.message.contains("null MX") == isNullMX)
  }

  /// OpenSMTPD refuses the message for what is behind it, and hangs up.
  @Test func `text behind a lone dot that is taken for pipelining`() {
    let found = session(
      "S: 220 mx\nC: EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\n"
        + "C: Subject: x\nC:\nC: one\nC: .\\r\\nThe rest of it\\r\\nmore\\r\\n.\n"
        + "S: 500 5.5.1 Invalid command: Pipelining not supported\nS.\nC.")
    #expect(found?.verdict.cause == .dotNotStuffed)
    #expect(said(.pipeliningNotOffered, found) == nil)
  }

  @Test(
    arguments: [
      ("C: EHLO c\nS: 554 SMTP synchronization error\nC.\nS.", .earlyTalker),
      ("S: 220 mx\nC: EHLO c\\r\\nMAIL FROM:<a@b>\nS: 554 SMTP synchronization error\nC.\nS.", .pipeliningPastBarrier),
      ("S: 220 mx\nC: GET / HTTP/1.1\\r\\nHost: mx\\r\\n\nS: 521 5.7.0 I can break rules, too\nC.\nS.", .notSMTPClient),
    ] as [(String, FindingID)])
  func `who leaves when all is refused gave nothing up`(script: String, cause: FindingID) {
    let found = session(script)
    #expect(found?.verdict.cause == cause)
    #expect(said(.clientGaveUp, found) == nil)
  }

  @Test func `early talk that nobody minded, and a client that left by itself`() {
    let found = session("C: EHLO c\nS: 220 mx\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\n" + bye)
    #expect(said(.earlyTalker, found)?.severity == .warning)
    #expect(found?.verdict.cause == .transactionAbandoned)
  }

  @Test func `the first line of a greeting that only shows who waits`() {
    let dropped = session("S: 220-mx\nC: EHLO c\nS: 521 5.5.1 Protocol error\nS.\nC.")
    #expect(dropped?.verdict.outcome == .refused)
    #expect(dropped?.verdict.cause == .earlyTalker)
    #expect(said(.replyIncomplete, dropped) == nil)
    let later = session(
      "S: 220-mx\nC: EHLO c\nS: 220 mx\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\n"
        + "S: 550 5.5.1 Protocol error\n" + bye)
    #expect(later?.verdict.cause == .earlyTalker)
    #expect(said(.replyIncomplete, later) == nil)
    // postscreen serves it and never says the rest.
    let never = session(
      "S: 220-mx\nC: EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\n"
        + "S: 550 5.5.1 Protocol error\n" + bye)
    #expect(said(.replyIncomplete, never)?.severity == .warning)
  }

  @Test func `what follows from a chunk that the server does not know`() {
    let found = session(
      "S: 220 mx\nC: EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\n"
        + "C: BDAT 12 LAST\\r\\nSubject: x\nS: 500 what\\r\\n500 what\n" + bye)
    #expect(found?.verdict.outcome == .refused)
    #expect(found?.verdict.cause == .chunkSizeMismatch)
    #expect(said(.messageRefused, found) == nil && said(.replyUnexpected, found) == nil)
  }

  @Test func `behind a greeting that refuses, all is refused for its sake`() {
    let hello = "S: 554 mx ESMTP not accepting messages\nC: EHLO c\nS: 250 mx\n"
    let mail = "C: MAIL FROM:<a@b>\nS: 550 5.0.0 Command rejected\n" + bye
    let found = session(hello + mail)
    #expect(found?.verdict.cause == .greetingRefused)
    #expect(said(.senderRefused, found) == nil)
    // Who did not wait for it is told no other reason.
    let early = session("C: EHLO c\nS: 554 mx ESMTP not accepting messages\nS: 250 mx\n" + mail)
    #expect(early?.verdict.cause == .earlyTalker)
    #expect(said(.greetingRefused, early) == nil && said(.senderRefused, early) == nil)
    let told = session(hello + "C: MAIL FROM:<a@b>\nS: 550 5.7.1 blocked using zen.spamhaus.org\n" + bye)
    #expect(said(.blocklisted, told) != nil)
  }

  @Test func `behind a hello that was refused for what was sent behind it`() {
    let found = session(
      "S: 220 mx\nC: EHLO c\\r\\nMAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\n"
        + "S: 554 5.5.0 SMTP protocol error\\r\\n550 5.0.0 Command rejected\\r\\n550 5.0.0 Command rejected\n" + bye)
    #expect(found?.verdict.cause == .pipeliningPastBarrier)
    #expect(said(.senderRefused, found) == nil)
  }

  @Test func `a command line that is refused for its length`() {
    let sender = String(repeating: "a", count: 3000)
    let found = session(
      Dialogues.hello + "C: MAIL FROM:<\(sender)@b>\nS: 421 4.7.0 mx Command too long, possible attack\nS.\nC.")
    #expect(found?.verdict.cause == .commandTooLong || found?.verdict.cause == .pathTooLong)
    #expect(said(.senderDeferred, found) == nil)
  }

  @Test func `an address beyond ASCII that is refused for that`() {
    let found = session(
      Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<b\\xc3\\xbcro@d>\n"
        + "S: 553 5.6.7 Non-ASCII address not permitted\n" + bye)
    #expect(found?.verdict.cause == .smtputf8Missing)
    #expect(said(.mailboxUnknown, found) == nil)
  }
}
