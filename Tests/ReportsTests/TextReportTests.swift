import Reports
import SMTPAnalysis
import TCPStreams
import Testing
import Wire

private func text(
  _ sessions: [Session], columns: Int? = nil, showsAll: Bool = false, showsDialogue: Bool = false,
  order: SessionOrder = .number, limits: TextReportLimits = TextReportLimits()
) -> String {
  var context = Samples.context
  context.showsDialogue = showsDialogue
  let report = TextReport(style: TextStyle(columns: columns), showsAll: showsAll, order: order, limits: limits)
  return String(decoding: written(report, sessions, context: context, captures: [Samples.capture()]), as: UTF8.self)
}

private func numbered(_ count: Int, _ session: Session) -> [Session] {
  (1...count).map { id in
    var session = session
    session.id = id
    return session
  }
}

private func blocks(in text: String) -> Int {
  text.split(separator: "\n").count { $0.hasPrefix("session ") }
}

private var bounce: Session {
  var session = Samples.bounce
  session.hasQuit = true
  session.quitReply = Samples.reply(221, "2.0.0 Bye", frame: 58, at: 6.5)
  return session
}

@Test func `the answer stands first, then the phases`() {
  let expected = """
    bounce.pcap   60 packets, 41 kB, 2026-11-20 09:14:02 – 09:14:09 UTC

    ◐ 1 of 2 recipients did not get the mail: nobody@harbour.example is unknown there (550 5.1.1, permanent: the sender gets a bounce)

    session 1   192.0.2.7:49152 → 203.0.113.25:25 (mx1.harbour.example)   ESMTP, no TLS   09:14:02, 6.60 s
      handshake    ✓   0.35 s  220 mx1.harbour.example ESMTP Postfix · EHLO kestrel.example   #4
      sender       ✓    10 ms  ann@kestrel.example  SIZE=14545   #27
      recipients   1/2  20 ms  ✓ bob@harbour.example     250 2.1.5 Ok   #29
                               ✗ nobody@harbour.example  550 5.1.1 User unknown in virtual mailbox table   #31
      message      ✓   1.91 s  14 545 bytes  "Quarterly figures"  <20261120.0914@kestrel.example>
                               250 2.0.0 Ok: queued as 4XyZ12   #56
      end          ✓           QUIT, 221, closed by the client

    1 session · 1 message · 1 partly accepted

    """
  #expect(text([bounce]) == expected)
}

@Test func `a terminal of 80 columns loses nothing`() {
  let expected = """
    bounce.pcap   60 packets, 41 kB, 2026-11-20 09:14:02 – 09:14:09 UTC

    ✗ The mail was lost in the middle of its data. (session 1)
    ✗ The mail was refused after its data: 554 5.7.1 (content filter). (session 2)

    session 1   192.0.2.7:49152 → 203.0.113.25:25 (mx1.harbour.example)
                ESMTP, STARTTLS refused   09:14:02, 63.2 s
      handshake    ✓   0.35 s  220 mx1.harbour.example ESMTP Postfix
                               · EHLO kestrel.example   #4
      tls          ✗           STARTTLS was refused
      login        ✓   6.20 s  PLAIN  ann  235, accepted, in clear
                               6.00 s of it the client's turn
      sender       ✓    10 ms  ann@kestrel.example  SIZE=14545   #27
      recipients   0/1  20 ms  ? bob@harbour.example  250 2.1.5 Ok   #29
                                   then the connection was lost
      message      ✗   52.0 s  17 520 bytes (incomplete: 1 460 bytes missing from
                               the capture)  "Quarterly figures"
                               <20261120.0914@kestrel.example>
                               lost: the connection ended before the message did
                               45.0 s of it the network's
      end          !           reset by the server, no QUIT

    session 2   192.0.2.7:49152 → 203.0.113.25:25 (mx1.harbour.example)
                ESMTP, no TLS   09:14:02, 6.60 s
      handshake    ✓   0.35 s  220 mx1.harbour.example ESMTP Postfix
                               · EHLO kestrel.example   #4
      sender       ✓    10 ms  ann@kestrel.example  SIZE=14545   #27
      recipients   0/1  20 ms  ✗ bob@harbour.example  250 2.1.5 Ok   #29
                                   then the data was refused
      message      ✗   1.91 s  14 545 bytes  "Quarterly figures"
                               <20261120.0914@kestrel.example>
                               554 5.7.1 Message rejected as spam by the content
                               filter of harbour.example, see
                               https://postmaster.harbour.example/why?id=4XyZ12 for
                               what to do about it   #56
      end          !           closed by the client, no QUIT

    2 sessions · 2 messages · 1 refused · 1 lost

    """
  var second = Samples.refusedData
  second.id = 2
  #expect(text([Samples.lost, second], columns: 80) == expected)
}

@Test func `a transcript can be pasted into a ticket`() {
  let expected = """
    session 1   192.0.2.7:49152 → 203.0.113.25:25 (mx1.harbour.example)   ESMTP, no TLS   09:14:02, 6.60 s
        0.000         ·  connected 192.0.2.7:49152 → 203.0.113.25:25
        0.351   #4   <-  220 mx1.harbour.example ESMTP Postfix
        0.352   #6    -> EHLO kestrel.example
        0.361   #8   <-  250-mx1.harbour.example
                         250-PIPELINING
                         250 CHUNKING
        0.362   #9    -> AUTH PLAIN ********    (masked; --reveal-secrets shows it)
        0.380   #11  <** 535 5.7.8 Error: authentication failed
        0.390   #12   -> MAIL FROM:<ann@kestrel.example>
                      -> RCPT TO:<bob@harbour.example>
        0.400   #13  <-  250 2.1.0 Ok
                     <-  250 2.1.5 Ok
        0.500   #16   -> (message, 14 545 bytes)
        0.600   #40  <-  (1 460 bytes missing from the capture)
        0.700   #41   -> STARTTLS
        0.710   #42  <-  220 2.0.0 Ready to start TLS
        0.800   #43   ~> (517 bytes of TLS)
        0.900   #44   ~> MAIL FROM:<eve@kestrel.example>
        0.910   #45  <~* 550 5.7.1 no
        6.600   #60   ·  closed by the client

    1 session · 1 message · 1 partly accepted

    """
  var session = bounce
  session.dialogue = Samples.dialogue
  let told = text([session], showsDialogue: true)
  #expect(
    told.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(4).joined(separator: "\n") == expected)
}

@Test func `a capture without mail says so`() {
  let expected = """
    bounce.pcap   60 packets, 41 kB, 2026-11-20 09:14:02 – 09:14:09 UTC

    ? no mail traffic in it

    0 sessions · 0 messages

    """
  #expect(text([]) == expected)
}

@Test(arguments: [
  (1, "the one session in it does not match what was selected"),
  (1200, "none of the 1 200 sessions in it matches what was selected"),
])
func `a selection that nothing matches is not taken for a capture without mail`(leftOut: Int, words: String) {
  var summary = AnalysisSummary()
  summary.leftOutSessions = leftOut
  #expect(OutcomeTally(style: TextStyle(), limits: TextReportLimits()).answer(summary).map(\.message) == [words])
}

@Test func `LMTP tells each recipient's reply after the data`() {
  var session = bounce
  session.kind = .lmtp
  session.transactions[0].recipients[1].reply = Samples.reply(250, "2.1.5 Ok", frame: 31, at: 0.4)
  session.transactions[0].recipients[1].dataReply = Samples.reply(452, "4.2.2 mailbox full", frame: 57, at: 6.4)
  session.transactions[0].recipients[1].outcome = .deferred
  let told = text([session])
  #expect(told.contains("! nobody@harbour.example  452 4.2.2 mailbox full   #57\n"))
}

@Test(
  arguments: [
    (.refused, "the server refused the connection (reset)"), (.unanswered, "nothing answered the connection attempt"),
    (.midstream, "the capture begins in the middle of the connection"), (.handshake, "no greeting"),
  ] as [(ConnectionFacts.Opening, String)])
func `a session without a greeting says why`(opening: ConnectionFacts.Opening, sentence: String) {
  var session = bounce
  session.connection.opening = opening
  session.greeting = nil
  session.helo = nil
  session.transactions = []
  #expect(text([session]).contains("  \(sentence)\n"))
}

@Test(arguments: [nil, 60, 80, 120])
func `colour adds nothing but colour`(columns: Int?) {
  let sessions = numbered(30, bounce) + [Samples.lost, Samples.refusedData]
  let plain = written(TextReport(style: TextStyle(columns: columns)), sessions, captures: [Samples.capture()])
  let colored = written(
    TextReport(style: TextStyle(columns: columns, usesColor: true)), sessions, captures: [Samples.capture()])
  let pieces = colored.split(separator: 0x1b, omittingEmptySubsequences: false)
  let stripped = pieces.dropFirst().reduce(into: Array(pieces[0])) { text, piece in
    text += piece.drop { $0 != UInt8(ascii: "m") }.dropFirst()
  }
  #expect(pieces.contains { $0.starts(with: "[31m".utf8) })
  #expect(String(decoding: stripped, as: UTF8.self) == String(decoding: plain, as: UTF8.self))
}

@Test(arguments: [(20, 20, false), (21, 0, true), (200, 0, true), (201, 0, false)])
func `many delivered sessions are a table, then counts`(count: Int, detailed: Int, isTable: Bool) {
  let told = text(numbered(count, Samples.delivered))
  #expect(blocks(in: told) == detailed)
  #expect(
    told.split(separator: "\n").count { $0.hasPrefix("✓ ") && $0.hasSuffix("delivered") } == (isTable ? count : 0))
  #expect(told.contains("sessions by outcome") == (count > 200))
}

@Test(
  arguments: [
    (3, 3, nil), (4, 3, "1 more session that failed is not shown"), (9, 3, "6 more sessions that failed are not shown"),
  ]
    as [(Int, Int, String?)])
func `details are kept of so many failures`(failures: Int, detailed: Int, omitted: String?) {
  var limits = TextReportLimits()
  limits.detailedSessions = 2
  limits.detailedFailures = 3
  let told = text(numbered(5, Samples.delivered) + numbered(failures, bounce), limits: limits)
  #expect(blocks(in: told) == detailed)
  #expect(told.contains("more session") == (omitted != nil))
  if let omitted { #expect(told.contains(omitted)) }
}

/// Delivered and lost mails in turn, and a refused one last.
private var mixed: [Session] {
  var sessions = numbered(24, Samples.delivered)
  for index in sessions.indices where index % 2 == 1 {
    sessions[index] = Samples.lost
    sessions[index].id = index + 1
  }
  var refused = Samples.refusedData
  refused.verdict.outcome = .refused
  refused.id = 25
  return sessions + [refused]
}

private func shown(in text: String) -> [Int] {
  text.split(separator: "\n").compactMap { line in
    line.hasPrefix("session ") ? Int(line.dropFirst(8).prefix { $0.isNumber }) : nil
  }
}

@Test func `the worst outcomes come first where that is asked for`() {
  let worst = Array(stride(from: 2, through: 24, by: 2)) + [25]
  let rest = Array(stride(from: 1, through: 23, by: 2))
  #expect(shown(in: text(mixed, showsAll: true)) == Array(1...25))
  #expect(shown(in: text(mixed, showsAll: true, order: .outcome)) == worst + rest)
  #expect(shown(in: text(Array(mixed.prefix(5)), order: .outcome)) == [2, 4, 1, 3, 5])
  let table = text(mixed, order: .outcome).split(separator: "\n").filter { $0.contains(" 09:14:02  ") }
  #expect(table.map { $0.hasPrefix("✗") } == worst.map { _ in true } + rest.map { _ in false })
}

@Test func `a milder failure makes room for a worse one where the worst come first`() {
  var limits = TextReportLimits()
  limits.detailedSessions = 2
  limits.detailedFailures = 3
  let sessions =
    numbered(5, bounce)
    + [Samples.lost, Samples.lost].enumerated().map { index, session in
      var session = session
      session.id = 6 + index
      return session
    }
  let byNumber = text(sessions, limits: limits)
  let byOutcome = text(sessions, order: .outcome, limits: limits)
  #expect(shown(in: byNumber) == [1, 2, 3] && shown(in: byOutcome) == [6, 7, 1])
  #expect(byNumber.contains("4 more sessions that failed") && byOutcome.contains("4 more sessions that failed"))
}

@Test func `long ones that are worse push out as many milder ones as they need`() {
  var limits = TextReportLimits()
  limits.detailedSessions = 2
  limits.heldBytes = 10_000
  var long = Samples.refusedData
  long.verdict.outcome = .refused
  long.transactions[0].endReply = long.transactions[0].endReply?.saying([Array(repeating: 0x61, count: 5000)])
  let sessions = (numbered(20, bounce) + numbered(10, long)).enumerated().map { index, session in
    var session = session
    session.id = index + 1
    return session
  }
  let told = text(sessions, order: .outcome, limits: limits)
  #expect(told.utf8.count < 30_000)
  #expect(shown(in: told).first == 21)
  #expect(told.contains("\(30 - shown(in: told).count) more sessions that failed"))
}

@Test func `by outcome too what waits for the end is bounded in bytes`() {
  var limits = TextReportLimits()
  limits.heldBytes = 10_000
  #expect(shown(in: text(mixed, showsAll: true, order: .outcome, limits: limits)) == Array(1...25))
}

@Test func `what waits for the end is bounded in bytes`() {
  var limits = TextReportLimits()
  limits.heldBytes = 10_000
  var session = bounce
  session.transactions[0].endReply = session.transactions[0].endReply?.saying([Array(repeating: 0x61, count: 5000)])
  let told = text(numbered(12, session), limits: limits)
  #expect(blocks(in: told) == 2)
  #expect(told.contains("10 more sessions that failed are not shown"))
}

@Test(arguments: [true, false])
func `all sessions are written as they end`(isDialogue: Bool) {
  var report = TextReport(style: TextStyle(), showsAll: !isDialogue)
  var context = Samples.context
  context.showsDialogue = isDialogue
  var output = OutputBuffer()
  report.begin(into: &output)
  var told = ""
  for session in numbered(50, bounce) {
    report.session(session, context: context, into: &output)
    output.drain { told += String(repairing: $0) }
    #expect(blocks(in: told) == (session.id > 20 ? session.id : 0))
  }
  report.end(AnalysisSummary(), captures: [Samples.capture()], context: context, into: &output)
  output.drain { told += String(repairing: $0) }
  #expect(blocks(in: told) == 50)
  #expect(told.contains("bounce.pcap"))
}

@Test(arguments: [(50, 50, ""), (51, 50, "and 1 more, all accepted\n"), (5000, 50, "and 4 950 more, all accepted\n")])
func `of many recipients those without the mail come first`(count: Int, shown: Int, rest: String) {
  var session = bounce
  session.transactions[0].recipients = Array(repeating: Samples.bob, count: count - 1) + [Samples.nobody]
  let told = text([session])
  #expect(told.split(separator: "\n").count { $0.contains("@harbour.example  ") } == shown)
  #expect(told.contains("✗ nobody@harbour.example"))
  #expect(told.contains(rest))
  #expect(told.contains(" more, ") == !rest.isEmpty)
}

@Test(
  arguments: [
    (20, 20, nil), (21, 20, "and 1 more mail, all accepted\n"), (99, 20, "and 79 more mails, all accepted\n"),
  ]
    as [(Int, Int, String?)])
func `of many mails those that went wrong come first`(count: Int, shown: Int, rest: String?) {
  var session = bounce
  session.transactions = (1...count).map {
    Samples.transaction($0 == count ? .refused : .accepted, id: $0, recipients: [Samples.bob])
  }
  let told = text([session])
  #expect(told.split(separator: "\n").count { $0.hasPrefix("  mail ") } == shown)
  #expect(told.contains("mail \(count) of \(count), refused"))
  if let rest { #expect(told.contains(rest)) } else { #expect(!told.contains("more mail")) }
}

@Test func `a narrow table cuts both names of a pair, and loses neither`() {
  var session = Samples.delivered
  session.transactions[0].reversePath = Array("a.sender.with.a.long.name@kestrel.example".utf8)
  session.transactions[0].recipients = [Samples.bob, Samples.bob, Samples.bob]
  let told = text(numbered(30, session), columns: 80)
  let row = told.split(separator: "\n").first { $0.hasPrefix("✓  1  ") }.map(String.init) ?? ""
  #expect(row.contains("  a.sender") && row.contains("… → bob@harb"), "\(row)")
  #expect(row.contains("… +2  "), "\(row)")
  #expect(row.contains("192.0.2.7 → mx1.ha"), "\(row)")
  #expect(VisibleText.displayWidth(of: row) <= 80)
}

@Test func `of many sessions the slowest servers are told, by phase`() {
  var sessions = numbered(30, Samples.delivered)
  for index in 20..<30 {
    sessions[index].connection.server.port = 26
    sessions[index].greeting?.reply = Samples.reply(220, "slow.harbour.example ESMTP", frame: 4, at: 20)
    sessions[index].phases[1] = Samples.phase(.greeting, server: 20)
    sessions[index].phases[4] = Samples.phase(.recipients, of: 1, client: 500, server: 0.01)
  }
  let expected = """
    slowest servers by phase
                      p50     p95     max
      greeting     20.0 s  20.0 s  20.0 s  203.0.113.25:26 (slow.harbour.example), 10 sessions
      data         0.70 s  0.70 s  0.70 s  203.0.113.25:25 (mx1.harbour.example), 20 sessions
      end of data  1.20 s  1.20 s  1.20 s  203.0.113.25:25 (mx1.harbour.example), 20 sessions

    """
  #expect(text(sessions).contains(expected))
  let narrow = "(mx1.harbour.example), 20\n" + String(repeating: " ", count: 39) + "sessions\n"
  #expect(text(sessions, columns: 80).contains(narrow))
  #expect(!text(Array(sessions.prefix(2))).contains("slowest servers"))
}

@Test func `sentences are counted, and so many told apart`() {
  var limits = TextReportLimits()
  limits.sentences = 4
  limits.headlines = 3
  let sessions = numbered(9, bounce).map { session in
    var session = session
    session.verdict.message = session.id < 4 ? "common" : "rare \(session.id)"
    return session
  }
  let told = text(sessions, limits: limits)
  #expect(told.contains("◐ common (3 sessions, the first: 1)\n◐ rare 4 (session 4)\n◐ rare 5 (session 5)\n"))
  #expect(told.contains("and 4 more sessions in which not everything was delivered"))
}

@Test(
  arguments: [
    (0, "0.0 ms"), (400_000, "0.4 ms"), (12_000_000, "12 ms"), (351_000_000, "0.35 s"), (9_994_000_000, "9.99 s"),
    (63_200_000_000, "63.2 s"), (99_960_000_000, "1 min 40 s"), (3_599_600_000_000, "1 h 0 min"),
    (7_440_000_000_000, "2 h 4 min"), (93_600_000_000_000, "1 d 2 h"), (-351_000_000, "-0.35 s"),
    (.min, "-106 751 d 23 h"),
  ] as [(Int64, String)])
func `durations are short and never lie about their size`(nanoseconds: Int64, told: String) {
  #expect(Quantity.duration(nanoseconds) == told)
}

@Test(
  arguments: [
    (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (14_545, "14.5 kB"), (41_000, "41 kB"),
    (99_949, "99.9 kB"), (99_950, "100 kB"), (999_499, "999 kB"), (999_500, "1 MB"), (1_234_567_890, "1.2 GB"),
  ])
func `sizes have a fitting unit`(bytes: Int, told: String) {
  #expect(Quantity.size(bytes) == told)
}

@Test(arguments: [(0, "0"), (999, "999"), (1000, "1 000"), (48_113_664, "48 113 664"), (-1234, "-1 234")])
func `thousands stand apart`(number: Int, told: String) {
  #expect(Quantity.grouped(number) == told)
}

@Test func `attachments stand below their mail`() {
  var session = Samples.bounce
  session.transactions[0].message?.contents = Samples.contents
  let shown = text([session])
  #expect(
    shown.contains(
      """
                                 250 2.0.0 Ok: queued as 4XyZ12   #56
                                 + Figures \\u{202e}fdp.exe  application/pdf (looks like application/vnd.microsoft.portable-executable)  207 438 bytes (incomplete)
                                 + (no name)  application/octet-stream  0 bytes

      """))
}
