import Testing
import Wire

@testable import SMTPAnalysis

/// A reply as a server would send it, and what it means to the command that it answers.
struct KnownText: CustomTestStringConvertible, Sendable {
  var step: ReplyMeaning.Step
  var text: String
  var meaning: ReplyMeaning

  init(_ step: ReplyMeaning.Step, _ text: String, _ meaning: ReplyMeaning) {
    self.step = step
    self.text = text
    self.meaning = meaning
  }

  var testDescription: String { "\(step): \(text)" }
}

/// The reply of a line such as `550 5.1.1 <c@d>: no`; `|` parts its lines.
func reply(_ text: String) -> ReplyRecord {
  let code = Int(text.prefix(3)) ?? 0
  let lines = text.dropFirst(4).split(separator: "|", omittingEmptySubsequences: false).map { Array($0.utf8) }
  let status = lines.first.flatMap { EnhancedStatus(atHeadOf: $0.span) }
  return ReplyRecord(
    code: code, enhanced: status, lines: TextLines(lines), frame: 1, time: CaptureTime(nanoseconds: 0), delay: nil)
}

private func meaning(_ text: KnownText) -> ReplyMeaning { ReplyReading(of: reply(text.text), to: text.step).meaning }

@Suite struct ReplyTextTests {
  @Test(arguments: recipientTexts + senderTexts)
  func `what is said to MAIL and RCPT`(text: KnownText) { #expect(meaning(text) == text.meaning) }

  @Test(arguments: clientTexts)
  func `what is said to the client itself`(text: KnownText) { #expect(meaning(text) == text.meaning) }

  @Test(arguments: messageTexts)
  func `what is said to a message`(text: KnownText) { #expect(meaning(text) == text.meaning) }

  @Test(arguments: sessionTexts + loginTexts)
  func `what is said of the session`(text: KnownText) { #expect(meaning(text) == text.meaning) }

  @Test(arguments: providerTexts)
  func `what great providers and their filters say`(text: KnownText) { #expect(meaning(text) == text.meaning) }

  @Test(arguments: nearMisses)
  func `words that are no reasons`(text: KnownText) { #expect(meaning(text) == text.meaning) }

  @Test(
    arguments: [
      ("550 5.7.1 <ann@spam.example>: Relay access denied", "@ relay access denied"),
      ("554 <x>: Helo command rejected: isn't e-mail", "^ helo command rejected isnt e mail"),
      ("550 see https://rbl.example/blocked?ip=192.0.2.1.", "see /"),
      ("550-5.1.1 The account|5.1.1 does not exist", "the account does not exist"),
      ("550 Host [192.0.2.1] and 2001:db8::1, mx.spam.example.", "host # and # ."),
      ("550 sorry, no (#5.1.1)", "sorry no"), ("550 bare <LF> received", "bare lf received"),
      ("550 Relaying denied.Please log in", "relaying denied please log in"),
      ("550 ann@spam.example unknown, \"b@c.example\"", "@ unknown @"), ("550 <open", "open"), ("550 ", ""),
      ("550 ..., <>, @ # ' :", ""), ("550 spf=fail", "spf fail"),
      ("550 in bl.lists.example=127.0.0.2 a=b@c.example ===", "in . # @"),
    ])
  func `a reply's words, without what it quotes`(text: String, words: String) {
    #expect(String(decoding: ReplyText(reply(text).lines).words, as: UTF8.self) == words)
  }

  @Test func `a reply of megabytes is read in front`() {
    let line = Array(String(repeating: "x ", count: 100_000).utf8) + Array("greylisted".utf8)
    #expect(ReplyText([line]).words.count <= ReplyText.limit)
    #expect(ReplyText(TextLines(Array(repeating: Array("a b".utf8), count: 100_000))).starts.count <= ReplyText.limit)
  }

  @Test(
    arguments: [
      [0xff, 0xfe, 0x00, 0x3c, 0x3c, 0x3e], Array("<<<<a@<@>@>".utf8), Array("http://".utf8), Array("www.".utf8),
      Array("5.".utf8), Array("5.1.".utf8), Array("::".utf8), Array("@".utf8), Array("a@".utf8), Array("@a".utf8),
      Array("\"<".utf8), Array("....".utf8), [],
    ] as [[UInt8]])
  func `no text is too odd`(line: [UInt8]) {
    let text = ReplyText([line, line])
    #expect(text.starts.allSatisfy { $0 < text.words.count })
    let record = ReplyRecord(
      code: 550, enhanced: nil, lines: [line], frame: 1, time: CaptureTime(nanoseconds: 0), delay: nil)
    #expect(ReplyReading(of: record, to: .mail).meaning == .unspecified)
  }

  /// Every entry can be found by each of its phrases, at a step and with a code that it allows.
  @Test(arguments: KnownReply.all.indices)
  func `each phrase of the table is found`(number: Int) {
    let entry = KnownReply.all[number]
    #expect(!entry.saidBy.isEmpty && !entry.phrases.isEmpty)
    for phrase in entry.phrases {
      #expect(phrase.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && !(0x41...0x5a).contains($0) }, "\(phrase)")
      let text = ReplyText(phrase: phrase)
      #expect(text.words.count >= 3, "\(phrase)")
      var spoken = phrase.replacing("*", with: "ed")
      for (name, example) in [
        ("<address>", "<a@b.example>"), ("<host>", "b.example"), ("<ip>", "192.0.2.1"), ("<url>", "http://b.example/"),
      ] { spoken = spoken.replacing(name, with: example) }
      let index = PhraseIndex([entry])
      let found = index.best(
        in: ReplyText([Array("so, \(spoken.uppercased().replacing("B.EXAMPLE", with: "b.example")): no".utf8)]),
        Self.step(of: entry), code: Self.code(of: entry), enhanced: Self.status(of: entry))
      #expect(found != nil, "\(phrase)")
    }
  }

  private static func step(of entry: KnownReply) -> ReplyMeaning.Step {
    (0...7).lazy.compactMap(ReplyMeaning.Step.init).first { entry.steps.contains(ReplySteps($0)) } ?? .other
  }

  private static func code(of entry: KnownReply) -> Int {
    let wanted =
      entry.needs.first { $0.count == 3 && !$0.contains(".") } ?? (entry.unless.contains("5xx") ? "450" : "550")
    return Int(wanted.replacing("x", with: "0")) ?? 550
  }

  private static func status(of entry: KnownReply) -> EnhancedStatus? {
    entry.needs.first { $0.contains(".") }.flatMap { EnhancedStatus($0.replacing("x", with: "5")) }
  }

  @Test func `a list that is named is found, with the address that it lists`() {
    let text = reply(
      "554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using zen.spamhaus.org; see https://check.spamhaus.org/ip/198.51.100.7"
    )
    let listing = ReplyReading(of: text, to: .rcpt).listing
    #expect(listing?.list?.name == "Spamhaus")
    #expect(listing?.zone == Array("zen.spamhaus.org".utf8))
    #expect(listing?.address == Array("198.51.100.7".utf8))
    #expect(listing?.url == Array("https://check.spamhaus.org/ip/198.51.100.7".utf8))
  }

  @Test func `a list that nobody knows is named by its zone, the address may stand in the link`() {
    let text = reply("550 blocked using bl.lists.example, see https://lists.example/query?ip=198.51.100.7&x=1")
    let listing = ReplyReading(of: text, to: .rcpt).listing
    #expect(listing?.list == nil)
    #expect(listing?.zone == Array("bl.lists.example".utf8))
    #expect(listing?.address == Array("198.51.100.7".utf8))
  }

  @Test(arguments: [
    ("550 5.7.26 Unauthenticated email from b.example is not accepted due to its DMARC policy", "DMARC"),
    ("550 5.7.23 <c@d>: Recipient address rejected: Message rejected due to: SPF fail - not authorized", "SPF"),
    ("550 5.7.20 No passing signature found", "DKIM"), ("550 5.7.1 DKIM verification failed", "DKIM"),
    ("550-5.7.25 [192.0.2.1] The IP address sending this message does not have a|5.7.25 PTR record", "reverse DNS"),
  ])
  func `the policy is named`(text: String, subject: String) {
    #expect(ReplyReading(of: reply(text), to: .endOfData).subject == subject)
  }

  @Test func `words that come again are not looked up again, whatever names stand among them`() {
    let reader = ReplyReader()
    for number in 0..<10 {
      let reading = reader.reading(of: reply("550 5.1.1 <\(number)@d>: User unknown"), to: .rcpt)
      #expect(reading.meaning == .mailboxUnknown)
      #expect(reading.addresses == [Array("\(number)@d".utf8)])
    }
    #expect(reader.misses == 1)
    #expect(reader.reading(of: reply("550 5.1.1 <a@d>: User unknown"), to: .mail).meaning == .senderUnknown)
    #expect(reader.misses == 2)
  }

  @Test func `words of one place are not mistaken for each other`() {
    let reader = ReplyReader()
    for round in 0..<2 {
      for number in 0..<1000 {
        let (code, words) = number % 2 == 0 ? ("550", "User unknown") : ("452", "Mailbox full")
        let text = reply("\(code) number \(number): \(words)")
        #expect(reader.reading(of: text, to: .rcpt) == ReplyReading(of: text, to: .rcpt), "round \(round)")
      }
    }
    #expect(reader.misses > 1000)
  }
}

@Test func `the codes of the table are codes`() {
  for status in KnownStatus.all {
    #expect(status.detail.wholeMatch(of: /[0-7]\.[0-9]{1,3}/) != nil)
    let found = KnownStatus.meaning(of: EnhancedStatus("5.\(status.detail)"), at: .rcpt)
    #expect(found != nil || !status.steps.contains(.rcpt))
  }
  #expect(KnownStatus.meaning(of: nil, at: .rcpt) == nil)
  #expect(KnownStatus.meaning(of: EnhancedStatus("4.999.999"), at: .rcpt) == nil)
}
