import SMTPAnalysis
import TestSupport
import Testing

// LMTP, RFC 2033 section 4.2: replies for several recipients that come as one.

private func sent(to recipients: String...) -> String {
  "S: 220 store LMTP\nC: LHLO c\nS: 250-store\nS: 250 CHUNKING\nC: MAIL FROM:<a@b>\nS: 250 ok\n"
    + recipients.map { "C: RCPT TO:<\($0)>\nS: 250 ok\n" }.joined()
}

private let data = "C: DATA\nS: 354 go\nC: x\nC: .\n"
private let chunk = "C: BDAT 3 LAST\nC: x\n"
private let bye = "C: QUIT\nS: 221 bye\n"

private func session(_ script: String) -> Session? { Analysis(Conversation(script + bye)).sessions.first }

@Suite struct JoinedRepliesTests {
  @Test(arguments: [data, chunk])
  func `lines of different codes, one for each recipient, are a reply for each`(transfer: String) throws {
    let found = try #require(
      session(
        sent(to: "one@d", "two@d", "three@d") + transfer
          + "S: 250-2.1.5 <one@d> ok\nS: 452-4.2.2 <two@d> over quota\nS: 250 2.1.5 <three@d> ok\n"))
    let transaction = try #require(found.transactions.first)
    #expect(transaction.outcome == .partiallyAccepted)
    #expect(transaction.recipients.map(\.outcome) == [.accepted, .deferred, .accepted])
    #expect(transaction.recipients.map(\.dataReply?.code) == [250, 452, 250])
    #expect(found.verdict.cause == .mailboxFull)
    #expect(found.verdict.message.contains("two@d: 452 4.2.2 <two@d> over quota"))
    let finding = found.findings.first { $0.id == .replyCodeChanged }
    #expect(finding?.message.contains("each line is taken for one recipient's") == true)
    #expect(!found.findings.contains { $0.id == .replyMissing || $0.id == .enhancedStatusMismatch })
  }

  @Test(
    arguments: [
      // More lines than recipients, fewer, and all of one code.
      ("S: 250-2.1.5 ok\nS: 550-5.2.2 <two@d>\nS: 550 5.2.2 over quota\n", [550, nil]),
      ("S: 250-2.1.5 <one@d>\nS: 250 2.1.5 ok\n", [250, nil]),
      // The first has its reply, and one line more than are left follows.
      ("S: 250 2.1.5 <one@d> ok\nS: 250-2.1.5 <two@d>\nS: 550 5.2.2 over quota\n", [250, 550]),
    ] as [(String, [Int?])])
  func `lines that are no reply for each are one reply`(replies: String, codes: [Int?]) {
    let found = session(sent(to: "one@d", "two@d") + data + replies)
    #expect(found?.transactions.first?.recipients.map(\.dataReply?.code) == codes)
  }

  @Test func `in SMTP the last code counts`() {
    let found = session(Dialogues.text + "C: .\nS: 250-ok\nS: 550 5.7.1 no\n")
    #expect(found?.transactions.first?.outcome == .refused)
    #expect(found?.findings.first { $0.id == .replyCodeChanged }?.message.contains("the last one, 550, counts") == true)
  }
}
