import SMTPAnalysis
import TestSupport
import Testing

/// A dialogue and what a finding makes of it.
struct FindingCase: CustomTestStringConvertible, Sendable {
  var id: FindingID
  var name: String
  var script: String
  /// The severity with which it is found; nil where it must not be found at all.
  var severity: Severity?
  /// What its sentence says.
  var words = ""

  init(_ id: FindingID, _ name: String, _ severity: Severity?, says words: String = "", _ script: String) {
    self.id = id
    self.name = name
    self.script = script
    self.severity = severity
    self.words = words
  }

  var testDescription: String { "\(id.rawValue): \(name)" }

  /// Runs it, cut into pieces of `piece` octets.
  func check(piece: Int) {
    let sessions = Analysis(Conversation(script, piece: piece)).sessions
    let found = sessions.flatMap(\.findings).filter { $0.id == id }
    guard let severity else {
      #expect(found.isEmpty, "\(found.map(\.message))")
      return
    }
    #expect(found.map(\.severity).max() == severity, "\(sessions.flatMap(\.findings).map(\.id.rawValue))")
    #expect(found.contains { $0.message.contains(words) }, "\(found.map(\.message))")
    #expect(found.allSatisfy { $0.frame != nil && $0.time != nil })
  }
}

private func hello(_ name: String = "client.example", offers: String...) -> String {
  let lines = offers.enumerated().map { "S: 250\($0.offset + 1 == offers.count ? " " : "-")\($0.element)" }
  return """
    S: 220 mx.example ESMTP
    C: EHLO \(name)
    S: 250\(offers.isEmpty ? " " : "-")mx.example
    \(lines.joined(separator: "\n"))

    """
}

private let mail = """
  C: MAIL FROM:<a@b.example>
  S: 250 ok
  C: RCPT TO:<c@d.example>
  S: 250 ok

  """
private let text = """
  C: From: a@b.example
  C: Date: Mon, 23 Nov 2026 10:00:00 +0000
  C:
  C: Hello.

  """
private let sent = "C: DATA\nS: 354 go\n" + text + "C: .\nS: 250 queued\n"
private let quit = "C: QUIT\nS: 221 bye\n"

private func mail(_ line: String, _ reply: String) -> String {
  hello() + "C: \(line)\nS: \(reply)\n"
    + (reply.hasPrefix("2") ? "C: RCPT TO:<c@d.example>\nS: 250 ok\n" + sent : "") + quit
}

private func rcpt(_ line: String, _ reply: String) -> String {
  hello() + "C: MAIL FROM:<a@b.example>\nS: 250 ok\nC: \(line)\nS: \(reply)\n"
    + (reply.hasPrefix("2") ? sent : "C: RSET\nS: 250 ok\n") + quit
}

private let turns: [FindingCase] = [
  FindingCase(
    .earlyTalker, "EHLO at once", .warning, says: "EHLO a.example",
    "C: EHLO a.example\nS: 220 mx.example\nS: 250 mx.example\n" + mail + sent + quit),
  FindingCase(
    .earlyTalker, "refused for it", .error, says: "550 5.5.1 Protocol error",
    "C: EHLO a.example\nS: 220-mx.example\nS: 220 mx.example\nS: 250 mx.example\nC: MAIL FROM:<a@b.example>\n"
      + "S: 250 ok\nC: RCPT TO:<c@d.example>\nS: 550 5.5.1 Protocol error\n" + quit),
  FindingCase(
    .earlyTalker, "refused with the greeting", .error, says: "554 SMTP synchronization error",
    "C: EHLO a.example\nS: 554 SMTP synchronization error\nS.\nC."),
  FindingCase(
    .greetingRefused, "for an early talker: that alone is told", nil,
    "C: EHLO a.example\nS: 554 SMTP synchronization error\nS.\nC."),
  FindingCase(
    .earlyTalker, "the server forgets the rest of its greeting", .warning, says: "EHLO a.example",
    "C: EHLO a.example\nS: 220-mx.example\nS: 250-mx.example\nS: 250 SIZE\n" + mail + sent + quit),
  FindingCase(
    .earlyTalker, "between two lines of the greeting", .warning, says: "EHLO a.example",
    "S: 220-mx.example\nC: EHLO a.example\nS: 220 mx.example\nS: 250 mx.example\n" + mail + sent + quit),
  FindingCase(
    .earlyTalker, "after a greeting of two lines", nil,
    "S: 220-mx.example\nS: 220 mx.example\nC: EHLO a.example\nS: 250 mx.example\n" + mail + sent + quit),
  FindingCase(
    .earlyTalker, "after a greeting that never ends", nil,
    "S: 220-mx.example\nC: EHLO a.example\nS: 250 mx.example\n" + mail + sent + quit),
  FindingCase(
    .earlyTalker, "after a greeting without a line end", nil,
    "S: 220 mx.example\\\nC: EHLO a.example\nS: 250 mx.example\n" + mail + sent + quit),
  FindingCase(.earlyTalker, "the server left without a greeting", nil, "S.\nC: QUIT\nC."),
  FindingCase(.missingHELO, "borne", .warning, says: "MAIL FROM", "S: 220 mx.example\n" + mail + sent + quit),
  FindingCase(
    .missingHELO, "refused", .error, says: "503 say EHLO first",
    "S: 220 mx.example\nC: MAIL FROM:<a@b.example>\nS: 503 say EHLO first\n" + quit),
  FindingCase(.missingHELO, "HELO", nil, "S: 220 mx\nC: HELO a.example\nS: 250 mx\n" + mail + sent + quit),
  FindingCase(
    .missingHELO, "EHLO that was refused", nil, "S: 220 mx\nC: EHLO a.example\nS: 500 what\n" + mail + sent + quit),
  FindingCase(.missingHELO, "bytes are missing", nil, "S: 220 mx\nC? 16\nS? 8\n" + mail + sent + quit),
  FindingCase(
    .commandOutOfOrder, "RCPT before MAIL", .warning, says: "with no MAIL before it",
    hello() + "C: RCPT TO:<c@d.example>\nS: 503 5.5.1 need MAIL\n" + quit),
  FindingCase(
    .commandOutOfOrder, "DATA before RCPT", .warning, says: "with no RCPT before it",
    hello() + "C: MAIL FROM:<a@b.example>\nS: 250 ok\nC: DATA\nS: 554 no valid recipients\n" + quit),
  FindingCase(
    .commandOutOfOrder, "MAIL within MAIL", .warning, says: "within a transaction",
    hello() + mail + "C: MAIL FROM:<e@b.example>\nS: 503 5.5.1 nested MAIL command\n" + sent + quit),
  FindingCase(
    .commandOutOfOrder, "AUTH twice", .warning, says: "after a login",
    hello(offers: "AUTH PLAIN") + "C: AUTH PLAIN AGEAYg==\nS: 235 ok\nC: AUTH PLAIN AGEAYg==\nS: 503 again\n" + quit),
  FindingCase(
    .commandOutOfOrder, "behind a MAIL that was refused", nil,
    hello() + "C: MAIL FROM:<a@b.example>\nS: 550 no\nC: RCPT TO:<c@d.example>\nS: 503 need MAIL\n" + quit),
  FindingCase(
    .commandOutOfOrder, "sent ahead behind recipients that were refused", nil,
    hello(offers: "PIPELINING")
      + "C: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\nC: DATA\nS: 250 ok\nS: 550 who\nS: 554 no valid\n" + quit
  ),
  FindingCase(
    .commandOutOfOrder, "a second mail of a session", nil, hello() + mail + sent + mail + sent + quit),
  FindingCase(
    .commandOutOfOrder, "AUTH that is not offered", nil, hello() + "C: AUTH PLAIN AGEAYg==\nS: 503 not enabled\n" + quit
  ),
]

private let forms: [FindingCase] = [
  FindingCase(
    .commandUnknown, "a word", .warning, says: "XYZZY", hello() + "C: XYZZY\nS: 500 5.5.2 what\n" + mail + sent + quit),
  FindingCase(
    .commandUnknown, "several", .warning, says: "1 more line",
    hello() + "C: HLEP\nS: 500 what\nC: PLUGH\nS: 502 what\n" + quit),
  FindingCase(.commandUnknown, "a known verb that is not carried out", nil, hello() + "C: VRFY c\nS: 502 no\n" + quit),
  FindingCase(.commandUnknown, "a verb that the server knows", nil, hello() + "C: XLOVE me\nS: 250 ok\n" + quit),
  FindingCase(.commandUnknown, "verbs masked on the way", nil, hello() + "C: XXXX a.example\nS: 500 what\n" + quit),
  FindingCase(.commandUnknown, "an empty line", nil, hello() + "C:\nS: 500 what\n" + quit),
  FindingCase(
    .commandSyntax, "no brackets, refused", .error, says: "no angle brackets",
    mail("MAIL FROM:a@b.example", "501 5.1.7 Bad sender address syntax")),
  FindingCase(
    .commandSyntax, "a blank behind the colon, borne", .warning, says: "the server took it",
    mail("MAIL FROM: <a@b.example>", "250 ok")),
  FindingCase(
    .commandSyntax, "no brackets at RCPT", .error, says: "RCPT TO:<bob@example.org>",
    rcpt("RCPT TO: c@d.example", "501 5.1.3 Bad recipient address syntax")),
  FindingCase(
    .commandSyntax, "a blank at the end", .info, says: "at its end", mail("MAIL FROM:<a@b.example> ", "250 ok")),
  FindingCase(
    .commandSyntax, "a parameter with a value that it cannot have", .error, says: "does not take as it is: 501 5.5.4",
    hello(offers: "DSN") + "C: MAIL FROM:<a@b.example>\nS: 250 ok\n"
      + "C: RCPT TO:<c@d.example> NOTIFY=NEVER,FAILURE\nS: 501 5.5.4 Error: Bad NOTIFY parameter syntax\n" + quit),
  FindingCase(
    .recipientRefused, "for its parameter's sake", nil,
    hello(offers: "DSN") + "C: MAIL FROM:<a@b.example>\nS: 250 ok\n"
      + "C: RCPT TO:<c@d.example> NOTIFY=NEVER,FAILURE\nS: 501 5.5.4 Error: Bad NOTIFY parameter syntax\n" + quit),
  FindingCase(
    .commandSyntax, "501 5.5.4 to a command without parameters", nil, mail("MAIL FROM:<a@b.example>", "501 5.5.4 no")),
  FindingCase(
    .commandSyntax, "a wrong keyword, then right", .warning, says: "MAIL FORM",
    hello() + "C: MAIL FORM:<a@b.example>\nS: 501 what\n" + mail + sent + quit),
  FindingCase(
    .commandSyntax, "an address that is refused, well formed", nil, mail("MAIL FROM:<a@b.example>", "501 no")),
  FindingCase(.commandSyntax, "nobody as the sender", nil, mail("MAIL FROM:<>", "250 ok")),
  FindingCase(
    .commandSyntax, "malformed, and refused for another reason", nil,
    mail("MAIL FROM: <a@b.example>", "550 5.7.1 Client host rejected")),
  FindingCase(
    .senderRefused, "for its form: that alone is told", nil, mail("MAIL FROM:a@b.example", "501 5.1.7 syntax")),
  FindingCase(
    .commandTooLong, "NOOP", .warning, says: "513 octets",
    hello() + "C: NOOP \(String(repeating: "x", count: 506))\nS: 250 ok\n" + quit),
  FindingCase(
    .commandTooLong, "as long as may be", nil,
    hello() + "C: NOOP \(String(repeating: "x", count: 505))\nS: 250 ok\n" + quit),
  FindingCase(
    .commandTooLong, "MAIL with a long parameter that is offered", nil,
    hello(offers: "DSN", "SIZE")
      + "C: MAIL FROM:<\(String(repeating: "a", count: 60))@b.example> ENVID=\(String(repeating: "x", count: 470))\n"
      + "S: 250 ok\n" + quit),
  FindingCase(
    .commandTooLong, "a login", nil,
    hello(offers: "AUTH PLAIN") + "C: AUTH PLAIN \(String(repeating: "AGEA", count: 1000))\nS: 235 ok\n" + quit),
  FindingCase(
    .pathTooLong, "a local part of 65 octets", .warning, says: "65 octets before the @",
    mail("MAIL FROM:<\(String(repeating: "a", count: 65))@b.example>", "250 ok")),
  FindingCase(
    .pathTooLong, "a local part of 64 octets", nil,
    mail("MAIL FROM:<\(String(repeating: "a", count: 64))@b.example>", "250 ok")),
  FindingCase(
    .pathTooLong, "a path of 258 octets", .warning, says: "258 octets",
    rcpt("RCPT TO:<a@\(String(repeating: "b", count: 63)).\(String(repeating: "c.", count: 94))de>", "250 ok")),
  FindingCase(
    .pathTooLong, "a path of 256 octets", nil,
    rcpt("RCPT TO:<a@\(String(repeating: "b", count: 63)).\(String(repeating: "c.", count: 93))de>", "250 ok")),
  FindingCase(
    .pathTooLong, "long parameters", nil,
    mail("MAIL FROM:<a@b.example> ENVID=\(String(repeating: "x", count: 90))", "250 ok")),
  FindingCase(.heloInvalid, "no dot", .info, says: "no dot", hello("localhost") + quit),
  FindingCase(
    .heloInvalid, "an address without brackets", .info, says: "without its brackets", hello("192.0.2.7") + quit),
  FindingCase(.heloInvalid, "neither", .info, says: "neither", hello("my_pc.example") + quit),
  FindingCase(.heloInvalid, "the server's name", .info, says: "server's own name", hello("MX.example") + quit),
  FindingCase(.heloInvalid, "a domain", nil, hello("mail-7.client.example") + quit),
  FindingCase(.heloInvalid, "an address in brackets", nil, hello("[192.0.2.7]") + quit),
  FindingCase(.heloInvalid, "an IPv6 address in brackets", nil, hello("[IPv6:2001:db8::7]") + quit),
  FindingCase(
    .parameterNotOffered, "BODY", .warning, says: "does not offer 8BITMIME",
    hello(offers: "SIZE") + "C: MAIL FROM:<a@b.example> SIZE=90 BODY=8BITMIME\nS: 250 ok\n" + quit),
  FindingCase(
    .parameterNotOffered, "refused for it", .error, says: "555 what",
    hello(offers: "SIZE") + "C: MAIL FROM:<a@b.example> BODY=8BITMIME\nS: 555 what\n" + quit),
  FindingCase(
    .parameterNotOffered, "behind HELO", .warning, says: "SIZE",
    "S: 220 mx\nC: HELO a.example\nS: 250 mx\nC: MAIL FROM:<a@b.example> SIZE=90\nS: 250 ok\n" + quit),
  FindingCase(
    .parameterNotOffered, "BINARYMIME where 8BITMIME is offered", .warning, says: "offer BINARYMIME",
    hello(offers: "8BITMIME") + "C: MAIL FROM:<a@b.example> BODY=BINARYMIME\nS: 250 ok\n" + quit),
  FindingCase(
    .parameterNotOffered, "offered", nil,
    hello(offers: "8BITMIME", "SIZE 1000", "DSN")
      + "C: MAIL FROM:<a@b.example> SIZE=90 body=8bitmime RET=HDRS\nS: 250 ok\nC: RCPT TO:<c@d.example> NOTIFY=NEVER\n"
      + "S: 250 ok\n" + quit),
  FindingCase(
    .parameterNotOffered, "of no standard", nil,
    hello(offers: "XFOO") + "C: MAIL FROM:<a@b.example> XFOO=1\nS: 250 ok\n" + quit),
]

private let pipelines: [FindingCase] = [
  FindingCase(
    .pipeliningNotOffered, "RCPT behind MAIL", .warning, says: "RCPT TO",
    hello() + "C: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\nS: 250 ok\nS: 250 ok\n" + sent + quit),
  FindingCase(
    .pipeliningNotOffered, "QUIT behind the message", .warning, says: "QUIT",
    hello() + mail + "C: DATA\nS: 354 go\n" + text + "C: .\nC: QUIT\nS: 250 queued\nS: 221 bye\n"),
  FindingCase(
    .pipeliningNotOffered, "refused for it", .error, says: "554 5.5.0 Error: SMTP protocol synchronization",
    hello() + "C: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\n"
      + "S: 554 5.5.0 Error: SMTP protocol synchronization\nS.\nC."),
  FindingCase(
    .pipeliningNotOffered, "offered", nil,
    hello(offers: "PIPELINING")
      + "C: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\nC: DATA\nS: 250 ok\nS: 250 ok\n"
      + "S: 354 go\n" + text + "C: .\nC: QUIT\nS: 250 queued\nS: 221 bye\n"),
  FindingCase(.pipeliningNotOffered, "one by one", nil, hello() + mail + sent + quit),
  FindingCase(
    .pipeliningNotOffered, "a reply is missing from the capture", nil,
    hello() + "C: MAIL FROM:<a@b.example>\nS? 8\nC: RCPT TO:<c@d.example>\nS: 250 ok\n" + sent + quit),
  FindingCase(
    .pipeliningPastBarrier, "MAIL behind EHLO", .warning, says: "EHLO",
    "S: 220 mx\nC: EHLO a.example\nC: MAIL FROM:<a@b.example>\nS: 250-mx\nS: 250 PIPELINING\nS: 250 ok\n" + quit),
  FindingCase(
    .pipeliningPastBarrier, "the message behind DATA", .warning, says: "reply to DATA",
    hello(offers: "PIPELINING") + mail + "C: DATA\n" + text + "C: .\nS: 354 go\nS: 250 queued\n" + quit),
  FindingCase(
    .pipeliningPastBarrier, "the login's answer", .warning, says: "reply to AUTH",
    hello(offers: "AUTH PLAIN") + "C: AUTH PLAIN\nC: AGEAYg==\nS: 334\nS: 235 ok\n" + mail + sent + quit),
  FindingCase(
    .pipeliningPastBarrier, "DATA as the last of its group", nil,
    hello(offers: "PIPELINING")
      + "C: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\nC: DATA\nS: 250 ok\nS: 250 ok\n"
      + "S: 354 go\n" + text + "C: .\nC: QUIT\nS: 250 queued\nS: 221 bye\n"),
  FindingCase(
    .pipeliningPastBarrier, "the 354 is missing from the capture", nil,
    hello() + mail + "C: DATA\nS? 8\n" + text + "C: .\nS: 250 queued\n" + quit),
  FindingCase(
    .pipeliningPastBarrier, "an early talker: that is told already", nil,
    "C: EHLO a.example\nC: MAIL FROM:<a@b.example>\nS: 220 mx\nS: 250 mx\nS: 250 ok\n" + quit),
]

private let leaves: [FindingCase] = [
  FindingCase(.transactionAbandoned, "RSET", .info, says: "RSET", hello() + mail + "C: RSET\nS: 250 ok\n" + quit),
  FindingCase(.transactionAbandoned, "QUIT", .info, says: "QUIT", hello() + mail + quit),
  FindingCase(.transactionAbandoned, "a new MAIL", .info, says: "new MAIL", hello() + mail + mail + sent + quit),
  FindingCase(
    .transactionAbandoned, "all recipients were refused", nil,
    hello() + "C: MAIL FROM:<a@b.example>\nS: 250 ok\nC: RCPT TO:<c@d.example>\nS: 550 who\nC: RSET\nS: 250 ok\n" + quit
  ),
  FindingCase(
    .transactionAbandoned, "RSET with nothing open", nil, hello() + mail + sent + "C: RSET\nS: 250 ok\n" + quit),
  FindingCase(.noQUIT, "after a mail", .info, hello() + mail + sent),
  FindingCase(.noQUIT, "with a mail open", .warning, says: "undid the mail from a@b.example", hello() + mail),
  FindingCase(.noQUIT, "QUIT", nil, hello() + mail + sent + "C: QUIT\n"),
  FindingCase(.noQUIT, "the server closes first", nil, hello() + mail + sent + "S.\nC."),
  FindingCase(.noQUIT, "after 421", nil, hello() + mail + sent + "S: 421 idle\nC.\nS."),
  FindingCase(.noQUIT, "a reply was due", nil, hello() + "C: MAIL FROM:<a@b.example>\nC.\nS."),
  FindingCase(
    .noQUIT, "inside the data: more than manners", nil, hello() + mail + "C: DATA\nS: 354 go\n" + text + "C.\nS."),
  FindingCase(.noQUIT, "the capture ends", nil, hello() + mail + sent + "C? 6\nS? 6\nC.\nS."),
  FindingCase(
    .credentialsInClear, "PLAIN", .warning, says: "password of ann",
    hello(offers: "AUTH PLAIN") + "C: AUTH PLAIN AGFubgBvbmU=\nS: 235 ok\n" + mail + sent + quit),
  FindingCase(
    .credentialsInClear, "LOGIN that failed", .warning, says: "password of ann",
    hello(offers: "AUTH LOGIN")
      + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\nS: 334 UGFzc3dvcmQ6\nC: b25l\nS: 535 5.7.8 no\n" + quit),
  FindingCase(
    .credentialsInClear, "a challenge, and mail behind it", .info, says: "CRAM-MD5",
    hello(offers: "AUTH CRAM-MD5")
      + "C: AUTH CRAM-MD5\nS: 334 PDFAbXg+\nC: YW5uIDBiMDI0ZTQ0\nS: 235 ok\n" + mail + sent + quit),
  FindingCase(
    .credentialsInClear, "a mechanism that the server has not, with the password", .warning, says: "password of ann",
    hello(offers: "AUTH LOGIN") + "C: AUTH PLAIN AGFubgBvbmU=\nS: 504 5.5.4 mechanism\n" + quit),
  FindingCase(
    .credentialsInClear, "a mechanism that the server has not, with the name alone", nil,
    hello(offers: "AUTH PLAIN") + "C: AUTH LOGIN YW5u\nS: 504 5.5.4 mechanism\n" + quit),
  FindingCase(
    .credentialsInClear, "cancelled", nil,
    hello(offers: "AUTH LOGIN") + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 cancelled\n" + quit),
  FindingCase(
    .sizeExceeded, "more declared than is taken", .error, says: "at most 1000 bytes",
    hello(offers: "SIZE 1000") + "C: MAIL FROM:<a@b.example> SIZE=1001\nC.\nS."),
  FindingCase(
    .sizeExceeded, "as much as is taken", nil,
    hello(offers: "SIZE 1000") + "C: MAIL FROM:<a@b.example> SIZE=1000\nS: 250 ok\n" + quit),
  FindingCase(
    .sizeExceeded, "left for the limit's sake", .error, says: "at most 20000", hello(offers: "SIZE 20000") + "C."),
  FindingCase(.sizeExceeded, "left, and no limit", nil, hello(offers: "SIZE 0") + "C."),
  FindingCase(
    .sizeExceeded, "left, where the reply never ended", nil,
    "S: 220 mx\nC: EHLO a.example\nS: 250-mx\nS: 250-SIZE 1000\nC."),
]

@Suite struct ClientFindingTests {
  @Test(arguments: turns, [1460, 1]) func `out of turn`(_ one: FindingCase, piece: Int) { one.check(piece: piece) }
  @Test(arguments: forms, [1460, 1]) func `out of form`(_ one: FindingCase, piece: Int) { one.check(piece: piece) }
  @Test(arguments: pipelines, [1460, 1]) func `sent ahead`(_ one: FindingCase, piece: Int) { one.check(piece: piece) }
  @Test(arguments: leaves, [1460, 1]) func `leaving and logging in`(_ one: FindingCase, piece: Int) {
    one.check(piece: piece)
  }

  @Test func `a healthy session has nothing above info`() {
    let script = hello(offers: "PIPELINING", "SIZE 1000000", "8BITMIME") + mail + sent + quit
    let findings = Analysis(Conversation(script)).sessions.flatMap(\.findings)
    #expect(findings.allSatisfy { $0.severity == .info })
  }
}
