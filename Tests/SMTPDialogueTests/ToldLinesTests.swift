import SMTPDialogue
import TestSupport
import Testing

private let opened = """
  S: 220 mx ESMTP
  C: EHLO c
  S: 250 mx

  """
private let openedEvents = ["greeting | 220", "EHLO c | 250"]

@Test func `every line is told once, for the frame of its first byte or its command, and no secret of it`() {
  let sink = run(
    Script(
      """
      S: 220-mx\\
      S: \\r\\n220 ready
      C: EHLO c
      S: 250 mx
      C: AUTH PLAIN AGEAYg==
      S: 535 no
      C: AUTH LOGIN
      S: 334 VXNlcm5hbWU6
      C: Ym9i
      S: 235 ok
      C: STARTTLS\\r\\nAUTH PLAIN AGEAYg==\\r\\nleft over
      S: 220 go
      """))
  #expect(
    sink.lines == [
      "S1 220-mx", "S2 220 ready", "C3 EHLO c", "S4 250 mx", "C5 AUTH PLAIN ********", "S6 535 no", "C7 AUTH LOGIN",
      "S8 334 VXNlcm5hbWU6", "C9 ****", "S10 235 ok", "C11 STARTTLS", "S12 220 go", "C11 AUTH PLAIN ********",
      "C11 left over",
    ])
}

@Test func `what a late capture cannot place is told as a line, and looks like a secret where it may be one`() {
  let sink = run(
    Script(
      """
      C: some words
      C: cGFzc3dvcmQ=
      S: 235 ok
      C: NOOP
      C: QUIT
      S: 221 bye
      """), sawOpening: false)
  #expect(sink.lines == ["C1 some words", "C2 ************", "S3 235 ok", "C4 NOOP", "C5 QUIT", "S6 221 bye"])
  #expect(sink.events == ["unseen | 235", "QUIT | 221"])
}

/// Lines of the 221 may be missing too.
@Test func `a command and a reply that holes cut are known as far as they go`() {
  let sink = run(
    Script(
      opened + """
        C: MAIL FROM:<a@exam\\
        C? 12
        S: 250 ok
        C: RCPT TO:<c@d>
        S: 550-no such\\
        S? 20
        C: QUIT
        S: 221 bye
        """))
  #expect(sink.cut == ["MAIL FROM:<a@exam", "550", "221"])
  #expect(
    sink.events == openedEvents + [
      "gap of 12 from client", "MAIL FROM:<a@exam | 250", "RCPT TO:<c@d> | 550", "gap of 20 from server", "QUIT | 221",
    ])
}

@Test func `what stands behind a lone dot is told, some of it`() {
  let behind = String(repeating: "w", count: 5000)
  let sink = run(
    Script(
      opened + """
        C: DATA
        S: 354 go
        C: one\\n.\\n\(behind)
        C: .
        S: 250 queued
        """))
  #expect(sink.dots == ["<LF>.<LF> unknown"])
  #expect(sink.text(of: 1) == "one\n.\n\(behind)\r\n")
  let told = sink.behindDots.first ?? ""
  #expect(told.allSatisfy { $0 == "w" })
  #expect((100...400).contains(told.count))
}

@Test(arguments: [("Ym9iYm", false), ("Ym9iYm9", true)])
func `so many bytes wait for the reply that would tell what they are`(held: String, isDecided: Bool) {
  var limits = DialogueLimits()
  limits.heldBytes = 8
  // With its line end the shorter one is as long as the limit.
  let sink = run(
    Script(
      opened + """
        C: AUTH LOGIN
        C: \(held)
        S: 504 no
        C: NOOP
        S: 250 ok
        """), limits: limits)
  #expect(sink.events.contains("response \(held)") == isDecided)
  #expect(sink.ahead == [.auth])
}

/// Behind a hole a record is known by its whole head.
private let records = [
  Case(
    name: "a record of the server behind holes that may have held STARTTLS",
    script: opened + """
      C? 10
      S? 8
      S: \\x17\\x03\\x03\\0\\x02ab\\
      C: \\x17\\x03\\x03\\0\\x02ab\\
      """,
    events: openedEvents + [
      "gap of 10 from client", "gap of 8 from server", "unseen | -", "encrypted from server", "encrypted from client",
    ]),
  Case(
    name: "a capture that begins among the client's records",
    script: """
      C: \\x17\\x03\\x03\\0\\x02ab\\
      S: \\x17\\x03\\x03\\0\\x02ab\\
      """,
    events: ["encrypted from client", "encrypted from server"], sawOpening: false),
]

@Test(arguments: records)
func `records tell TLS whose beginning was not seen`(example: Case) {
  #expect(run(Script(example.script), sawOpening: example.sawOpening).events == example.events)
}
