import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// Records as TLS 1.2 sends them, with nothing inside: a hello, a change of the cipher, application data, an alert.
private enum Record {
  static let hello = #"\x16\x03\x01\x00\x02ab"#
  static let change = #"\x14\x03\x03\x00\x01\x01"#
  static let application = #"\x17\x03\x03\x00\x03abc"#
  static let alert = #"\x15\x03\x03\x00\x02\x02\x28"#
}

private let established = """
  C: \(Record.hello)\\
  S: \(Record.hello)\(Record.change)\(Record.application)\\
  C: \(Record.change)\(Record.application)\\
  C: \(Record.application)\\
  S: \(Record.application)\\

  """

@Suite struct TLSTests {
  @Test(
    arguments: [
      (Dialogues.hello + "C: STARTTLS\nS: 220 go\n" + established, .starttls, .established, false, .unknown),
      (Dialogues.hello + "C: STARTTLS\nS: 454 no key\nC: QUIT\nS: 221 bye", .starttls, .refused, false, .failed),
      (
        Dialogues.hello + "C: STARTTLS\nS: 220 go\nC: \(Record.hello)\\\nS: \(Record.alert)\\\nC.\nS.", .starttls,
        .failed,
        false, .failed
      ),
      (
        Dialogues.hello + "C: STARTTLS\nS: 220 go\n" + Dialogues.mailBehindTLS, .starttls, .established, true,
        .delivered
      ),
      (established, .implicit, .established, false, .unknown),
      ("C: \(Record.hello)\\\nS!", .implicit, .failed, false, .failed),
    ] as [(String, TLSUse.Method, TLSUse.Outcome, Bool, Verdict.Outcome)], [1460, 1])
  func `how TLS was asked for and what came of it`(
    example: (String, TLSUse.Method, TLSUse.Outcome, Bool, Verdict.Outcome), piece: Int
  ) {
    let (script, method, outcome, isReadable, verdict) = example
    let session = Analysis(Conversation(script, piece: piece)).sessions.first
    #expect(session?.tls?.method == method)
    #expect(session?.tls?.outcome == outcome)
    #expect(session?.tls?.isReadable == isReadable)
    #expect(session?.verdict.outcome == verdict)
    if isReadable { #expect(session?.transactionLines == ["a@b > c@d:accepted = accepted"]) }
  }

  @Test func `a mail goes on in clear behind a refused STARTTLS`() {
    let script = Dialogues.hello + "C: STARTTLS\nS: 454 no key\n" + Dialogues.mailBehindTLS
    let session = Analysis(Conversation(script)).sessions.first
    #expect(session?.tls?.outcome == .refused)
    #expect(session?.transactionLines == ["a@b > c@d:accepted = accepted"])
  }

  @Test func `AUTH behind a decrypted STARTTLS did not pass in clear`() {
    let script =
      Dialogues.hello + "C: STARTTLS\nS: 220 go\nC: EHLO c\nS: 250 mx\nC: AUTH PLAIN AGFubgBwdw==\nS: 235 ok"
    #expect(Analysis(Conversation(script)).sessions.first?.authentications.map(\.isInClear) == [false])
  }
}

extension Dialogues {
  static let mailBehindTLS = """
    C: EHLO client.example
    S: 250 mx.example
    C: MAIL FROM:<a@b>
    S: 250 ok
    C: RCPT TO:<c@d>
    S: 250 ok
    C: DATA
    S: 354 go
    C: .
    S: 250 ok
    C: QUIT
    S: 221 bye

    """
}
