import SMTPDialogue
import TestSupport
import Testing

private let opened = """
  S: 220 mx ESMTP
  C: EHLO c
  S: 250 mx

  """
private let openedEvents = ["greeting | 220", "EHLO c | 250"]

/// What Exchange servers say to each other beside the RFCs.
private let cases = [
  Case(
    name: "octets behind XEXCH50 are no commands",
    script: opened + """
      C: XEXCH50 8 2
      S: 354 send
      C: QUIT\\r\\nabNOOP
      S: 250 got it\\r\\n250 ok
      """,
    events: openedEvents + ["XEXCH50 8 2 | 354", "XEXCH50 8 2 | 250", "NOOP | 250"]),
  Case(
    name: "a refused XEXCH50 has no octets behind it",
    script: opened + """
      C: XEXCH50 6 2\\r\\nNOOP
      S: 504 no\\r\\n250 ok
      """,
    events: openedEvents + ["XEXCH50 6 2 | 504", "NOOP | 250"]),
  Case(
    name: "XEXCH50 of nothing",
    script: opened + """
      C: XEXCH50 0 2\\r\\nNOOP
      S: 250 ok\\r\\n250 ok
      """,
    events: openedEvents + ["XEXCH50 0 2 | 250", "NOOP | 250"]),
  Case(
    name: "a hole in the octets, and one that goes beyond them",
    script: opened + """
      C: XEXCH50 10 2
      S: 354 send
      C: ab\\
      C? 5
      C: cdeNOOP
      S: 250 got it\\r\\n250 ok
      C: XEXCH50 10 2
      S: 354 send
      C? 16
      S: 250 got it
      C: QUIT
      S: 221 bye
      """,
    events: openedEvents + [
      "XEXCH50 10 2 | 354", "XEXCH50 10 2 | 250", "NOOP | 250", "XEXCH50 10 2 | 354", "gap of 6 from client",
      "XEXCH50 10 2 | 250", "unseen | -", "QUIT | 221",
    ]),
  Case(
    name: "Exchange's AUTH",
    script: opened + """
      C: X-EXPS GSSAPI
      S: 334 abc
      C: QUIT
      S: 235 ok
      C: NOOP
      S: 250 ok
      """,
    events: openedEvents + ["X-EXPS GSSAPI | 334", "response QUIT", "X-EXPS GSSAPI | 235", "NOOP | 250"]),
  Case(
    name: "Exchange's STARTTLS",
    script: opened + """
      C: X-ANONYMOUSTLS
      S: 220 go
      C: \\x16\\x03\\x01\\0\\x02ab\\
      S: \\x16\\x03\\x03\\0\\x02ab\\
      """,
    events: openedEvents + ["X-ANONYMOUSTLS | 220", "encrypted from client", "encrypted from server"]),
  Case(
    name: "a hole in octets whose 354 is late",
    script: opened + """
      C: XEXCH50 10 2
      C? 4
      C: abcdefNOOP
      S: 354 send\\r\\n250 ok
      """,
    events: openedEvents + ["XEXCH50 10 2 | 354", "NOOP | 250"]),
]

@Test(arguments: cases, [Int.max, 1, 2, 3, 7])
func `Exchange's own commands are read as its servers mean them`(example: Case, piece: Int) {
  let sink = run(Script(example.script), piece: piece)
  #expect(sink.events == example.events)
}
