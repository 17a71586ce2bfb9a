import SMTPAnalysis
import TestSupport
import Testing

/// What a session has more of than is kept is counted, not silently gone.
@Suite struct OmittedTests {
  private func session(_ script: String) throws -> Session {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    options.limits.recipientsPerTransaction = 10
    options.limits.recipientsPerSession = 25
    options.limits.transactionsPerSession = 10
    options.limits.dialogueLines = 10
    options.limits.loginsPerSession = 10
    return try #require(Analysis(Conversation(script, closes: false), options: options).sessions.first)
  }

  @Test(arguments: [(10, 0), (11, 1), (15, 5)])
  func `recipients, transactions, lines and logins over the limits are counted`(count: Int, omitted: Int) throws {
    let recipients = String(repeating: "C: RCPT TO:<c@d>\nS: 250 ok\n", count: count)
    #expect(
      try session(Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\n" + recipients).omitted.recipients == omitted)
    let transactions = String(repeating: "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RSET\nS: 250 ok\n", count: count)
    #expect(try session(Dialogues.hello + transactions).omitted.transactions == omitted)
    // Three mails of ten are more than one session may keep, of which each may have as many.
    let mail = "C: MAIL FROM:<a@b>\nS: 250 ok\n" + String(repeating: "C: RCPT TO:<c@d>\nS: 250 ok\n", count: 10)
    let mails = try session(Dialogues.hello + String(repeating: mail + "C: RSET\nS: 250 ok\n", count: 3))
    #expect(mails.transactions.map(\.recipients.count) == [10, 10, 5] && mails.omitted.recipients == 5)
    let refused = "C: AUTH PLAIN AGEAYg==\nS: 535 5.7.8 no\n"
    let logins = try session(
      Dialogues.hello + String(repeating: refused, count: count - 1) + "C: AUTH PLAIN AGEAYg==\nS: 235 ok\n" + refused)
    #expect(logins.authentications.count == 10 && logins.omitted.logins == omitted + 1)
    #expect(logins.authentications.contains { $0.outcome == .accepted })
    let lines = try session(String(repeating: "S: 220 x\n", count: count))
    #expect(lines.omitted.dialogueLines == omitted)
    var summary = AnalysisSummary()
    summary.count(lines)
    summary.count(lines)
    #expect(summary.limited.omitted.dialogueLines == 2 * omitted)
    summary.finish(AnalysisSummary())
    #expect(summary.limited.omitted.dialogueLines == 2 * omitted)
  }

  @Test func `each recipient of LMTP has its own reply, also where some were refused`() throws {
    let script = """
      S: 220 mx LMTP
      C: LHLO c
      S: 250 mx
      C: MAIL FROM:<a@b>
      S: 250 ok
      C: RCPT TO:<c@d>
      S: 550 no
      C: RCPT TO:<e@d>
      S: 250 ok
      C: RCPT TO:<f@d>
      S: 450 later
      C: RCPT TO:<g@d>
      S: 250 ok
      C: DATA
      S: 354 go
      C: Subject: x\\r\\n\\r\\nx\\r\\n.
      S: 250 stored
      S: 452 full

      """
    let transaction = try #require(try session(script).transactions.first)
    #expect(transaction.recipients.map { $0.dataReply?.code } == [nil, 250, nil, 452])
  }
}
