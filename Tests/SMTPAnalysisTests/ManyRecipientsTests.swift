import SMTPAnalysis
import TestSupport
import Testing

@Test func `of replies without end the beginning is told, for some recipients that differ`() throws {
  let refusals = [550, 551, 553, 450].map { code in
    "C: RCPT TO:<\(code)@d>\n" + String(repeating: "S: \(code)-\(String(repeating: "y", count: 400))\n", count: 40)
      + "S: \(code) no\n"
  }
  let script =
    Dialogues.envelope + refusals.joined() + "C: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\nC: QUIT\nS: 221 bye\n"
  let session = try #require(Analysis(Conversation(script)).sessions.first)
  #expect(session.verdict.outcome == .partial)
  #expect(session.verdict.message.hasPrefix("4 of 5 recipients did not get the mail: 550@d: 550 yyy"))
  #expect((4000...4100).contains(session.verdict.message.utf8.count))
}

/// What checks ask of each exchange of a mail with very many recipients. Were all of them looked at for each, it would take
/// the square of their number.
private enum Mailing: CaseIterable, Sendable {
  case refusedForForm
  /// Beyond ASCII, with a parameter that was not offered.
  case refused
  /// The transaction is refused, and not by any of them.
  case refusedButForTheLast
  /// LMTP, looked at whenever a reply comes.
  case answeredSingly

  func script(_ count: Int) -> String {
    let refused = { (command: String, reply: String) in
      Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\n"
        + String(repeating: "C: \(command)\nS: \(reply)\n", count: count)
    }
    return switch self {
    case .refusedForForm: refused("RCPT TO:c@d", "501 5.1.3 bad address syntax")
    case .refused: refused(#"RCPT TO:<\xc3\xa4@d> NOTIFY=NEVER"#, "550 5.7.1 no")
    case .refusedButForTheLast:
      refused(#"RCPT TO:<\xc3\xa4@d> NOTIFY=NEVER"#, "550 5.7.1 no")
        + "C: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 554 5.7.1 no"
    case .answeredSingly:
      "S: 220 mx LMTP\nC: LHLO c\nS: 250-mx\nS: 250 PIPELINING\nC: MAIL FROM:<a@b>\nS: 250 ok\n"
        + String(repeating: "C: RCPT TO:<c@d>\nS: 250 ok\n", count: count) + "C: DATA\nS: 354 go\nC: x\nC: .\n"
        + String(repeating: "S: 250 ok\n", count: count)
    }
  }

  var outcome: Transaction.Outcome { self == .answeredSingly ? .accepted : .refused }
  var findings: [FindingID] {
    switch self {
    case .refusedForForm: [.commandSyntax]
    case .refused, .refusedButForTheLast: [.smtputf8Missing, .parameterNotOffered]
    case .answeredSingly: []
    }
  }
}

@Suite(.serialized) struct ManyRecipientsTests {
  @Test(arguments: Mailing.allCases)
  fileprivate func `thirty thousand recipients take four times what a quarter of them takes`(mailing: Mailing) throws {
    let quarter = Conversation(mailing.script(7500)).frames
    let all = Conversation(mailing.script(30_000)).frames
    var options = AnalysisOptions()
    options.tellsTransactions = mailing == .answeredSingly
    var session: Session?
    let growth = growth(
      enough: 6, small: { _ = Analysis(quarter, options: options) },
      large: { session = Analysis(all, options: options).sessions.first })
    #expect(growth < 6)
    let transaction = try #require(session?.transactions.first)
    #expect(transaction.recipients.count >= 30_000)
    #expect(transaction.outcome == mailing.outcome)
    for finding in mailing.findings {
      let found = try #require(session?.findings.first { $0.id == finding })
      #expect(found.severity == (mailing == .refusedButForTheLast ? .warning : .error))
    }
  }

  /// Each names another mechanism, and is looked up among all that were said.
  @Test func `very many logins are looked through once`() throws {
    let script = { (count: Int) in
      let logins = (0..<count).map { "C: AUTH X\($0)\nS: 235 ok\n" }
      return Dialogues.hello + logins.joined() + "C: MAIL FROM:<a@b>\nS: 250 ok\n"
    }
    let quarter = Conversation(script(4000)).frames
    let all = Conversation(script(16_000)).frames
    var session: Session?
    #expect(
      growth(enough: 6, small: { _ = Analysis(quarter) }, large: { session = Analysis(all).sessions.first }) < 6)
    let found = try #require(session?.findings.first { $0.id == .credentialsInClear })
    #expect(found.severity == .info && found.message.hasPrefix("AUTH X0 "))
  }
}
