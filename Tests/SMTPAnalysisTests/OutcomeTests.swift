import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

/// A dialogue, and what must be said of its transactions.
struct OutcomeCase: CustomTestStringConvertible, Sendable {
  var name: String
  var script: String
  var transactions: [String]
  var verdict: Verdict.Outcome
  var kind = Session.ProtocolKind.smtp
  var closes = true

  var testDescription: String { name }
}

private let pipelined = """
  S: 220 mx
  C: LHLO c
  S: 250 mx
  C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nRCPT TO:<g@h>\\r\\nDATA
  S: 250 a\\r\\n250 b\\r\\n550 no\\r\\n250 d\\r\\n354 e
  C: hi
  C: .

  """

private let outcomes = [
  OutcomeCase(
    name: "accepted", script: Dialogues.delivered, transactions: ["a@b > c@d:accepted = accepted"],
    verdict: .delivered),
  OutcomeCase(
    name: "accepted, and no QUIT", script: Dialogues.text + "C: .\nS: 250 ok\nC!",
    transactions: ["a@b > c@d:accepted = accepted"], verdict: .delivered),
  OutcomeCase(
    name: "the null reverse-path, HELO",
    script: """
      S: 220 mx
      C: HELO c
      S: 250 mx
      C: MAIL FROM:<>
      S: 250 ok
      C: RCPT TO:<c@d>
      S: 251 will forward
      C: DATA
      S: 354 go
      C: .
      S: 250 ok
      """, transactions: [" > c@d:accepted = accepted"], verdict: .delivered),
  OutcomeCase(
    name: "partially accepted",
    script: Dialogues.envelope + """
      C: RCPT TO:<no@d>
      S: 550 5.1.1 unknown
      C: RCPT TO:<later@d>
      S: 450 4.2.0 greylisted
      C: DATA
      S: 354 go
      C: .
      S: 250 ok
      """, transactions: ["a@b > c@d:accepted no@d:refused later@d:deferred = partially_accepted"], verdict: .partial),
  OutcomeCase(
    name: "refused at MAIL", script: Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 552 too big\nC: QUIT\nS: 221 bye",
    transactions: ["a@b > = refused"], verdict: .refused),
  OutcomeCase(
    name: "refused at MAIL, the rest pipelined behind it",
    script: Dialogues.hello + """
      C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA
      S: 552 too big\\r\\n503 MAIL first\\r\\n503 MAIL first
      C: QUIT
      S: 221 bye
      """, transactions: ["a@b > c@d:refused = refused"], verdict: .refused),
  OutcomeCase(
    name: "refused at RCPT",
    script: Dialogues.hello + """
      C: MAIL FROM:<a@b>
      S: 250 ok
      C: RCPT TO:<c@d>
      S: 550 unknown
      C: RCPT TO:<e@f>
      S: 554 relay denied
      C: RSET
      S: 250 ok
      """, transactions: ["a@b > c@d:refused e@f:refused = refused"], verdict: .refused),
  OutcomeCase(
    name: "deferred at the last RCPT, refused at the first",
    script: Dialogues.hello + """
      C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nDATA
      S: 250 ok\\r\\n550 no\\r\\n450 later\\r\\n554 no valid recipients
      C: QUIT
      S: 221 bye
      """, transactions: ["a@b > c@d:refused e@f:deferred = deferred"], verdict: .deferred),
  OutcomeCase(
    name: "refused at DATA", script: Dialogues.envelope + "C: DATA\nS: 554 no\nC: QUIT\nS: 221 bye",
    transactions: ["a@b > c@d:refused = refused"], verdict: .refused),
  OutcomeCase(
    name: "deferred at DATA", script: Dialogues.envelope + "C: DATA\nS: 451 later\nC: QUIT\nS: 221 bye",
    transactions: ["a@b > c@d:deferred = deferred"], verdict: .deferred),
  OutcomeCase(
    name: "refused at the end", script: Dialogues.text + "C: .\nS: 554 5.7.1 spam\nC: QUIT\nS: 221 bye",
    transactions: ["a@b > c@d:refused = refused"], verdict: .refused),
  OutcomeCase(
    name: "deferred at the end, closed with 421", script: Dialogues.text + "C: .\nS: 421 4.3.2 shutting down\nS.\nC.",
    transactions: ["a@b > c@d:deferred = deferred"], verdict: .deferred),
  OutcomeCase(
    name: "refused in the middle of the data", script: Dialogues.text + "S: 552 too much\nS.\nC!",
    transactions: ["a@b > c@d:refused = refused"], verdict: .refused),
  OutcomeCase(
    name: "aborted by RSET", script: Dialogues.envelope + "C: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye",
    transactions: ["a@b > c@d:unanswered = aborted"], verdict: .failed),
  OutcomeCase(
    name: "aborted by EHLO", script: Dialogues.envelope + "C: EHLO again\nS: 250 mx\nC: QUIT\nS: 221 bye",
    transactions: ["a@b > c@d:unanswered = aborted"], verdict: .failed),
  OutcomeCase(
    name: "aborted by QUIT", script: Dialogues.envelope + "C: QUIT\nS: 221 bye",
    transactions: ["a@b > c@d:unanswered = aborted"], verdict: .failed),
  OutcomeCase(
    name: "aborted by a new MAIL",
    script: Dialogues.envelope + """
      C: MAIL FROM:<z@b>
      S: 250 ok
      C: RCPT TO:<c@d>
      S: 250 ok
      C: DATA
      S: 354 go
      C: .
      S: 250 ok
      """, transactions: ["a@b > c@d:unanswered = aborted", "z@b > c@d:accepted = accepted"], verdict: .partial),
  OutcomeCase(
    name: "a nested MAIL that is refused leaves the first as it is",
    script: Dialogues.envelope + """
      C: MAIL FROM:<z@b>
      S: 503 nested
      C: DATA
      S: 354 go
      C: .
      S: 250 ok
      """, transactions: ["a@b > c@d:accepted = accepted", "z@b > = refused"], verdict: .partial),
  OutcomeCase(
    name: "aborted by the client's close", script: Dialogues.envelope + "C.\nS.",
    transactions: ["a@b > c@d:unanswered = aborted"], verdict: .failed),
  OutcomeCase(
    name: "aborted by the client's close in the data", script: Dialogues.text + "C.\nS.",
    transactions: ["a@b > c@d:unanswered = aborted"], verdict: .failed),
  OutcomeCase(
    name: "lost: the server closes before DATA", script: Dialogues.envelope + "S: 421 too slow\nS.\nC.",
    transactions: ["a@b > c@d:unanswered = lost"], verdict: .failed),
  OutcomeCase(
    name: "lost: reset in the data", script: Dialogues.text + "S!",
    transactions: ["a@b > c@d:unanswered = lost"], verdict: .failed),
  OutcomeCase(
    name: "lost: reset behind the dot", script: Dialogues.text + "C: .\nS!",
    transactions: ["a@b > c@d:unanswered = lost"], verdict: .failed),
  OutcomeCase(
    name: "lost: the client leaves behind its dot", script: Dialogues.text + "C: .\nC.\nS.",
    transactions: ["a@b > c@d:unanswered = lost"], verdict: .failed),
  OutcomeCase(
    name: "unknown: the capture ends in the data", script: Dialogues.text,
    transactions: ["a@b > c@d:unanswered = unknown"], verdict: .unknown, closes: false),
  OutcomeCase(
    name: "unknown: the capture ends before the reply", script: Dialogues.text + "C: .",
    transactions: ["a@b > c@d:unanswered = unknown"], verdict: .unknown, closes: false),
  OutcomeCase(
    name: "unknown: the reply is missing", script: Dialogues.text + "C: .\nS? 28\nC: QUIT\nS: 221 bye",
    transactions: ["a@b > c@d:unanswered = unknown"], verdict: .unknown),
  OutcomeCase(
    name: "two mails, one refused",
    script: Dialogues.text + """
      C: .
      S: 250 ok
      C: MAIL FROM:<z@b>
      S: 250 ok
      C: RCPT TO:<no@d>
      S: 550 no
      C: RSET
      S: 250 ok
      """, transactions: ["a@b > c@d:accepted = accepted", "z@b > no@d:refused = refused"], verdict: .partial),
  OutcomeCase(
    name: "LMTP answers for each recipient", script: pipelined + "S: 250 got it\\r\\n452 full\nC: QUIT\nS: 221 bye",
    transactions: ["a@b > c@d:accepted e@f:refused g@h:deferred = partially_accepted"], verdict: .partial, kind: .lmtp),
  OutcomeCase(
    name: "LMTP, all fail after the data", script: pipelined + "S: 552 full\\r\\n452 busy\nC: QUIT\nS: 221 bye",
    transactions: ["a@b > c@d:refused e@f:refused g@h:deferred = deferred"], verdict: .deferred, kind: .lmtp),
  OutcomeCase(
    name: "LMTP, closed after the first of two replies", script: pipelined + "S: 250 got it\nS!",
    transactions: ["a@b > c@d:accepted e@f:refused g@h:unanswered = partially_accepted"], verdict: .partial, kind: .lmtp
  ),
  OutcomeCase(
    name: "chunks",
    script: Dialogues.envelope + """
      C: BDAT 4\\r\\nhi\\r\\n\\
      S: 250 4 octets
      C: BDAT 3 LAST\\r\\n.\\r\\n\\
      S: 250 queued
      C: QUIT
      S: 221 bye
      """, transactions: ["a@b > c@d:accepted = accepted"], verdict: .delivered),
  OutcomeCase(
    name: "a chunk is refused, the next were on their way",
    script: Dialogues.envelope + """
      C: BDAT 4\\r\\nhi\\r\\nBDAT 4\\r\\nyo\\r\\nBDAT 0 LAST
      S: 552 too big\\r\\n503 no\\r\\n503 no
      C: RSET
      S: 250 ok
      """, transactions: ["a@b > c@d:refused = refused"], verdict: .refused),
  OutcomeCase(
    name: "a chunked message is given up",
    script: Dialogues.envelope + """
      C: BDAT 4\\r\\nhi\\r\\n\\
      S: 250 ok
      C: RSET
      S: 250 ok
      """, transactions: ["a@b > c@d:unanswered = aborted"], verdict: .failed),
  OutcomeCase(
    name: "nothing was tried", script: Dialogues.hello + "C: NOOP\nS: 250 ok\nC: QUIT\nS: 221 bye", transactions: [],
    verdict: .nothingSent),
  OutcomeCase(
    name: "turned away by the greeting", script: "S: 554 no\nC: QUIT\nS: 221 bye", transactions: [],
    verdict: .refused),
  OutcomeCase(name: "put off by the greeting", script: "S: 421 busy\nS.\nC.", transactions: [], verdict: .deferred),
  OutcomeCase(name: "no greeting", script: "S.\nC.", transactions: [], verdict: .failed, kind: .unknown),
  OutcomeCase(
    name: "gone before a greeting was due", script: "C.\nS.", transactions: [], verdict: .nothingSent, kind: .unknown),
]

@Suite struct OutcomeTests {
  @Test(arguments: outcomes, [1460, 5, 1])
  func `the outcome is the contract's`(example: OutcomeCase, piece: Int) throws {
    let analysis = Analysis(Conversation(example.script, piece: piece, closes: example.closes))
    try #require(analysis.sessions.count == 1)
    let session = analysis.sessions[0]
    #expect(session.transactionLines == example.transactions)
    #expect(session.verdict.outcome == example.verdict)
    #expect(session.kind == example.kind)
    #expect(!session.verdict.message.isEmpty)
    #expect(analysis.summary.transactions.values.reduce(0, +) == example.transactions.count)
  }

  @Test func `an unanswered SYN and a refused one`() {
    let script = Conversation("", closes: false)
    var refused = script
    refused.segments = Array(script.segments.prefix(1))
    refused.segments.append(script.segments[1])
    refused.segments[1].flags = [.rst, .ack]
    refused.segments[1].sequence = -1
    var unanswered = script
    unanswered.segments = Array(script.segments.prefix(1))
    unanswered.client.port += 1
    let sessions = Analysis(together: [refused, unanswered]).sessions.sorted { $0.id < $1.id }
    #expect(sessions.map(\.connection.opening) == [.refused, .unanswered])
    #expect(sessions.map(\.verdict.outcome) == [.failed, .unknown])
    #expect(sessions.map(\.verdict.cause) == [.connectionRefused, .captureEnded])
    // So long behind its SYN the client has given up.
    refused.start = refused.start.advanced(byNanoseconds: 5_000_000_000)
    let later = Analysis(together: [refused, unanswered]).sessions.sorted { $0.id < $1.id }
    #expect(later.map(\.connection.opening) == [.unanswered, .refused])
    #expect(later.map(\.verdict.outcome) == [.failed, .failed])
  }

  /// With what the capture has of it, what it came for is not known; behind QUIT it is.
  @Test(arguments: [
    (script: "", Verdict.Outcome.unknown),
    ("S: 220 mx ESMTP", .unknown),
    ("S: 220 mx ESMTP\nC: EHLO c\nS: 250 mx", .unknown),
    ("S: 220 mx ESMTP\nC: EHLO c\nS: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN\nS: 334 ", .unknown),
    ("S: 220 mx ESMTP\nC: EHLO c\nS: 250 mx\nC: QUIT", .nothingSent),
  ])
  func `the capture ends before a mail is tried`(script: String, outcome: Verdict.Outcome) throws {
    let session = try #require(Analysis(Conversation(script, closes: false)).sessions.first)
    #expect(session.connection.closing == .captureEnd)
    #expect(session.verdict.outcome == outcome)
    #expect(session.verdict.cause == (outcome == .unknown ? .captureEnded : nil))
  }

  /// How a command is written kept no mail from arriving where the server did what it asked for.
  @Test(
    arguments: [
      ("C: QUIT \nS: 221 bye\n", FindingID.commandSyntax, nil),
      ("C: MAIL FROM: <a@b.example>\nS: 250 ok\nC: QUIT\nS: 221 bye\n", .commandSyntax, .transactionAbandoned),
      (
        "C: MAIL FROM:<\(String(repeating: "a", count: 65))@b.example>\nS: 250 ok\nC: QUIT\nS: 221 bye\n", .pathTooLong,
        .transactionAbandoned
      ),
      (
        "C: NOOP \(String(repeating: "x", count: 506))\nS: 250 ok\nC: MAIL FROM:<a@b.example>\nS: 250 ok\nC: RSET\n"
          + "S: 250 ok\nC: QUIT\nS: 221 bye\n", .commandTooLong, .transactionAbandoned
      ),
      ("C: MAIL FROM: <a@b.example>\nS: 501 5.5.4 syntax\nC: QUIT\nS: 221 bye\n", .commandSyntax, .commandSyntax),
    ] as [(String, FindingID, FindingID?)])
  func `what the server took all the same is no cause`(script: String, told: FindingID, cause: FindingID?) throws {
    let hello = "S: 220 mx.example\nC: EHLO c.example\nS: 250 mx.example\n"
    let session = try #require(Analysis(Conversation(hello + script)).sessions.first)
    #expect(session.findings.contains { $0.id == told })
    #expect(session.verdict.cause == cause)
    #expect(cause == told || !session.verdict.message.contains("all the same"))
  }

  @Test(arguments: ["421 4.3.0 internal error", "554 5.7.1 go away"])
  func `a mail that the server hung up on is told with the server's words`(farewell: String) throws {
    let script =
      "S: 220 mx.example\nC: EHLO c.example\nS: 250 mx.example\nC: MAIL FROM:<a@b.example>\nS: 250 ok\nS: \(farewell)\nS.\nC."
    let session = try #require(Analysis(Conversation(script)).sessions.first)
    #expect(session.transactions.map(\.outcome) == [.lost])
    let sentence = "The server ended the session, before the outcome was told: \(farewell)."
    #expect(session.verdict.message == sentence)
    #expect(session.transactions.first?.explanation == sentence)
  }
}
