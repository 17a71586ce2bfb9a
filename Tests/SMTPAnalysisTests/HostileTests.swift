import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// What one peer may send to make a reader of it slow or fat, `count` times.
private enum Attack: CaseIterable, Sendable {
  case recipients
  case endlessLine
  case endlessReply
  case tinyChunks
  case heldText
  case oddDots
  case greetings
  case base64Answers

  func script(_ count: Int) -> String {
    let repeated = { (text: String) in String(repeating: text, count: count) }
    return switch self {
    case .recipients:
      Dialogues.envelope + "C: " + repeated(#"RCPT TO:<someone@example>\r\n"#) + "\\"
    case .endlessLine: Dialogues.hello + "C: " + repeated("NOOP and so on and on ") + "\\"
    case .endlessReply: "S: 220 mx\nC: EHLO c\nS: " + repeated(#"250-and so on\r\n"#) + "\\"
    case .tinyChunks: Dialogues.envelope + "C: " + repeated(#"BDAT 1\r\nx"#) + #"BDAT 0 LAST\"#
    case .heldText: Dialogues.envelope + "C: DATA\nC: " + repeated(#"text before the 354 came\r\n"#) + "\\"
    case .oddDots: Dialogues.data + "C: " + repeated(#"\n.\r\nMAIL FROM:<a@b>\r\n"#) + #"\r\n.\r\n\"#
    case .greetings: "S: " + repeated(#"220 mx\r\n"#) + "\\"
    case .base64Answers: Dialogues.hello + "C: AUTH LOGIN\n" + repeated("S: 334 Vg==\nC: Vg==\n")
    }
  }
}

@Suite(.serialized) struct HostileTests {
  // What a firewall writes over an extension, and what a server may say, of no reasonable length.
  @Test(arguments: ["X", "é"])
  func `a finding quotes the beginning of what has no end`(letter: String) throws {
    let long = String(repeating: letter, count: 50_000)
    let script =
      "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250 \(String(repeating: "X", count: 50_000))\nC: MAIL FROM:<a@b>\nS: 550 \(long)\n"
      + "C: QUIT\nS: 221 bye\nC.\nS."
    let session = try #require(Analysis(Conversation(script)).sessions.first)
    #expect(Set(session.findings.map(\.id)).isSuperset(of: [.starttlsStripped, .middleboxInspection, .senderRefused]))
    for finding in session.findings {
      #expect(finding.message.utf8.count <= 4200, "\(finding.id)")
      #expect(finding.evidence?.count ?? 0 <= 4096, "\(finding.id)")
    }
    #expect(session.findings.contains { $0.message.hasSuffix("\(letter)...") })
    // The record has all that is kept of the reply.
    #expect(session.transactions.first?.mailReply?.lines.joined.count ?? 0 > 40_000)
  }

  @Test(arguments: Attack.allCases)
  fileprivate func `twice as much takes twice the time`(attack: Attack) {
    let small = Conversation(attack.script(5000)).frames
    let large = Conversation(attack.script(10000)).frames
    #expect(growth(enough: 3, small: { _ = Analysis(small) }, large: { _ = Analysis(large) }) < 3)
    #expect(Analysis(large).sessions.count == 1)
  }

  @Test func `twenty thousand recipients for a silent server are all told`() throws {
    let session = try #require(Analysis(Conversation(Attack.recipients.script(20_000))).sessions.first)
    #expect(session.transactions.map(\.recipients.count) == [20_001])
    #expect(session.transactions.map(\.outcome) == [.aborted])
  }

  @Test(arguments: [(9, 9), (10, 10), (11, 10)])
  func `recipients, transactions and lines are kept up to their limits`(count: Int, kept: Int) throws {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    options.limits.recipientsPerTransaction = 10
    options.limits.transactionsPerSession = 10
    options.limits.extensions = 10
    options.limits.dialogueLines = 10
    let recipients =
      Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\n"
      + String(repeating: "C: RCPT TO:<c@d>\nS: 250 ok\n", count: count)
    let transactions =
      Dialogues.hello + String(repeating: "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RSET\nS: 250 ok\n", count: count)
    let extensions =
      "S: 220 mx\nC: EHLO c\nS: 250-mx\n" + String(repeating: "S: 250-X\n", count: count - 1) + "S: 250 X"
    let lines = String(repeating: "S: 220 x\n", count: count)
    let session = { (script: String) in
      try #require(Analysis(Conversation(script, closes: false), options: options).sessions.first)
    }
    #expect(try session(recipients).transactions.first?.recipients.count == kept)
    #expect(try session(transactions).transactions.count == kept)
    #expect(try session(extensions).extensions.count == kept)
    #expect(try session(lines).dialogue.count == kept)
  }
}
