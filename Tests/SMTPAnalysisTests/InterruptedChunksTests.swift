import SMTPAnalysis
import TestSupport
import Testing

/// Commands among a message's chunks (RFC 3030 section 2), and chunks that another command stands for.
@Suite struct InterruptedChunksTests {
  private func recorded(_ script: String, piece: Int) -> Session? {
    Analysis(Conversation(script, piece: piece)).sessions.first
  }

  private static let ending = "C: QUIT\nS: 221 bye\n"

  @Test(
    arguments: [
      "C: NOOP\nS: 250 ok\n", "C: AUTH PLAIN AGEAYg==\nS: 503 no\n",
      "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 no\n",
      "C: AUTH PLAIN\nS: 334\nC: AGEAYg==\nS: 503 no\n", "C: STARTTLS\nS: 454 no\n",
    ], [1460, 1])
  func `a message goes on behind a command that does not end it`(command: String, piece: Int) throws {
    let script =
      Dialogues.envelope + #"C: BDAT 7\r\nhello\r\n\"# + "\nS: 250 ok\n" + command + #"C: BDAT 5 LAST\r\nhi!\r\n\"#
      + "\nS: 250 ok\n" + Self.ending
    let session = try #require(recorded(script, piece: piece))
    #expect(session.transactionLines == ["a@b > c@d:accepted = accepted"])
    let message = try #require(session.transactions.first?.message)
    #expect(message.byteCount == 12 && message.isComplete)
  }

  @Test(arguments: ["C: STARTTLS\nS: 454 no\n", "C: AUTH PLAIN AGEAYg==\nS: 503 no\n", "C: AUTH PLAIN AGEAYg==\nS!"])
  func `what was sent of a message before it is there, whatever the end`(command: String) throws {
    let script = Dialogues.envelope + #"C: BDAT 7\r\nhello\r\n\"# + "\nS: 250 ok\n" + command
    let message = try #require(recorded(script, piece: 1460)?.transactions.first?.message)
    #expect(message.byteCount == 7 && !message.isComplete)
  }

  @Test(arguments: [1, 2])
  func `chunks behind a MAIL that was refused are no mail of their own`(chunks: Int) throws {
    let sent = chunks == 1 ? #"BDAT 7 LAST\r\nhello\r\n\"# : #"BDAT 4\r\nhellBDAT 3 LAST\r\no\r\n\"#
    let replies = #"S: 550 no\r\n503 first MAIL"# + String(repeating: #"\r\n503 first MAIL"#, count: chunks) + "\n"
    let script = Dialogues.hello + #"C: MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"# + sent + "\n" + replies + Self.ending
    let session = try #require(recorded(script, piece: 1460))
    #expect(session.transactionLines == ["a@b > c@d:refused = refused"])
    #expect(session.verdict.cause == .senderRefused)
  }

  @Test(arguments: [1460, 1])
  func `BURL LAST ends a message that is not all in the capture`(piece: Int) throws {
    for before in ["", #"C: BDAT 7\r\nhello\r\n\"# + "\nS: 250 ok\n"] {
      let script = Dialogues.envelope + before + "C: BURL imap://h/o;uid=25 LAST\nS: 250 queued\n" + Self.ending
      let session = try #require(recorded(script, piece: piece))
      #expect(session.transactionLines == ["a@b > c@d:accepted = accepted"])
      let message = try #require(session.transactions.first?.message)
      #expect(message.byteCount == (before.isEmpty ? 0 : 7) && !message.isComplete)
      #expect(session.verdict.outcome == .delivered)
    }
  }
}
