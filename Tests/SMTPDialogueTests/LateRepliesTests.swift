import SMTPDialogue
import TestSupport
import Testing

private let opened = """
  S: 220 mx ESMTP
  C: EHLO c
  S: 250 mx

  """
private let openedEvents = ["greeting | 220", "EHLO c | 250"]
private let long = String(repeating: "x", count: 300)

/// Replies that are missing or stop, and holes where they decide what bytes are.
private let cases = [
  Case(
    name: "a handshake that does not wait for the 220",
    script: opened + """
      C: STARTTLS
      C: \\x16\\x03\\x01\\0\\x02ab\\
      S: 220 go
      S: \\x16\\x03\\x03\\0\\x02ab\\
      """,
    events: openedEvents + ["STARTTLS | 220", "encrypted from client", "encrypted from server"]),
  Case(
    name: "a refused STARTTLS is followed by commands",
    script: opened + """
      C: STARTTLS\\r\\nNOOP
      S: 454 not now\\r\\n250 ok
      """,
    events: openedEvents + ["STARTTLS | 454", "NOOP | 250"]),
  Case(
    name: "a last reply without its line end, and a client that goes on",
    script: opened + """
      C: NOOP
      S: 421 timeout\\
      S.
      C: QUIT
      """,
    events: openedEvents + ["NOOP | 421", "QUIT | -"]),
  Case(
    name: "a last reply that stops within its code is none",
    script: opened + """
      C: NOOP
      S: 25\\
      S.
      """,
    events: openedEvents + ["NOOP | -"]),
  Case(
    name: "a last reply that is its code",
    script: opened + """
      C: NOOP
      S: 250\\
      S.
      """,
    events: openedEvents + ["NOOP | 250"]),
  Case(
    name: "a second mail of LMTP whose MAIL was not captured",
    script: """
      S: 220 mx LMTP
      C: LHLO c
      S: 250 mx
      C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nDATA
      S: 250 a\\r\\n250 b\\r\\n250 c\\r\\n354 d
      C: .
      S: 250 c got it\\r\\n250 e got it
      C? 17
      S? 8
      C: RCPT TO:<c@d>
      S: 250 ok
      C: DATA
      S: 354 go
      C: .
      S: 250 c got it
      C: QUIT
      S: 221 bye
      """,
    events: [
      "greeting | 220", "LHLO c | 250", "MAIL FROM:<a@b> | 250", "RCPT TO:<c@d> | 250", "RCPT TO:<e@f> | 250",
      "DATA | 354",
      "message 1 sent", "end of data 1 | 250", "end of data 1 | 250", "gap of 17 from client", "gap of 8 from server",
      "unseen | -", "RCPT TO:<c@d> | 250", "DATA | 354", "message 2 sent", "end of data 2 | 250", "QUIT | 221",
    ]),
  Case(
    name: "421 takes leave of all recipients of LMTP",
    script: """
      S: 220 mx LMTP
      C: LHLO c
      S: 250 mx
      C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nDATA
      S: 250 a\\r\\n250 b\\r\\n250 c\\r\\n354 d
      C: .
      S: 421 going
      """,
    events: [
      "greeting | 220", "LHLO c | 250", "MAIL FROM:<a@b> | 250", "RCPT TO:<c@d> | 250", "RCPT TO:<e@f> | 250",
      "DATA | 354",
      "message 1 sent", "end of data 1 | 421",
    ]),
  Case(
    name: "bytes are missing behind a DATA that was never answered",
    script: opened + """
      C: DATA
      C? 50
      """,
    events: openedEvents + ["gap of 50 from client", "DATA | -", "unseen | -"]),
  Case(
    name: "the 354 is lost, and what follows is text though it begins as a command does",
    script: opened + """
      C: DATA
      S? 30
      C: EHLO \(long)\\
      C:  and other words\\r\\n.
      S: 250 queued
      """,
    events: openedEvents + ["gap of 30 from server", "DATA | -", "message 1 sent", "end of data 1 | 250"],
    messages: ["EHLO \(long) and other words\r\n"]),
  Case(
    name: "the reply to DATA is lost, and commands follow",
    script: opened + """
      C: DATA
      S? 30
      C: RSET
      S: 250 ok
      """,
    events: openedEvents + ["gap of 30 from server", "DATA | -", "RSET | 250"]),
  Case(
    name: "a hole that ends with the CR of a line, and the end behind it",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\
      C? 5
      C: \\n.
      S: 250 queued
      """,
    events: openedEvents + ["DATA | 354", "hole of 5 in 1", "message 1 sent", "end of data 1 | 250"],
    messages: ["one\n"]),
  Case(
    name: "a dot right behind a hole begins no line",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\
      C? 5
      C: .
      C: two
      C: .
      S: 250 queued
      """,
    events: openedEvents + ["DATA | 354", "hole of 5 in 1", "message 1 sent", "end of data 1 | 250"],
    messages: ["one.\r\ntwo\r\n"]),
  Case(
    name: "a dot that a hole follows is of the text",
    script: opened + """
      C: DATA
      S: 354 go
      C: one
      C: .\\
      C? 5
      C: two
      C: .
      S: 250 queued
      """,
    events: openedEvents + ["DATA | 354", "hole of 5 in 1", "message 1 sent", "end of data 1 | 250"],
    messages: ["one\r\ntwo\r\n"]),
  Case(
    name: "stuffing is undone behind CRLF only, but where a sender stuffs behind LF",
    script: opened + """
      C: DATA
      S: 354 go
      C: a\\n.b\\n..c\\r..d\\r.e
      C: ..f
      C: .g
      C: .
      S: 250 queued
      """,
    events: openedEvents + ["DATA | 354", "message 1 sent", "end of data 1 | 250"],
    messages: ["a\n.b\n.c\r..d\r.e\r\n.f\r\ng\r\n"]),
  Case(
    name: "a chunk that begins in a hole behind its command",
    script: opened + """
      C: BDAT 10 LAST\\
      C? 12
      C: QUIT
      S: 250 queued\\r\\n221 bye
      """,
    events: openedEvents + [
      "gap of 12 from client", "hole of 10 in 1", "message 1 sent", "chunk of 1, last | 250", "QUIT | 221",
    ]),
  Case(
    name: "the same with the CR before the hole",
    script: opened + """
      C: BDAT 10 LAST\\r\\
      C? 9
      C: xxQUIT
      S: 250 queued\\r\\n221 bye
      """,
    events: openedEvents + [
      "gap of 9 from client", "hole of 8 in 1", "message 1 sent", "chunk of 1, last | 250", "QUIT | 221",
    ], messages: ["xx"]),
  Case(
    name: "a hole in a chunk, and one that ends behind it",
    script: opened + """
      C: BDAT 10\\r\\nab\\
      C? 3
      C: cdefgBDAT 4\\r\\nx\\
      C? 9
      S: 250 a\\r\\n250 b
      """,
    events: openedEvents + [
      "hole of 3 in 1", "hole of 3 in 1", "gap of 6 from client", "hole of 6 in 1", "chunk of 1 | 250",
      "chunk of 1 | 250",
      "message 1 unfinished", "unseen | -",
    ], messages: ["abcdefgx"]),
  Case(
    name: "RSET between chunks ends the message",
    script: opened + """
      C: BDAT 2\\r\\nab\\
      S: 250 a
      C: RSET
      S: 250 b
      C: BDAT 2 LAST\\r\\ncd\\
      S: 250 c
      """,
    events: openedEvents + [
      "chunk of 1 | 250", "message 1 unfinished", "RSET | 250", "message 2 sent", "chunk of 2, last | 250",
    ], messages: ["ab", "cd"]),
  Case(
    name: "two lone dots and no other end, and the replies fit the first",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\n.\\r\\nMAIL FROM:<s@x>\\r\\nRCPT TO:<t@y>\\r\\nDATA\\r\\ntwo\\n.\\r\\n\\
      S: 250 queued\\r\\n250 a\\r\\n250 b\\r\\n354 c\\r\\n250 queued
      C: QUIT
      S: 221 bye
      """,
    events: openedEvents + [
      "DATA | 354", "message 1 sentNonstandard", "end of data 1 | 250", "MAIL FROM:<s@x> | 250", "RCPT TO:<t@y> | 250",
      "DATA | 354", "message 2 sentNonstandard", "end of data 2 | 250", "QUIT | 221",
    ], messages: ["one\n", "two\n"]),
  Case(
    name: "two lone dots between bare line feeds, and the replies fit the first",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\n.\\nMAIL FROM:<s@x>\\r\\nRCPT TO:<t@y>\\r\\nDATA\\r\\ntwo\\n.\\n\\
      S: 250 queued\\r\\n250 a\\r\\n250 b\\r\\n354 c\\r\\n250 queued
      """,
    events: openedEvents + [
      "DATA | 354", "message 1 sentNonstandard", "end of data 1 | 250", "MAIL FROM:<s@x> | 250", "RCPT TO:<t@y> | 250",
      "DATA | 354", "message 2 sentNonstandard", "end of data 2 | 250",
    ], messages: ["one\n", "two\n"]),
  Case(
    name: "a lone dot before a bare CR goes on as text",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\n.\\rtwo
      C: .
      S: 250 queued
      """,
    events: openedEvents + ["DATA | 354", "message 1 sent", "end of data 1 | 250"], messages: ["one\n.\rtwo\r\n"]),
  Case(
    name: "octets that nobody can place before a chunk are missing in its message",
    script: """
      C: some words
      C: BDAT 2 LAST\\r\\nab\\
      S: 250 ok
      """,
    events: ["hole of 11 in 1", "message 1 sent", "chunk of 1, last | 250"], messages: ["ab"], sawOpening: false),
  Case(
    name: "the 334 is lost, and behind AUTH each reply answers what has waited longest",
    script: opened + """
      C: AUTH LOGIN
      S? 20
      C: Ym9i
      S: 334 UGFzc3dvcmQ6
      C: eA==
      S: 235 ok
      C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>
      S: 250 ok
      """,
    events: openedEvents + [
      "gap of 20 from server", "response Ym9i", "AUTH LOGIN | 334", "response eA==", "AUTH LOGIN | 235",
      "MAIL FROM:<a@b> | 250",
      "RCPT TO:<c@d> | -",
    ]),
  Case(
    name: "several replies to what was not captured",
    script: opened + """
      C? 40
      S: 250 a
      S: 250 b
      C: RSET
      S: 250 c
      """,
    events: openedEvents + ["gap of 40 from client", "unseen | 250", "unseen | 250", "unseen | -", "RSET | 250"]),
  Case(
    name: "a lenient server, and what was smuggled came in many segments",
    script: opened + """
      C: DATA
      S: 354 go
      C: one\\n.
      C: MAIL FROM:<\(long)@x>
      C: RCPT TO:<t@y>
      S: 250 queued\\r\\n250 a\\r\\n250 b
      C: QUIT
      S: 221 bye
      """,
    events: openedEvents + [
      "DATA | 354", "message 1 sentNonstandard", "end of data 1 | 250", "MAIL FROM:<\(long)@x> | 250",
      "RCPT TO:<t@y> | 250", "QUIT | 221",
    ], messages: ["one\n"]),
  Case(
    name: "TLS that begins in a hole of both sides",
    script: opened + """
      C: STARTTLS
      S: 220 go
      C? 40
      C: \\x80\\x90more of a record\\
      S? 20
      S: \\xff\\xfe\\
      """,
    events: openedEvents + [
      "STARTTLS | 220", "gap of 40 from client", "encrypted from client", "gap of 20 from server",
      "encrypted from server",
    ]),
  Case(
    name: "clear text behind a hole where TLS was due",
    script: opened + """
      C: STARTTLS
      S: 220 go
      C? 40
      C: EHLO again
      S? 20
      S: 250\\x09mx
      """,
    events: openedEvents + [
      "STARTTLS | 220", "gap of 40 from client", "gap of 20 from server", "EHLO again | 250",
    ]),
]

@Test(arguments: cases, [Int.max, 1, 2, 3, 7])
func `what decides about bytes may come late, or never`(example: Case, piece: Int) {
  let sink = run(Script(example.script), sawOpening: example.sawOpening, piece: piece)
  #expect(sink.events == example.events)
  for (index, message) in example.messages.enumerated() {
    #expect(sink.text(of: index + 1) == message)
  }
}
