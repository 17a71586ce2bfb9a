import SMTPDialogue
import TestSupport
import Testing

/// A dialogue and the events that it must give, however its bytes are cut.
struct Case: CustomTestStringConvertible, Sendable {
  var name: String
  var script: String
  var events: [String]
  var messages: [String] = []
  var sawOpening = true

  var testDescription: String { name }
}

private let opened = """
  S: 220 mx ESMTP
  C: EHLO c
  S: 250-mx
  S: 250-PIPELINING
  S: 250 CHUNKING

  """
private let openedEvents = ["greeting | 220", "EHLO c | 250"]

private let cases = [
  Case(
    name: "a mail with a stuffed dot",
    script: opened + """
      C: MAIL FROM:<a@b>
      S: 250 ok
      C: RCPT TO:<c@d>
      S: 250 ok
      C: DATA
      S: 354 go
      C: Subject: x
      C: \\
      C: ..dot
      C: .
      S: 250 queued
      C: QUIT
      S: 221 bye
      """,
    events: openedEvents + [
      "MAIL FROM:<a@b> | 250", "RCPT TO:<c@d> | 250", "DATA | 354", "message 1 sent", "end of data 1 | 250",
      "QUIT | 221",
    ], messages: ["Subject: x\r\n.dot\r\n"]),
  Case(
    name: "a refused DATA is followed by commands",
    script: opened + """
      C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA\\r\\nRSET\\r\\nQUIT
      S: 250 ok\\r\\n550 no\\r\\n554 none\\r\\n250 reset\\r\\n221 bye
      """,
    events: openedEvents + [
      "MAIL FROM:<a@b> | 250", "RCPT TO:<c@d> | 550", "DATA | 554", "RSET | 250", "QUIT | 221",
    ]),
  Case(
    name: "text sent before the 354",
    script: """
      C: EHLO c\\r\\nMAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA\\r\\nhi\\r\\n.\\r\\nQUIT
      S: 220 mx\\r\\n250 mx\\r\\n250 a\\r\\n250 b\\r\\n354 c\\r\\n250 d\\r\\n221 e
      """,
    events: [
      "greeting | 220", "EHLO c | 250", "MAIL FROM:<a@b> | 250", "RCPT TO:<c@d> | 250", "DATA | 354",
      "message 1 sent", "end of data 1 | 250", "QUIT | 221",
    ], messages: ["hi\r\n"]),
  Case(
    name: "LMTP answers for each accepted recipient",
    script: """
      S: 220 mx LMTP
      C: LHLO c
      S: 250 mx
      C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nRCPT TO:<g@h>\\r\\nDATA
      S: 250 a\\r\\n250 b\\r\\n550 c\\r\\n250 d\\r\\n354 e
      C: .
      S: 250 b got it\\r\\n452 d is full
      C: QUIT
      S: 221 bye
      """,
    events: [
      "greeting | 220", "LHLO c | 250", "MAIL FROM:<a@b> | 250", "RCPT TO:<c@d> | 250", "RCPT TO:<e@f> | 550",
      "RCPT TO:<g@h> | 250", "DATA | 354", "message 1 sent", "end of data 1 | 250", "end of data 1 | 452",
      "QUIT | 221",
    ], messages: [""]),
  Case(
    name: "chunks are octets, a lone dot among them is one",
    script: opened + """
      C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nBDAT 6\\r\\na\\r\\n.\\r\\nBDAT 2 LAST\\r\\nz\\n\\
      S: 250 a\\r\\n250 b\\r\\n250 c\\r\\n250 d
      """,
    events: openedEvents + [
      "message 1 sent", "MAIL FROM:<a@b> | 250", "RCPT TO:<c@d> | 250", "chunk of 1 | 250", "chunk of 1, last | 250",
    ], messages: ["a\r\n.\r\nz\n"]),
  Case(
    name: "a malformed BDAT has no chunk behind it",
    script: opened + """
      C: BDAT 5 X\\r\\nNOOP\\r\\nBDAT 99999999999999999999 LAST\\r\\nQUIT
      S: 501 a\\r\\n250 b\\r\\n501 c\\r\\n221 d
      """,
    events: openedEvents + ["BDAT 5 X | 501", "NOOP | 250", "BDAT 99999999999999999999 LAST | 501", "QUIT | 221"]),
  Case(
    name: "AUTH to its end, an answer that looks like a command is an answer",
    script: opened + """
      C: AUTH LOGIN
      S: 334 VXNlcm5hbWU6
      C: QUIT
      S: 334 UGFzc3dvcmQ6
      C: *
      S: 501 cancelled
      C: QUIT
      S: 221 bye
      """,
    events: openedEvents + [
      "AUTH LOGIN | 334", "response QUIT", "AUTH LOGIN | 334", "response *", "AUTH LOGIN | 501", "QUIT | 221",
    ]),
  Case(
    name: "clear text behind STARTTLS is discarded, TLS follows",
    script: opened + """
      C: STARTTLS\\r\\nMAIL FROM:<evil@x>
      S: 220 go
      C: \\x16\\x03\\x01\\0\\x02ab\\
      S: \\x16\\x03\\x03\\0\\x02ab\\
      """,
    events: openedEvents + [
      "STARTTLS | 220", "discarded MAIL FROM:<evil@x>", "encrypted from client", "encrypted from server",
    ]),
  Case(
    name: "STARTTLS decrypted by a mirror port is read on",
    script: opened + """
      C: STARTTLS
      S: 220 go
      C: EHLO again
      S: 250 mx
      """,
    events: openedEvents + ["STARTTLS | 220", "EHLO again | 250"]),
  Case(
    name: "a lenient server ends the message at LF dot CRLF",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\n.\\r\\nMAIL FROM:<s@x>\\r\\nRCPT TO:<t@y>\\r\\nDATA\\r\\ntwo\\r\\n.\\r\\n\\
      S: 250 queued\\r\\n250 a\\r\\n250 b\\r\\n354 c\\r\\n250 queued
      C: QUIT
      S: 221 bye
      """,
    events: openedEvents + [
      "DATA | 354", "message 1 sentNonstandard", "end of data 1 | 250", "MAIL FROM:<s@x> | 250",
      "RCPT TO:<t@y> | 250", "DATA | 354", "message 2 sent", "end of data 2 | 250", "QUIT | 221",
    ], messages: ["one\n", "two\r\n"]),
  Case(
    name: "a strict server reads over LF dot CRLF",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\n.\\r\\nMAIL FROM:<s@x>\\r\\nDATA\\r\\ntwo\\r\\n.\\r\\n\\
      S: 250 queued
      C: QUIT
      S: 221 bye
      """,
    events: openedEvents + ["DATA | 354", "message 1 sent", "end of data 1 | 250", "QUIT | 221"],
    messages: ["one\n.\r\nMAIL FROM:<s@x>\r\nDATA\r\ntwo\r\n"]),
  Case(
    name: "bare LF everywhere, and the server takes it",
    script: """
      S: 220 mx\\n\\
      C: HELO c\\n\\
      S: 250 mx\\n\\
      C: DATA\\n\\
      S: 354 go\\n\\
      C: hi\\n.\\n\\
      S: 250 queued\\n\\
      """,
    events: [
      "greeting | 220", "HELO c | 250", "DATA | 354", "message 1 sentNonstandard", "end of data 1 | 250",
    ], messages: ["hi\n"]),
  Case(
    name: "a hole in the text",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\
      C? 100
      C: two
      C: .
      S: 250 queued
      """,
    events: openedEvents + ["DATA | 354", "hole of 100 in 1", "message 1 sent", "end of data 1 | 250"],
    messages: ["onetwo\r\n"]),
  Case(
    name: "the end of the text in a hole, told by the reply",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\
      C? 100
      S: 250 queued
      C: QUIT
      S: 221 bye
      """,
    events: openedEvents + [
      "DATA | 354", "hole of 100 in 1", "message 1 unseen", "end of data 1 | 250", "QUIT | 221",
    ], messages: ["one"]),
  Case(
    name: "a lost 354 does not lose the text",
    script: opened + """
      C: MAIL FROM:<a@b>
      S: 250 ok
      C: DATA
      S? 30
      C: Subject: x\\r\\n\\r\\nhi
      C: .
      S: 250 queued
      """,
    events: openedEvents + [
      "MAIL FROM:<a@b> | 250", "gap of 30 from server", "DATA | -", "message 1 sent", "end of data 1 | 250",
    ], messages: ["Subject: x\r\n\r\nhi\r\n"]),
  Case(
    name: "replies behind a lost one answer the last commands",
    script: opened + """
      C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA
      S? 8
      S: 550 no\\r\\n354 go
      C: .
      S: 250 queued
      """,
    events: openedEvents + [
      "gap of 8 from server", "MAIL FROM:<a@b> | -", "RCPT TO:<c@d> | 550", "DATA | 354", "message 1 sent",
      "end of data 1 | 250",
    ], messages: [""]),
  Case(
    name: "a lost command, its reply and the next",
    script: opened + """
      C: MAIL FROM:<a@b>
      S: 250 ok
      C? 20
      S: 250 ok
      C: DATA
      S: 354 go
      C: .
      S: 250 queued
      """,
    events: openedEvents + [
      "MAIL FROM:<a@b> | 250", "gap of 20 from client", "unseen | 250", "unseen | -", "DATA | 354", "message 1 sent",
      "end of data 1 | 250",
    ], messages: [""]),
  Case(
    name: "a lost DATA is known by its 354",
    script: opened + """
      C? 6
      S: 354 go
      C: QUIT is a word here\\r\\n.
      S: 250 queued
      """,
    events: openedEvents + ["gap of 6 from client", "unseen | 354", "message 1 sent", "end of data 1 | 250"],
    messages: ["QUIT is a word here\r\n"]),
  Case(
    name: "only the client was captured",
    script: """
      C: EHLO c
      C: MAIL FROM:<a@b>
      C: RCPT TO:<c@d>
      C: DATA
      C: hi
      C: .
      C: QUIT
      """,
    events: [
      "message 1 sent", "greeting | -", "EHLO c | -", "MAIL FROM:<a@b> | -", "RCPT TO:<c@d> | -", "DATA | -",
      "end of data 1 | -", "QUIT | -",
    ], messages: ["hi\r\n"]),
  Case(
    name: "the capture begins in the text",
    script: """
      C: data of some sort
      C: Quit your job
      C: .
      S: 250 queued
      C: QUIT
      S: 221 bye
      """,
    events: ["unseen | 250", "QUIT | 221"], sawOpening: false),
  Case(
    name: "a multi-line reply that never ends, and the client goes on",
    script: """
      S: 220 long banner without an end\\
      C: EHLO c
      S: 250-mx
      C: NOOP
      S: 250 ok
      """,
    events: ["greeting | 220", "EHLO c | 250", "NOOP | 250"]),
  Case(
    name: "the last line's code counts",
    script: """
      S: 220 mx
      C: EHLO c
      S: 250-mx\\r\\n250-SIZE\\r\\n550 no
      """,
    events: ["greeting | 220", "EHLO c | 550"]),
  Case(
    name: "421 in the middle answers nothing or the one that waits",
    script: opened + """
      C: DATA
      S: 354 go
      C: unfinished
      S: 421 timeout
      S.
      """,
    events: openedEvents + ["DATA | 354", "unsolicited | 421", "message 1 unfinished"], messages: ["unfinished\r\n"]),
]

@Suite struct DialogueTests {
  @Test(arguments: cases, [Int.max, 1, 2, 3, 7])
  func `what was said is what comes out, however it was cut`(example: Case, piece: Int) {
    let sink = run(Script(example.script), sawOpening: example.sawOpening, piece: piece)
    #expect(sink.events == example.events)
    for (index, message) in example.messages.enumerated() {
      #expect(sink.text(of: index + 1) == message)
    }
  }

  /// A dot behind NULs that begin a line may end the text; NULs behind another dot begin none, in segments of their own either.
  @Test(arguments: [Int.max, 1, 2, 3, 7])
  func `NULs behind a dot begin no line`(piece: Int) {
    let text = "C: DATA\nS: 354 go\nC: \\0.\\0\\0.\\r\\nmore\nC: .\nS: 250 queued"
    let sink = run(Script(opened + text), sawOpening: true, piece: piece)
    #expect(sink.dots == [])
    #expect(sink.text(of: 1) == "\0.\0\0.\r\nmore\r\n")
  }
}
