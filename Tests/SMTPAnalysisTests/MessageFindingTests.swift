import SMTPAnalysis
import TestSupport
import Testing

private let open = """
  S: 220 mx.example ESMTP
  C: EHLO client.example
  S: 250-mx.example
  S: 250-8BITMIME
  S: 250-SMTPUTF8
  S: 250-CHUNKING
  S: 250-BINARYMIME
  S: 250-PIPELINING
  S: 250 SIZE 1000000

  """
private let header = """
  C: From: a@b.example
  C: Date: Mon, 23 Nov 2026 10:00:00 +0000

  """
private let quit = "C: QUIT\nS: 221 bye\n"

private func envelope(_ parameters: String = "") -> String {
  "C: MAIL FROM:<a@b.example>\(parameters.isEmpty ? "" : " ")\(parameters)\nS: 250 ok\nC: RCPT TO:<c@d.example>\nS: 250 ok\n"
}

/// A mail of this text, whose lines are the script's.
private func mail(_ lines: String, parameters: String = "", answer: String = "250 queued") -> String {
  open + envelope(parameters) + "C: DATA\nS: 354 go\n" + lines + "\nC: .\nS: \(answer)\n" + quit
}

private func text(_ lines: String, parameters: String = "", answer: String = "250 queued") -> String {
  mail(header + "C:\n" + lines, parameters: parameters, answer: answer)
}

private let octets: [FindingCase] = [
  FindingCase(.bareLF, "in the message", .warning, says: "2 lines", text(#"C: one\ntwo\nthree"#)),
  FindingCase(
    .bareLF, "refused for it", .error, says: "550 5.5.2 bare <LF> received",
    text(#"C: one\ntwo"#, answer: "550 5.5.2 bare <LF> received")),
  FindingCase(
    .bareLF, "refused for another reason", .warning, text(#"C: one\ntwo"#, answer: "554 5.7.1 spam")),
  FindingCase(.bareLF, "in commands", .warning, says: "1 command line", open + "C: NOOP\\n\\\nS: 250 ok\n" + quit),
  FindingCase(.bareLF, "CRLF everywhere", nil, text("C: one\nC: two")),
  FindingCase(
    .bareLF, "octets of a binary chunk", nil,
    open + envelope("BODY=BINARYMIME") + "C: BDAT 4 LAST\nC: a\\nb\\n\\\nS: 250 ok\n" + quit),
  FindingCase(
    .bareLF, "a chunk of text", .warning, says: "2 lines",
    open + envelope() + "C: BDAT 4 LAST\nC: a\\nb\\n\\\nS: 250 ok\n" + quit),
  FindingCase(.bareCR, "in the message", .warning, says: "1 CR stands", text(#"C: one\rtwo"#)),
  FindingCase(.bareCR, "CR CR LF", .warning, says: "1 CR", text(#"C: one\r"#)),
  FindingCase(.bareCR, "in a command", .warning, says: "command line", open + #"C: NOOP\r"# + "\nS: 250 ok\n" + quit),
  FindingCase(
    .bareCR, "refused for it", .error, says: "bare CR", text(#"C: one\rtwo"#, answer: "550 5.6.0 bare CR not allowed")),
  FindingCase(.bareCR, "CRLF everywhere", nil, text("C: one\nC: two")),
  FindingCase(
    .lineTooLong, "1001 octets with its end", .warning, says: "the longest has 1001",
    text("C: \(String(repeating: "x", count: 999))")),
  FindingCase(.lineTooLong, "1000 octets with its end", nil, text("C: \(String(repeating: "x", count: 998))")),
  FindingCase(
    .lineTooLong, "in a binary chunk", nil,
    open + envelope("BODY=BINARYMIME") + "C: BDAT 1100 LAST\nC: \(String(repeating: "x", count: 1098))\nS: 250 ok\n"
      + quit),
  FindingCase(.eightBitNotDeclared, "not declared", .warning, says: "BODY=8BITMIME", text(#"C: caf\xe9"#)),
  FindingCase(.eightBitNotDeclared, "declared", nil, text(#"C: caf\xe9"#, parameters: "BODY=8BITMIME")),
  FindingCase(.eightBitNotDeclared, "seven bits", nil, text("C: cafe")),
  FindingCase(
    .eightBitNotDeclared, "the MAIL is missing from the capture", nil,
    open + "C? 30\nS: 250 ok\nC: RCPT TO:<c@d.example>\nS: 250 ok\nC: DATA\nS: 354 go\n" + header
      + "C:\nC: caf\\xe9\nC: .\nS: 250 ok\n" + quit),
  FindingCase(.nulInData, "one", .warning, says: "NUL", text(#"C: a\0b"#)),
  FindingCase(.nulInData, "the digit", nil, text("C: a0b")),
  FindingCase(
    .nulInData, "in a binary chunk", nil,
    open + envelope("BODY=BINARYMIME") + "C: BDAT 3 LAST\nC: a\\0b\\\nS: 250 ok\n" + quit),
  FindingCase(
    .smtputf8Missing, "in the header", .warning, says: "header", mail(header + "C: Subject: caf\\xc3\\xa9\nC:\nC: a")),
  FindingCase(
    .smtputf8Missing, "in an address", .warning, says: "beyond ASCII",
    open + "C: MAIL FROM:<a@b.example>\nS: 250 ok\nC: RCPT TO:<j\\xc3\\xbcrgen@d.example>\nS: 250 ok\n" + quit),
  FindingCase(
    .smtputf8Missing, "refused for it", .error, says: "550 5.6.7",
    open + "C: MAIL FROM:<\\xc3\\xbc@b.example>\nS: 550 5.6.7 not permitted\n" + quit),
  FindingCase(
    .smtputf8Missing, "asked for", nil,
    open
      + "C: MAIL FROM:<\\xc3\\xbc@b.example> SMTPUTF8\nS: 250 ok\nC: RCPT TO:<j\\xc3\\xbcrgen@d.example>\nS: 250 ok\n"
      + "C: DATA\nS: 354 go\n" + header + "C: Subject: caf\\xc3\\xa9\nC:\nC: a\nC: .\nS: 250 ok\n" + quit),
  FindingCase(.smtputf8Missing, "in the body", nil, text(#"C: caf\xc3\xa9"#, parameters: "BODY=8BITMIME")),
  FindingCase(.sizeUnderdeclared, "less than it is", .info, says: "SIZE=10", text("C: Hello.", parameters: "SIZE=10")),
  FindingCase(.sizeUnderdeclared, "as much", nil, text("C: Hello.", parameters: "SIZE=74")),
  FindingCase(.sizeUnderdeclared, "none", nil, text("C: Hello.", parameters: "SIZE=0")),
]

private let chunks: [FindingCase] = [
  FindingCase(
    .chunkSizeMismatch, "more octets than announced", .error, says: "more octets than that",
    open + envelope() + "C: BDAT 4 LAST\nC: abcd over\nS: 250 ok\nS: 500 what\n" + quit),
  FindingCase(
    .chunkSizeMismatch, "fewer octets than announced", .error, says: "more octets than came",
    open + envelope() + "C: BDAT 40 LAST\nC: Hello.\nC: QUIT\nC.\nS."),
  FindingCase(
    .chunkSizeMismatch, "fewer octets, and both wait", .error,
    says: "both sides waited then, until the server said 421",
    open + envelope() + "C: BDAT 40 LAST\nC: Hello.\nS: 421 4.4.2 timeout\nS.\nC."),
  FindingCase(
    .chunkSizeMismatch, "the server goes down inside a chunk", nil,
    open + envelope() + "C: BDAT 40 LAST\nC: Hello.\nS: 421 4.3.2 shutting down\nS.\nC."),
  FindingCase(
    .chunkSizeMismatch, "DATA behind BDAT", .error, says: "DATA came after BDAT",
    open + envelope() + "C: BDAT 4\nC: abcd\\\nS: 250 ok\nC: DATA\nS: 503 no\n" + quit),
  FindingCase(
    .chunkSizeMismatch, "not offered", .error, says: "does not offer CHUNKING",
    "S: 220 mx\nC: EHLO client.example\nS: 250 mx\n" + envelope() + "C: BDAT 4 LAST\nC: abcd\\\nS: 500 what\n" + quit),
  FindingCase(
    .chunkSizeMismatch, "as many as announced", nil,
    open + envelope() + "C: BDAT 4\nC: abcd\\\nS: 250 ok\nC: BDAT 0 LAST\nS: 250 ok\n" + quit),
  FindingCase(
    .chunkSizeMismatch, "a word behind a chunk that was answered", nil,
    open + envelope() + "C: BDAT 4 LAST\nC: abcd\\\nS: 250 ok\nC: HLEP\nS: 500 what\n" + quit),
  FindingCase(
    .chunkSizeMismatch, "the connection broke inside a chunk", nil,
    open + envelope() + "C: BDAT 40 LAST\nC: Hello.\nS!"),
  FindingCase(
    .dotNotStuffed, "text behind the dot", .warning, says: "and more.",
    open + envelope() + "C: DATA\nS: 354 go\n" + header + "C:\nC: one\nC: .\nC: and more.\nC: Still more.\nC: .\n"
      + "S: 250 queued\nS: 500 what\nS: 500 what\nS: 500 what\n" + quit),
  FindingCase(
    .dotNotStuffed, "the server leaves at the first such line", .warning, says: "I can break rules",
    open + envelope() + "C: DATA\nS: 354 go\n" + header + "C:\nC: one\nC: .\nC: two: three\nC: four\nC: .\n"
      + "S: 250 queued\nS: 221 2.7.0 Error: I can break rules, too. Goodbye.\nS.\nC."),
  FindingCase(
    .messageRefused, "a chunk that the server does not know is refused, not the message", nil,
    "S: 220 mx\nC: EHLO client.example\nS: 250 mx\n" + envelope()
      + "C: BDAT 4\nC: abcd over\nS: 503 no\nS: 500 what\nS: 500 what\n" + quit),
  FindingCase(
    .dotNotStuffed, "a mistyped command behind a mail", nil,
    text("C: one").replacingQuit("C: QIUT\nS: 500 what\n" + quit)),
  FindingCase(.dotNotStuffed, "a dot that was stuffed", nil, text("C: one\nC: ..\nC: and more.")),
  FindingCase(
    .commandUnknown, "text behind the dot is told by its cause", nil,
    open + envelope() + "C: DATA\nS: 354 go\n" + header + "C:\nC: one\nC: .\nC: and more.\nC: Still more.\n"
      + "S: 250 queued\nS: 500 what\nS: 500 what\n" + quit),
]

private let headers: [FindingCase] = [
  FindingCase(.headerMissing, "Date", .info, says: "no Date", mail("C: From: a@b.example\nC:\nC: Hello.")),
  FindingCase(.headerMissing, "both", .info, says: "no Date and no From", mail("C: Subject: a\nC:\nC: Hello.")),
  FindingCase(.headerMissing, "all", .info, says: "has no header", mail("C: Hello.\nC: World.")),
  FindingCase(.headerMissing, "neither", nil, text("C: Hello.")),
  FindingCase(
    .headerMissing, "its end was not sent", nil,
    open + envelope() + "C: DATA\nS: 354 go\nC: From: a@b.example\nC.\nS."),
  FindingCase(
    .headerMissing, "bytes of it are missing", nil,
    open + envelope() + "C: DATA\nS: 354 go\nC: From: a@b.example\nC? 20\nC:\nC: Hello.\nC: .\nS: 250 ok\n" + quit),
  FindingCase(
    .headerDuplicated, "From", .warning, says: "has From more than once",
    mail(header + "C: FROM : z@b.example\nC:\nC: a")),
  FindingCase(
    .headerDuplicated, "two of them", .warning, says: "Date and Message-ID",
    mail(header + "C: Message-Id: <1>\nC: message-id: <2>\nC: Date: today\nC:\nC: a")),
  FindingCase(
    .headerDuplicated, "Received and Comments", nil,
    mail(header + "C: Received: a\nC: Received: b\nC: Comments: c\nC: Comments: c\nC:\nC: a")),
  FindingCase(.headerDuplicated, "once in the body", nil, text("C: From: a@b.example")),
  FindingCase(.headerDuplicated, "folded", nil, mail(header + "C: To: a@b.example,\nC:  To: c@d.example\nC:\nC: a")),
  FindingCase(
    .headerMalformed, "a line without a colon", .info, says: "is no field: Hello",
    mail(header + "C: Hello\nC: To: a@b.example\nC:\nC: a")),
  FindingCase(.headerMalformed, "no blank line", .info, says: "No blank line", mail(header + "C: Hello world")),
  FindingCase(
    .headerMalformed, "a blank before the colon", .info, says: "before its colon",
    mail(header + "C: Subject : a\nC:\nC: a")),
  FindingCase(
    .headerMalformed, "a line of 999 octets", .info, says: "longer than 998",
    mail(header + "C: Subject: \(String(repeating: "x", count: 990))\nC:\nC: a")),
  FindingCase(
    .headerMalformed, "a line of 998 octets", nil,
    mail(header + "C: Subject: \(String(repeating: "x", count: 989))\nC:\nC: a")),
  FindingCase(
    .headerMalformed, "a colon in the text of a folded field", nil,
    mail(header + "C: Subject: a\nC:  b c: d\nC:\nC: no colon here")),
  FindingCase(.headerMalformed, "a header and no body", nil, mail(header + "C: Subject: a")),
]

extension String {
  fileprivate func replacingQuit(_ other: String) -> String { String(dropLast(quit.count)) + other }
}

@Suite struct MessageFindingTests {
  @Test(arguments: octets, [1460, 1]) func `what a message is made of`(_ one: FindingCase, piece: Int) {
    one.check(piece: piece)
  }
  @Test(arguments: chunks, [1460, 1]) func `where a message ends`(_ one: FindingCase, piece: Int) {
    one.check(piece: piece)
  }
  @Test(arguments: [
    "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Message-ID", "In-Reply-To", "References", "Subject", "Date",
  ])
  func `fields that may stand there once`(_ name: String) {
    let second = mail(header + "C: \(name): a\nC: \(name.uppercased()): b\nC:\nC: a")
    FindingCase(.headerDuplicated, name, .warning, says: name, second).check(piece: 1460)
    guard name != "From", name != "Date" else { return }
    FindingCase(.headerDuplicated, name, nil, mail(header + "C: \(name): a\nC: X-\(name): b\nC:\nC: a")).check(
      piece: 1460)
  }
  @Test(arguments: headers, [1460, 1]) func `how a header is made`(_ one: FindingCase, piece: Int) {
    one.check(piece: piece)
  }
}
