import Foundation
import Reports
import SMTPAnalysis
import TestSupport
import Testing
import Wire

private func text(_ sessions: [Session], style: TextStyle = TextStyle(), showsDialogue: Bool = false) -> String {
  var context = Samples.context
  context.showsDialogue = showsDialogue
  return String(
    decoding: written(TextReport(style: style), sessions, context: context, captures: [Samples.capture()]),
    as: UTF8.self)
}

private var troubled: Session {
  var session = Samples.bounce
  session.verdict.cause = .mailboxUnknown
  session.findings = [
    Samples.finding(.starttlsNotUsed),
    Finding(
      .bareLF, transaction: 1, at: (40, Samples.time(5)), message: "3 line feeds stand alone, the first at byte 812"),
    Finding(
      .mailboxUnknown, transaction: 1, at: (31, Samples.time(0.45)), message: "nobody@harbour.example is unknown there"),
  ]
  return session
}

private let lines = """
    ✗ mailbox-unknown     nobody@harbour.example is unknown there   #31
    ! bare-lf             3 line feeds stand alone, the first at byte 812   #40
    · starttls-not-used   STARTTLS was offered and not used; the mail passed in clear   #12

  1 session · 1 message · 1 partly accepted · 1 error · 1 warning     smtpscope explain mailbox-unknown   tells more

  """

@Test(arguments: [false, true])
func `findings stand below their session, errors first`(showsDialogue: Bool) {
  let told = text([troubled], showsDialogue: showsDialogue)
  #expect(told.hasSuffix(lines))
  #expect(told.contains("(550 5.1.1, permanent: the sender gets a bounce) [mailbox-unknown]\n"))
}

@Test func `a narrow terminal has findings too`() {
  let told = text([troubled], style: TextStyle(columns: 40, usesUnicode: false))
  #expect(
    told.contains(
      """
        x mailbox-unknown
            nobody@harbour.example is unknown
            there   #31
        ! bare-lf   3 line feeds stand alone,
      """))
  #expect(told.hasSuffix("\n  smtpscope explain mailbox-unknown\n  tells more\n"))
}

@Test(
  arguments: [(20, nil), (21, "\n  and 1 more finding\n"), (5000, "\n  and 4 980 more findings\n")] as [(Int, String?)])
func `of many findings the worst are shown`(count: Int, rest: String?) {
  var session = troubled
  session.findings = Array(repeating: Samples.finding(.starttlsNotUsed), count: count - 1)
  session.findings.append(Samples.finding(.bareLF))
  let told = text([session])
  #expect(told.contains("\n  ! bare-lf "))
  #expect(told.split(separator: "\n").count { $0.hasPrefix("  · starttls-not-used") } == min(count, 20) - 1)
  #expect(rest.map(told.contains) ?? !told.contains(" more finding"))
}

@Test func `a finding names its mail where there are several`() {
  var session = troubled
  session.transactions.append(Samples.transaction(id: 2, recipients: [Samples.bob]))
  session.findings = [Samples.finding(.bareLF, transaction: 2), Samples.finding(.noQUIT, transaction: nil)]
  let told = text([session])
  #expect(told.contains("  ! bare-lf   mail 2: STARTTLS"))
  #expect(told.contains("  · no-quit   STARTTLS"))
}

@Test(
  arguments: [
    ([.replyLost, .mailboxUnknown, .mailboxUnknown], [.bareLF], "mailbox-unknown"),
    ([nil], [.bareLF, .bareCR, .bareCR, .noQUIT, .noQUIT, .noQUIT], "bare-cr"),
    ([nil], [.bareLF, .nonstandardEndOfData], "nonstandard-end-of-data"), ([nil], [.noQUIT], nil), ([nil], [], nil),
  ] as [([FindingID?], [FindingID], String?)])
func `the last line explains the commonest cause, else the worst finding`(
  causes: [FindingID?], findings: [FindingID], explained: String?
) {
  let sessions = causes.map { cause in
    var session = troubled
    session.verdict.cause = cause
    session.findings = findings.map { Samples.finding($0) }
    return session
  }
  let told = text(sessions)
  #expect(explained.map { told.hasSuffix("     smtpscope explain \($0)   tells more\n") } ?? !told.contains("explain"))
}

@Test func `what a peer put into a finding is inert`() throws {
  var session = troubled
  session.findings[0].message = "It said \u{1b}[2J\r\n\u{202e}"
  let told = text([session], style: TextStyle(columns: 80))
  #expect(told.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isHidden($0.value) })
}

private func record(_ session: Session) throws -> [String: Any] {
  let line = try #require(written(NDJSONReport(), [session]).split(separator: UInt8(ascii: "\n")).first)
  return try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
}

@Test func `a record holds its findings and the cause`() throws {
  let record = try record(troubled)
  let findings = try #require(record["findings"] as? [[String: Any]])
  #expect(findings.map { $0["id"] as? String } == ["starttls-not-used", "bare-lf", "mailbox-unknown"])
  #expect(
    findings[0] as NSDictionary == [
      "id": "starttls-not-used", "severity": "info", "transaction": 1, "frame": 12,
      "time": "2026-11-20T09:14:02.370000Z", "message": "STARTTLS was offered and not used; the mail passed in clear",
      "evidence": "caf\\xe9\\x0d\\x0a", "reference": "RFC 3207 section 6",
    ])
  #expect((record["verdict"] as? [String: Any])?["cause"] as? String == "mailbox-unknown")
}

@Test func `what is not known of a finding is null`() throws {
  var session = troubled
  session.findings = [Samples.bareFinding(.info)]
  session.verdict.cause = nil
  let record = try record(session)
  let finding = try #require((record["findings"] as? [[String: Any]])?.first)
  for key in ["transaction", "frame", "time", "evidence"] { #expect(finding[key] is NSNull, "\(key)") }
  #expect((record["verdict"] as? [String: Any])?["cause"] is NSNull)
}

@Test func `the summary counts findings`() throws {
  let last = try #require(written(NDJSONReport(), [troubled, troubled, Samples.delivered]).split(separator: 10).last)
  let summary = try #require(JSONSerialization.jsonObject(with: Data(last)) as? [String: Any])
  #expect(
    summary["findings"] as? NSDictionary == ["starttls-not-used": 2, "bare-lf": 2, "mailbox-unknown": 2])
}

private func explained(_ id: FindingID, _ style: TextStyle) -> String {
  var output = OutputBuffer()
  output.appendExplanation(of: id, style: style)
  var bytes: [UInt8] = []
  output.drain { bytes.append($0) }
  return String(decoding: bytes, as: UTF8.self)
}

@Test func `an explanation reads like a page of a manual`() {
  let expected = """
    reply-lost   error   the mail may be delivered twice

    The client sent the whole message and the end of its data, and the
    connection ended before the server's answer arrived. The server may have
    taken the mail; the client cannot know and will send it again.

    Seen when     the end of data was sent, no reply follows, and one side
                  closes, resets or falls silent; who left, and after how
                  long, is told
    What to do    look at what the server does between the dot and its reply
                  (content filter, full disk); raise the client's data-done
                  timeout to at least 10 minutes; compare the Message-ID of
                  the next attempt
    See           RFC 1047 · RFC 5321 section 4.5.3.2.6 ·
                  RFC 5321 section 6.1

    """
  #expect(explained(.replyLost, TextStyle()) == expected)
}

@Test(arguments: [32, 49, 50, 72, 80, 132])
func `no explanation is wider than the terminal`(columns: Int) {
  for id in FindingID.allCases {
    let text = explained(id, TextStyle(columns: columns, usesUnicode: false))
    let widest = text.split(separator: "\n").map(\.count).max() ?? 0
    #expect(widest <= columns, "\(id)")
    #expect(text.utf8.allSatisfy { $0 < 0x7f })
  }
}

@Test(arguments: [nil, 32, 64, 80] as [Int?])
func `the list has a line for each finding`(columns: Int?) {
  var output = OutputBuffer()
  output.appendCatalogue(style: TextStyle(columns: columns))
  var bytes: [UInt8] = []
  output.drain { bytes.append($0) }
  let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  #expect(lines.count { $0.hasPrefix("  ") && !$0.hasPrefix("   ") } == FindingID.allCases.count)
  #expect(lines.filter { !$0.hasPrefix(" ") }.map(String.init) == FindingGroup.allCases.map(\.rawValue))
  #expect((lines.map(\.count).max() ?? 0) <= columns ?? .max)
}
