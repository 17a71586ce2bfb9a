import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// The line ends of a lone dot, as a script writes them and as a finding names them.
struct DotForm: CustomTestStringConvertible, Sendable {
  var before: String
  var behind: String
  var name: String
  var testDescription: String { name }

  static let all: [DotForm] = [
    DotForm(before: #"\n"#, behind: #"\n"#, name: "<LF>.<LF>"),
    DotForm(before: #"\n"#, behind: #"\r\n"#, name: "<LF>.<CR><LF>"),
    DotForm(before: #"\n"#, behind: #"\r"#, name: "<LF>.<CR>"),
    DotForm(before: #"\r"#, behind: #"\r"#, name: "<CR>.<CR>"),
    DotForm(before: #"\r"#, behind: #"\r\n"#, name: "<CR>.<CR><LF>"),
    DotForm(before: #"\r"#, behind: #"\n"#, name: "<CR>.<LF>"),
    DotForm(before: #"\r\n"#, behind: #"\n"#, name: "<CR><LF>.<LF>"),
    DotForm(before: #"\r\n"#, behind: #"\r"#, name: "<CR><LF>.<CR>"),
    DotForm(before: #"\r\n\0"#, behind: #"\r\n"#, name: "<CR><LF><NUL>.<CR><LF>"),
    DotForm(before: #"\r\n\0\0"#, behind: #"\r\n"#, name: "<CR><LF><NUL>.<CR><LF>"),
  ]
}

private let opening = Dialogues.data + "C: From: a@b\nC:\n"
private let inner =
  #"MAIL FROM:<x@y>\r\nRCPT TO:<z@w>\r\nDATA\r\nSubject: inner\r\n\r\nSmuggled.\r\n.\r\n"#

@Suite struct EndOfDataTests {
  private func session(_ script: String, piece: Int) -> Session? {
    Analysis(Conversation(script, piece: piece)).sessions.first
  }

  private func attack(_ form: DotForm) -> String { "\(opening)C: outer\(form.before).\(form.behind)\(inner)\\\n" }

  @Test(arguments: DotForm.all, [1460, 1])
  func `a server that takes the dot for the end lets a second mail in`(form: DotForm, piece: Int) {
    let replies = "S: 250 one\nS: 250 ok\nS: 250 ok\nS: 354 go\nS: 250 two\nC: QUIT\nS: 221 bye\n"
    let session = session(attack(form) + replies, piece: piece)
    #expect(session?.transactionLines == ["a@b > c@d:accepted = accepted", "x@y > z@w:accepted = accepted"])
    let dot = session?.findings.first { $0.id == .nonstandardEndOfData }
    #expect(dot?.message.hasPrefix("\(form.name) stands in the message") == true, "\(dot?.message ?? "")")
    #expect(dot?.severity == .error)
    #expect(dot?.message.contains("took it for the end") == true)
    let smuggled = session?.findings.first { $0.id == .smuggledTransaction }
    #expect(smuggled?.severity == .error && smuggled?.transaction == 1)
    #expect(
      smuggled?.message.contains("MAIL FROM:<x@y> behind it for a command that it answered 250 ok") == true,
      "\(smuggled?.message ?? "")")
    #expect(session?.verdict.cause == .smuggledTransaction)
    #expect(session?.verdict.outcome == .delivered)
  }

  /// A reply tells what the client had said before it: the dialogue has the client's lines first.
  @Test(arguments: [true, false])
  func `the dialogue goes by time where a reply told what was said`(isLenient: Bool) throws {
    let form = DotForm.all[1]
    let replies =
      isLenient ? "S: 250 one\nS: 250 ok\nS: 250 ok\nS: 354 go\nS: 250 two\n" : "S: 250 one\n"
    var options = AnalysisOptions()
    options.keepsDialogue = true
    let conversation = Conversation(attack(form) + replies + "C: QUIT\nS: 221 bye\n")
    let session = try #require(Analysis(conversation, options: options).sessions.first)
    let times = session.dialogue.map(\.time)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    let quit = session.dialogue.firstIndex { $0.content == .line(Array("QUIT".utf8)) }
    let bye = session.dialogue.firstIndex { $0.content == .line(Array("221 bye".utf8)) }
    #expect(try #require(quit) < #require(bye))
    #expect(session.dialogue.count { $0.from == .client } == (isLenient ? 11 : 7), "\(session.dialogue)")
  }

  @Test(arguments: DotForm.all, [1460, 1])
  func `a server that reads on gets one mail`(form: DotForm, piece: Int) {
    let session = session(attack(form) + "S: 250 one\nC: QUIT\nS: 221 bye\n", piece: piece)
    #expect(session?.transactionLines == ["a@b > c@d:accepted = accepted"])
    let dot = session?.findings.first { $0.id == .nonstandardEndOfData }
    #expect(dot?.message.hasPrefix("\(form.name) stands in the message") == true)
    #expect(dot?.message.contains("prove that it read on") == true, "\(dot?.message ?? "")")
    #expect(dot?.message.contains("MAIL FROM:<x@y>") == true)
    #expect(session?.findings.contains { $0.id == .smuggledTransaction } == false)
    #expect(session?.verdict.cause == nil)
  }

  @Test func `where the capture ends before the replies, neither is said`() {
    let session = session(attack(DotForm.all[1]) + "S: 250 one\n", piece: 1460)
    let dot = session?.findings.first { $0.id == .nonstandardEndOfData }
    #expect(dot?.message.contains("do not tell which the server was") == true, "\(dot?.message ?? "")")
    #expect(session?.transactions.count == 1)
  }

  @Test(arguments: [
    #"C: plain\r\n..\r\nstuffed"#, #"C: plain\n.more on the line"#, #"C: a.\nb"#, #"C: a .\r b"#, #"C: 1\0.\r\n2"#,
    #"C: sentence.\r\n"#,
  ])
  func `a dot that no reader takes for the end is not told`(line: String) {
    let session = session(opening + line + "\nC: .\nS: 250 ok\nC: QUIT\nS: 221 bye\n", piece: 1460)
    #expect(session?.findings.contains { $0.id == .nonstandardEndOfData } == false)
    #expect(session?.transactions.first?.outcome == .accepted)
  }

  @Test func `a sender of LF alone means its dot`() {
    let script = #"""
      S: 220 mx.example
      C: EHLO a.example\n\
      S: 250 mx.example
      C: MAIL FROM:<a@b>\n\
      S: 250 ok
      C: RCPT TO:<c@d>\n\
      S: 250 ok
      C: DATA\n\
      S: 354 go
      C: From: a@b\n\nHello.\n.\nQUIT\n\
      S: 250 ok
      S: 221 bye
      """#
    let session = session(script, piece: 1460)
    #expect(session?.transactionLines == ["a@b > c@d:accepted = accepted"])
    let dot = session?.findings.first { $0.id == .nonstandardEndOfData }
    #expect(dot?.severity == .warning)
    #expect(session?.findings.contains { $0.id == .smuggledTransaction } == false)
    #expect(session?.hasQuit == true)
  }

  @Test(arguments: [1460, 1])
  func `of two places the one is found that the server took`(piece: Int) {
    let script =
      opening + #"C: outer\r.\r more text\n.\r\n"# + inner + "\\\n"
      + "S: 250 one\nS: 250 ok\nS: 250 ok\nS: 354 go\nS: 250 two\nC: QUIT\nS: 221 bye\n"
    let session = session(script, piece: piece)
    #expect(session?.transactionLines == ["a@b > c@d:accepted = accepted", "x@y > z@w:accepted = accepted"])
    let dot = session?.findings.first { $0.id == .nonstandardEndOfData }
    #expect(
      dot?.message.hasPrefix("<LF>.<CR><LF> stands in the message (1 more such place)") == true, "\(dot?.message ?? "")"
    )
  }

  @Test(
    arguments: [
      (#"C: one\ntwo\n"#, "S: 451 See http://pobox.com/~djb/docs/smtplf.html.\nS.\nC.", .deferred, .bareLF),
      (#"C: one\n.\n\"#, "S: 550 5.5.2 bare <LF> received\nC.\nS.", .refused, .bareLF),
      ("C: one", "S: 552 5.3.4 message too big\nS.\nC.", .refused, .sizeExceeded),
      (
        "C: one", "S: 552 5.3.4 message too big\nC: .\nS: 552 5.3.4 message too big\nC: QUIT\nS: 221 bye", .refused,
        .sizeExceeded
      ),
      ("C: one", "S: 421 4.4.2 timeout\nS.\nC.", .lost, .endOfDataMissing),
      ("C: one", "S: 451 4.4.2 timeout\nS.\nC.", .lost, .endOfDataMissing),
    ] as [(String, String, Transaction.Outcome, FindingID)])
  func `a refusal within the text decides`(text: String, end: String, outcome: Transaction.Outcome, cause: FindingID) {
    let session = session("\(opening)\(text)\n\(end)", piece: 1460)
    #expect(session?.transactions.map(\.outcome) == [outcome])
    #expect(session?.verdict.cause == cause, "\(session?.findings.map(\.message) ?? [])")
  }

  @Test func `a refusal of the line ends is the cause, and nothing was smuggled`() {
    let session = session(
      attack(DotForm.all[1]) + "S: 550 5.5.2 bare <LF> received\nC: QUIT\nS: 221 bye\n", piece: 1460)
    #expect(session?.transactionLines == ["a@b > c@d:refused = refused"])
    #expect(session?.verdict.cause == .bareLF)
    #expect(session?.findings.contains { $0.id == .smuggledTransaction } == false)
  }
}
