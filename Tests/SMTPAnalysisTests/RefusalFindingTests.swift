import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// A dialogue, what of refusals is found in it, and words of the sentence.
struct RefusalCase: CustomTestStringConvertible, Sendable {
  var name: String
  var script: String
  var found: [FindingID]
  var says: [String]

  init(_ name: String, _ script: String, _ found: [FindingID], says: String...) {
    self.name = name
    self.script = script
    self.found = found
    self.says = says
  }

  var testDescription: String { name }
}

private let refusals: Set<FindingID> = [
  .greetingRefused, .greetingDeferred, .tooManyConnections, .clientRefused, .heloRefused, .senderRefused,
  .senderDeferred, .recipientRefused, .recipientDeferred, .greylisted, .relayDenied, .mailboxUnknown, .mailboxFull,
  .userMoved, .serverStorage, .serverShuttingDown, .tooManyErrors, .blocklisted, .policyRefused, .contentRefused,
  .rateLimited, .tooManyRecipients, .sizeExceeded, .messageRefused, .messageDeferred, .authRequired, .tlsRequired,
]

private let hello = Dialogues.hello
private let mail = hello + "C: MAIL FROM:<a@b>\nS: 250 ok\n"
private let rcpt = mail + "C: RCPT TO:<c@d>\nS: 250 ok\n"
private let sent = rcpt + "C: DATA\nS: 354 go\nC: Subject: x\nC:\nC: text\nC: .\n"
private let quit = "C: QUIT\nS: 221 bye\n"

private func greeted(_ text: String) -> String { "S: \(text)\nS.\nC." }
private func toHello(_ text: String) -> String { "S: 220 mx\nC: EHLO c\nS: \(text)\n" + quit }
private func toMail(_ text: String) -> String { hello + "C: MAIL FROM:<a@b>\nS: \(text)\n" + quit }
private func toRcpt(_ text: String) -> String { mail + "C: RCPT TO:<c@d>\nS: \(text)\n" + quit }
private func toData(_ text: String) -> String { rcpt + "C: DATA\nS: \(text)\n" + quit }
private func toEnd(_ text: String) -> String { sent + "S: \(text)\n" + quit }

private let cases: [RefusalCase] = [
  RefusalCase("greeting 554", greeted("554 no"), [.greetingRefused], says: "turned the client away", "permanent"),
  RefusalCase("greeting 421", greeted("421 busy"), [.greetingDeferred], says: "put the client off", "temporary"),
  RefusalCase("greeting 220", "S: 220 mx no 554\n" + quit, []),
  RefusalCase(
    "greeting, connections", greeted("421 4.7.0 too many connections from 192.0.2.7"), [.tooManyConnections],
    says: "put the client off"),
  RefusalCase("greeting, list", greeted("554 5.7.1 192.0.2.7 listed at bl.spamcop.net"), [.blocklisted]),
  RefusalCase("greeting, client", greeted("554 5.7.1 no PTR record for your host"), [.clientRefused]),
  RefusalCase("greeting, going down", greeted("421 4.3.2 shutting down"), [.serverShuttingDown]),
  RefusalCase(
    "EHLO and HELO", "S: 220 mx\nC: EHLO x\nS: 504 5.5.2 no\nC: HELO x\nS: 504 5.5.2 no\n" + quit, [.heloRefused],
    says: "refused HELO x"),
  RefusalCase("HELO behind EHLO", "S: 220 mx\nC: EHLO x\nS: 502 what\nC: HELO x\nS: 250 mx\n" + quit, []),
  RefusalCase("EHLO put off", toHello("421 4.7.0 later"), [.heloRefused], says: "put off EHLO c"),
  RefusalCase("EHLO, list", toHello("554 5.7.1 blocked using bl.lists.example"), [.blocklisted]),
  RefusalCase(
    "MAIL 550", toMail("550 5.1.8 no such domain"), [.senderRefused], says: "refused the sender a@b at MAIL", "bounce"),
  RefusalCase("MAIL 450", toMail("450 4.1.8 later"), [.senderDeferred], says: "put off the sender a@b", "try again"),
  RefusalCase("MAIL accepted", mail + quit, []),
  RefusalCase(
    "MAIL, client", toMail("550 5.7.1 Access denied"), [.clientRefused], says: "192.0.2.7, not about the sender"),
  RefusalCase(
    "MAIL 530 TLS", toMail("530 5.7.0 Must issue a STARTTLS command first"), [.tlsRequired], says: "the mail from a@b"),
  RefusalCase(
    "all 530 TLS",
    hello
      + "C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA\nS: 530 5.7.0 Must issue a STARTTLS command first\\r\\n530 5.7.0 Must issue a STARTTLS command first\\r\\n530 5.7.0 Must issue a STARTTLS command first\nC: RSET\nS: 250 ok\nC: MAIL FROM:<e@b>\nS: 530 5.7.0 Must issue a STARTTLS command first\n"
      + quit, [.tlsRequired]),
  RefusalCase(
    "530 TLS to AUTH", hello + "C: AUTH LOGIN\nS: 530 5.7.0 Must issue a STARTTLS command first\n" + quit,
    [.tlsRequired], says: "refused AUTH"),
  RefusalCase("MAIL 530", toMail("530 5.7.0 Authentication required"), [.authRequired], says: "did not log in"),
  RefusalCase(
    "MAIL, SIZE", hello + "C: MAIL FROM:<a@b> SIZE=60000000\nS: 552 5.3.4 too big\n" + quit, [.sizeExceeded],
    says: "SIZE=60000000 was declared", "at most 52428800"),
  RefusalCase(
    "MAIL refused, the rest pipelined",
    hello
      + "C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA\nS: 550 5.1.8 no\\r\\n503 5.5.1 need MAIL\\r\\n503 5.5.1 need RCPT\n"
      + quit, [.senderRefused]),
  RefusalCase("nested MAIL", rcpt + "C: MAIL FROM:<a@b>\nS: 503 5.5.1 nested MAIL command\n" + quit, []),
  RefusalCase("malformed MAIL", hello + "C: MAIL FROM:a@b\nS: 501 5.1.7 Bad sender address syntax\n" + quit, []),
  RefusalCase(
    "RCPT 550", toRcpt("550 5.1.1 <c@d>: User unknown"), [.mailboxUnknown], says: "refused c@d at RCPT", "bounce"),
  RefusalCase("RCPT 450 unverified", toRcpt("450 4.1.1 unverified address"), [.recipientDeferred], says: "put off c@d"),
  RefusalCase("RCPT 451", toRcpt("451 4.3.0 look-up failed"), [.recipientDeferred]),
  RefusalCase("RCPT 554", toRcpt("554 5.3.0 no"), [.recipientRefused]),
  RefusalCase("RCPT accepted", rcpt + quit, []),
  RefusalCase("RCPT 250 that says spam", mail + "C: RCPT TO:<c@d>\nS: 250 greylisted user unknown\n" + quit, []),
  RefusalCase(
    "RCPT greylisted", toRcpt("450 4.2.0 <c@d>: Greylisted"), [.greylisted], says: "put off c@d", "some minutes"),
  RefusalCase("RCPT 554 greylisted for good", toRcpt("554 5.3.0 greylisting"), [.recipientRefused]),
  RefusalCase("RCPT relay", toRcpt("554 5.7.1 <c@d>: Relay access denied"), [.relayDenied], says: "not authenticate"),
  RefusalCase("RCPT relay host", toRcpt("450 4.3.0 relay.d.example is busy"), [.recipientDeferred]),
  RefusalCase("RCPT full", toRcpt("452 4.2.2 mailbox full"), [.mailboxFull]),
  RefusalCase("RCPT 452 of a mailbox called full", toRcpt("452 4.3.0 <quota@d>: wait"), [.recipientDeferred]),
  RefusalCase(
    "RCPT moved", toRcpt("551 User <c@d> not local; please try <c@new.example>"), [.userMoved],
    says: "that it gives is c@new.example"),
  RefusalCase("RCPT storage", toRcpt("452 4.3.1 Insufficient system storage"), [.serverStorage]),
  RefusalCase(
    "RCPT list, another address", toRcpt("554 5.7.1 Client host [198.51.100.9] blocked using zen.spamhaus.org"),
    [.blocklisted], says: "zen.spamhaus.org (Spamhaus)", "198.51.100.9, not the 192.0.2.7", "check.spamhaus.org"),
  RefusalCase(
    "RCPT list, this address", toRcpt("554 5.7.1 Client host [192.0.2.7] blocked using bl.lists.example"),
    [.blocklisted], says: "bl.lists.example, the listed address 192.0.2.7."),
  RefusalCase("RCPT of rbl.example", toRcpt("450 4.3.0 rbl.example is busy"), [.recipientDeferred]),
  RefusalCase("RCPT policy", toRcpt("550 5.7.23 SPF fail"), [.policyRefused], says: "SPF"),
  RefusalCase("RCPT 4.7.1", toRcpt("450 4.7.1 not now"), [.recipientDeferred]),
  RefusalCase("RCPT rate", toRcpt("450 4.7.1 rate limit exceeded"), [.rateLimited]),
  RefusalCase("RCPT sender", toRcpt("550 5.1.0 <a@b>: Sender address rejected: User unknown"), [.senderRefused]),
  RefusalCase(
    "RCPT client", toRcpt("450 4.7.1 Client host rejected: no name"), [.clientRefused], says: "not about the recipient"),
  RefusalCase(
    "RCPT too many", rcpt + "C: RCPT TO:<e@d>\nS: 452 4.5.3 Error: too many recipients\n" + quit, [.tooManyRecipients],
    says: "1 recipient was accepted before"),
  RefusalCase(
    "RCPT too many, sent with the next mail",
    rcpt + "C: RCPT TO:<e@d>\nS: 452 4.5.3 Error: too many recipients\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\n"
      + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<e@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\n"
      + quit, [.tooManyRecipients], says: "They were, in this session, and the server took it."),
  RefusalCase("RCPT 452 behind others", rcpt + "C: RCPT TO:<e@d>\nS: 452 enough\n" + quit, [.tooManyRecipients]),
  RefusalCase("RCPT 452 as the first", toRcpt("452 enough"), [.recipientDeferred]),
  RefusalCase(
    "RCPT several alike",
    mail
      + "C: RCPT TO:<c@d>\nS: 550 5.1.1 <c@d> no\nC: RCPT TO:<e@d>\nS: 550 5.1.1 <e@d> no\nC: RCPT TO:<f@d>\nS: 450 4.2.0 greylisted\n"
      + quit, [.greylisted, .mailboxUnknown], says: "c@d and 1 more"),
  RefusalCase(
    "DATA behind refused recipients",
    mail
      + "C: RCPT TO:<c@d>\\r\\nDATA\nS: 550 5.1.1 User unknown\\r\\n554 5.5.1 Error: no valid recipients\n" + quit,
    [.mailboxUnknown]),
  RefusalCase(
    "DATA behind refused recipients, other words",
    mail + "C: RCPT TO:<c@d>\\r\\nDATA\nS: 550 5.1.1 User unknown\\r\\n554 5.7.1 Spam\n" + quit, [.mailboxUnknown]),
  RefusalCase("DATA without recipients", mail + "C: DATA\nS: 554 5.5.1 Error: no valid recipients\n" + quit, []),
  RefusalCase("DATA 451", toData("451 4.3.0 later"), [.messageDeferred], says: "put off the mail at DATA"),
  RefusalCase("DATA 554", toData("554 5.3.0 no"), [.messageRefused]),
  RefusalCase("DATA 550 5.7.1 policy", toData("550 5.7.1 policy violation"), [.policyRefused]),
  RefusalCase("end 554", toEnd("554 5.3.0 no"), [.messageRefused], says: "after it was sent whole"),
  RefusalCase("end 451", toEnd("451 4.3.0 later"), [.messageDeferred], says: "put off the message of"),
  RefusalCase("end 250", toEnd("250 2.0.0 spam queued"), []),
  RefusalCase("end content", toEnd("550 5.7.1 looks like spam"), [.contentRefused], says: "looks like spam"),
  RefusalCase("end of a mail to spam@", toEnd("554 5.3.0 <spam@d> failed"), [.messageRefused]),
  RefusalCase("end loop", toEnd("554 5.4.6 Too many hops"), [.messageRefused], says: "in circles"),
  RefusalCase("end DMARC", toEnd("550 5.7.26 DMARC policy of b"), [.policyRefused], says: "DMARC"),
  RefusalCase("end 4xx DKIM", toEnd("451 4.7.20 no DKIM signature"), [.policyRefused], says: "put off the message"),
  RefusalCase(
    "end size", toEnd("552 5.3.4 too big"), [.sizeExceeded], says: "had not declared the size", "in vain", "52428800"),
  RefusalCase("end mailbox, one recipient", toEnd("550 5.1.1 User unknown"), [.mailboxUnknown]),
  RefusalCase("end bare LF, and there is none", toEnd("550 5.5.2 bare <LF> received"), [.messageRefused]),
  RefusalCase(
    "RCPT list, what the list answered",
    toRcpt("550 5.7.1 listed in bl.lists.example=127.0.0.2, 192.0.2.7"), [.blocklisted], says: "192.0.2.7."),
  RefusalCase(
    "BDAT behind refused recipients",
    mail + "C: RCPT TO:<c@d>\\r\\nBDAT 2 LAST\\r\\nx\nS: 550 5.1.1 User unknown\\r\\n554 5.3.0 no\n" + quit,
    [.mailboxUnknown]),
  RefusalCase("end unknown 550", toEnd("550 no"), [.messageRefused]),
  RefusalCase("too many errors", hello + "C: FOO\nS: 421 4.7.0 mx Error: too many errors\nS.\nC.", [.tooManyErrors]),
  RefusalCase("one error", hello + "C: FOO\nS: 500 5.5.2 what\n" + quit, []),
  RefusalCase(
    "421 out of the blue", mail + "S: 421 4.3.2 shutting down\nS.\nC.", [.serverShuttingDown], says: "ended the session"
  ),
  RefusalCase("421 timeout", mail + "S: 421 4.4.2 timeout exceeded\nS.\nC.", []),
  RefusalCase("421 of no reason", mail + "S: 421 bye\nS.\nC.", []),
  RefusalCase(
    "a refusal behind a hole", mail + "C: RCPT TO:<c@d>\nS? 20\nS: 554 no\n" + quit, []),
  RefusalCase(
    "LMTP",
    "S: 220 mx LMTP\nC: LHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: RCPT TO:<e@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\nS: 552 5.2.2 Quota exceeded\n"
      + quit, [.mailboxFull], says: "After the message e@d did not get it"),
  RefusalCase(
    "LMTP, all got it",
    "S: 220 mx LMTP\nC: LHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 2.2.2 Quota exceeded never\n"
      + quit, []),
]

@Suite struct RefusalFindingTests {
  @Test(arguments: cases)
  func `each refusal is told once, for its reason`(example: RefusalCase) throws {
    let session = try #require(Analysis(Conversation(example.script)).sessions.first)
    let findings = session.findings.filter { refusals.contains($0.id) }
    #expect(findings.map(\.id.rawValue).sorted() == example.found.map(\.rawValue).sorted())
    let sentences = findings.map(\.message).joined(separator: "\n")
    for words in example.says { #expect(sentences.contains(words), "\(words) | \(sentences)") }
    // A refused MAIL makes what was pipelined behind it come out of order: that is another check's.
    let isOutOfOrder = session.findings.contains { $0.id == .commandOutOfOrder }
    if let only = example.found.first, example.found.count == 1, !isOutOfOrder {
      #expect(session.verdict.cause == only)
    }
    // 4xx refuses nothing.
    if !example.script.contains("S: 5") {
      #expect(!sentences.contains("server refused") && !session.verdict.message.contains("server refused"))
    }
    for finding in findings { #expect(finding.frame != nil && finding.evidence?.isEmpty == false) }
  }

  /// Ten thousand dead recipients: one sentence, and no scan of the table for each.
  @Test func `a long list of refusals is one`() throws {
    let lines = (0..<10_000).map { "C: RCPT TO:<u\($0)@d>\nS: 550 5.1.1 <u\($0)@d>: User unknown\n" }.joined()
    let session = try #require(Analysis(Conversation(mail + lines + quit)).sessions.first)
    let found = session.findings.filter { refusals.contains($0.id) }
    #expect(found.map(\.id) == [.mailboxUnknown])
    #expect(found.first?.message.contains("u0@d and 9999 more") == true)
  }
}
