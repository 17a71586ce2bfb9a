import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// The finding of this id, its severity and what it says.
private func found(_ id: FindingID, _ conversation: Conversation) -> Finding? {
  Analysis(conversation).sessions.first?.findings.first { $0.id == id }
}

private func found(_ id: FindingID, _ script: String, pauses: [Int: Int64] = [:], closes: Bool = true) -> Finding? {
  found(id, Conversation(script, closes: closes, pauses: pauses))
}

private let mail =
  "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\n"
private let quit = "C: QUIT\nS: 221 bye\n"
/// HELO has one line to be answered with.
private let helo = "S: 220 mx.example\nC: HELO c.example\nS: 250 mx.example\n"

@Suite struct ReplyFormTests {
  @Test(
    arguments: [
      (helo + "C: NOOP\nS: fine\n" + quit, "The server sent fine, which is no reply: three digits and a blank"),
      (helo + "C: NOOP\nS: 250ok\n" + quit, "The server sent 250ok, which is no reply"),
      (helo + "C: NOOP\nS: 25 ok\n" + quit, "The server sent 25 ok, which is no reply"),
      (helo + "C: NOOP\nS: 250-one\nS: two\nS: 250 three\n" + quit, "The reply to NOOP has a line without a code: 250"),
      ("S: hello\nC: HELO c\nS: 250 mx\n" + quit, "The server sent hello, which is no reply"),
    ])
  func `a line without a code is no reply`(script: String, says: String) throws {
    let finding = try #require(found(.replyMalformed, script))
    #expect(finding.severity == .warning)
    #expect(finding.message.hasPrefix(says), "\(finding.message)")
  }

  @Test(
    arguments: [
      helo + "C: NOOP\nS: 250\n" + quit, helo + "C: NOOP\nS: 250 \n" + quit,
      helo + "C: NOOP\nS: 250-one\nS: 250-\nS: 250 three\n" + quit,
      // The rest of a line that is missing is none, nor is one whose end is.
      helo + #"C: NOOP\nS: 25\"# + "\nS? 5\n" + #"S: fine\r\n\"# + "\n" + quit,
      helo + "C: NOOP\nS? 8\nS: fine\n" + quit,
      // Nothing has a code: that is no mail server.
      "S: hello\nC: HELO c\nS: what?\nC: QUIT\nS: bye\n",
      // TLS on a port where clear text is due.
      #"C: EHLO c\r\n\"# + "\n" + #"S: \x15\x03\x01\x00\x02\x02\x0a\n\"#,
    ])
  func `what comes close to a malformed reply is none`(script: String) {
    #expect(found(.replyMalformed, script) == nil)
  }

  @Test(
    arguments: [
      ("S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250-SIZE\nC. \nS. \n", [4: 10_000], .error, "nothing more came in 10 s"),
      ("S: 220 mx\nC: EHLO c\nS: 250-mx\nS. \nC. \n", [:], .error, "nothing more came in"),
      ("S: 220 mx\nC: EHLO c\nS: 250-mx\nC: QUIT\nS: 221 bye\n", [:], .error, "the client went on without it"),
      ("S: 220 mx\nC: EHLO c\nS: 250-mx\n" + mail + quit, [:], .warning, "the client went on without it"),
      (
        "C: EHLO c\nS: 220-mx\nS: 250 mx\n" + mail + quit, [:], .warning, "the client had spoken before it was whole"
      ),
    ] as [(String, [Int: Int64], Severity, String)])
  func `a reply whose last line never comes`(script: String, pauses: [Int: Int64], severity: Severity, says: String)
    throws
  {
    let finding = try #require(found(.replyIncomplete, script, pauses: pauses, closes: false))
    #expect(finding.severity == severity)
    #expect(finding.message.contains(says), "\(finding.message)")
    #expect(found(.replyCodeChanged, script, pauses: pauses, closes: false) == nil)
  }

  @Test(
    arguments: [
      Dialogues.delivered,
      // The client leaves before the last line could come, or the capture ends, or the line is missing.
      "S: 220 mx\nC: EHLO c\nS: 250-mx\nC. \nS. \n", "S: 220 mx\nC: EHLO c\nS: 250-mx\n",
      "S: 220 mx\nC: EHLO c\nS: 250-mx\nS? 10\nC: QUIT\nS: 221 bye\n",
    ])
  func `what comes close to an incomplete reply is none`(script: String) {
    #expect(found(.replyIncomplete, script, closes: false) == nil)
  }

  @Test(
    arguments: [
      ("S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250-SIZE\nS: 550 no\n" + quit, "the last one, 550, counts"),
      (helo + "C: MAIL FROM:<a@b>\nS: 250-one\nS: 251 two\n" + quit, "the last one, 251, counts"),
    ])
  func `lines of one reply with several codes`(script: String, says: String) throws {
    #expect(try #require(found(.replyCodeChanged, script)).message.contains(says))
  }

  @Test(
    arguments: [
      Dialogues.delivered, helo + "C: NOOP\nS: 250 one\nS: 550 two\n" + quit,
      helo + "C: NOOP\nS: 250-one\nS? 12\nS: 550 two\n" + quit,
    ])
  func `what comes close to a changed code is none`(script: String) {
    #expect(found(.replyCodeChanged, script) == nil)
  }

  @Test(arguments: [(506, nil), (507, "513 octets"), (5034, "5040 octets")] as [(Int, String?)])
  func `a reply line has 512 octets with its line end`(text: Int, says: String?) {
    let finding = found(.replyTooLong, helo + "C: NOOP\nS: 250 \(String(repeating: "x", count: text))\n" + quit)
    #expect((finding != nil) == (says != nil))
    if let says { #expect(finding?.message.contains(says) == true) }
  }

  @Test(
    arguments: [
      ("450 5.1.1 unknown", "says 450 and 5.1.1: a temporary failure by the one, a permanent failure by the other"),
      ("250 5.7.1 refused", "says 250 and 5.7.1: success by the one, a permanent failure by the other"),
      ("450 4.1.1 unknown", nil), ("250 2.1.5 ok", nil), ("550 5.1.1", nil), ("550 4.1 is no status", nil),
      ("550 no 4.1.1", nil),
    ] as [(String, String?)])
  func `the class of the enhanced status is the code's first digit`(reply: String, says: String?) {
    let script = helo + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: \(reply)\n" + quit
    let finding = found(.enhancedStatusMismatch, script)
    #expect((finding != nil) == (says != nil))
    if let says { #expect(finding?.message.contains(says) == true && finding?.transaction == 1) }
  }
}

@Suite struct ReplyTurnTests {
  @Test(
    arguments: [
      (helo + "C: NOOP\nS: 250 ok\nS: 250 ok\n" + quit, "The server answered NOOP twice: 250, then 250 ok."),
      (helo + "S: 250 ok\n" + quit, "The server answered HELO c.example twice: 250, then 250 ok."),
      (
        Dialogues.hello + "C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA\n"
          + "S: 250 ok\\r\\n250 ok\\r\\n250 ok\\r\\n354 go\n" + quit,
        "The server said 354 go, which answers nothing: DATA had been answered 250, so that its replies are one too many."
      ),
    ])
  func `a reply that nothing asked for`(script: String, says: String) throws {
    #expect(try #require(found(.replyUnexpected, script)).message == says)
    #expect(found(.replyInvalidForCommand, script) == nil)
  }

  @Test(
    arguments: [
      Dialogues.delivered, helo + "S: 421 closing\nS. \n", helo + "C: NOOP\nS: 250 ok\nS: 554 go away\nS. \n",
      helo + "C? 6\nS: 250 ok\n" + quit,
      // A TLS hello in the place of commands.
      "S: 220 mx\n" + #"C: \x16\x03\x01\x00\x05hello\"# + "\nS: 500 what?\n",
    ])
  func `what comes close to an unexpected reply is none`(script: String) {
    #expect(found(.replyUnexpected, script) == nil)
  }

  @Test(
    arguments: [
      (helo + "C: DATA\nS: 250 ok\n" + quit, "DATA was answered 250 ok, which it cannot have; 354 is due."),
      (
        helo + "C: MAIL FROM:<a@b>\nS: 354 go\n" + quit,
        "MAIL FROM:<a@b> was answered 354 go, which it cannot have; 250 is due."
      ),
      (helo + "C: NOOP\nS: 221 bye\n" + quit, "NOOP was answered 221 bye, which it cannot have; 250 is due."),
      ("S: 250 mx\n" + "C: HELO c\nS: 250 mx\n" + quit, "The connection was answered 250 mx, which it cannot have"),
      (helo + "C: STARTTLS\nS: 250 ok\n" + quit, "STARTTLS was answered 250 ok, which it cannot have; 220 is due."),
    ])
  func `a code that the command cannot have`(script: String, says: String) throws {
    let message = try #require(found(.replyInvalidForCommand, script)).message
    #expect(message.hasPrefix(says), "\(message)")
  }

  @Test(
    arguments: [
      Dialogues.delivered, helo + "C: DATA\nS: 503 no\n" + quit,
      helo + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 251 will forward\n" + quit,
      helo + "C: HELP\nS: 214 help\nC: VRFY x\nS: 252 cannot\nC: AUTH PLAIN AAA=\nS: 235 ok\nC: QUIT\nS: 250 bye\n",
      helo + "C? 6\nC: DATA\nS: 250 ok\nS: 503 no\n" + quit,
    ])
  func `what comes close to an invalid code is none`(script: String) {
    #expect(found(.replyInvalidForCommand, script) == nil)
  }

  @Test(
    arguments: [
      (
        helo + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\n" + quit,
        "RCPT TO:<c@d> was never answered; the next reply, 221, is that to QUIT."
      ),
      (
        Dialogues.hello + "C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nDATA\n"
          + "S: 250 ok\\r\\n250 ok\\r\\n354 go\nC: x\nC: .\nS: 250 ok\n" + quit,
        "RCPT TO:<e@f> was never answered; the next reply, 354, is that to DATA."
      ),
      ("C: EHLO c\nS: 250 mx\n" + quit, "The server never greeted, and answered EHLO c all the same."),
    ])
  func `a command that was never answered`(script: String, says: String) throws {
    #expect(try #require(found(.replyMissing, script)).message == says)
    #expect(found(.replyInvalidForCommand, script) == nil)
  }

  @Test(
    arguments: [
      Dialogues.delivered, helo + "C: RSET\\r\\nQUIT\nS: 421 closing\nS. \n",
      // Missing from the capture; sent behind what nothing may follow; never to be answered.
      helo + "C: RSET\nS? 8\n" + quit, helo + "C: NOOP\\r\\nRSET\nS: 250 ok\n" + quit,
      Dialogues.text + "C: .\n" + quit, helo + "C: MAIL FROM:<a@b>\nC. \nS. \n",
    ])
  func `what comes close to a missing reply is none`(script: String) {
    #expect(found(.replyMissing, script) == nil)
  }

  @Test(
    arguments: [
      (
        helo + "C: MAIL FROM:<a@b>\nS: 250 ok\nS. \nC. \n", [:],
        "The server closed the connection after its reply to MAIL FROM:<a@b>, with the dialogue unfinished, and said nothing."
      ),
      (
        Dialogues.envelope + "S. \nC. \n", [11: 90_000],
        "after its reply to RCPT TO:<c@d>, when nothing had been said for 90 s, with the dialogue unfinished"
      ),
      // The client closes its side later.
      (Dialogues.envelope + "S. \nC. \n", [11: 20_000, 12: 30_000], "when nothing had been said for 20 s,"),
      (helo + "C: NOOP\nS. \nC. \n", [:], "while NOOP waited for its answer"),
      (helo + "C: MAIL FROM:<a@b>\nS: 550 no\nS. \nC. \n", [5: 60_000], "after its reply to MAIL FROM:<a@b>"),
    ] as [(String, [Int: Int64], String)])
  func `a server that hangs up without a word`(script: String, pauses: [Int: Int64], says: String) throws {
    let message = try #require(found(.serverClosedWithout421, script, pauses: pauses, closes: false)).message
    #expect(message.contains(says), "\(message)")
  }

  @Test(
    arguments: [
      Dialogues.delivered + "S. \nC. \n", helo + "S: 421 closing\nS. \nC. \n", "S: 554 no\nS. \nC. \n",
      helo + "C: NOOP\nS: 421 closing\nS. \nC. \n", helo + "C: MAIL FROM:<a@b>\nS: 550 no\nS. \nC. \n",
      helo + "C: NOOP\nS: 250 ok\nC. \nS. \n", helo + mail + "S. \nC. \n", helo + "S? 20\nS. \nC. \n",
    ])
  func `what comes close to hanging up is none`(script: String) {
    #expect(found(.serverClosedWithout421, script, closes: false) == nil)
  }

  @Test(
    arguments: [
      (
        helo + mail.replacing("<c@d>\nS: 250 ok", with: "<c@d>\nS: 550 unknown") + quit,
        "The server accepted the message (250 ok), although it had refused its only recipient: 550 unknown."
      ),
      (helo + mail.replacing("<a@b>\nS: 250 ok", with: "<a@b>\nS: 550 no") + quit, "had refused its sender: 550 no."),
      (helo + mail + "S: 554 rejected\n" + quit, "although it said 554 rejected right behind it."),
      (
        Dialogues.envelope + #"C: BDAT 2\r\nab\"# + "\nS: 552 too large\n" + #"C: BDAT 2 LAST\r\nab\"#
          + "\nS: 250 ok\n" + quit,
        "had refused a chunk of it: 552 too large."
      ),
    ])
  func `a message that is accepted although it was refused`(script: String, says: String) throws {
    let finding = try #require(found(.serverErrorSwallowed, script))
    #expect(finding.message.hasSuffix(says), "\(finding.message)")
    #expect(finding.transaction != nil && found(.replyUnexpected, script) == nil)
  }

  @Test(
    arguments: [
      helo + mail + quit,
      // One recipient is enough; a refusal at the end agrees with those before it; 421 takes leave.
      Dialogues.envelope + "C: RCPT TO:<e@f>\nS: 550 no\nC: DATA\nS: 354 go\nC: .\nS: 250 ok\n" + quit,
      helo
        + mail.replacing("<c@d>\nS: 250 ok", with: "<c@d>\nS: 550 no").replacing(
          "C: .\nS: 250 ok", with: "C: .\nS: 554 no")
        + quit,
      helo + mail + "S: 421 closing\nS. \n",
      helo + mail.replacing("<c@d>\nS: 250 ok", with: "<c@d>\nS? 8\nC: RCPT TO:<e@f>\nS: 550 no") + quit,
    ])
  func `what comes close to a swallowed error is none`(script: String) {
    #expect(found(.serverErrorSwallowed, script) == nil)
  }
}

@Suite struct SlowServerTests {
  @Test(
    arguments: [
      (10_500, 0, .info, "The server took 11 s for its greeting; its answer to EHLO came at once"),
      (12_000, 2000, .info, "The server took 12 s for its greeting; its answer to EHLO was slow too"),
      (
        20_020, 0, .info,
        "20 s for its greeting: 20 s are usually a pause on purpose (greet pause, tarpit), or two name"
      ),
      (30_000, 0, .warning, "30 s for its greeting: 30 s are usually"),
      (45_000, 0, .warning, "45 s for its greeting; its answer"),
      (9900, 0, nil, ""), (5000, 0, nil, ""),
    ] as [(Int64, Int64, Severity?, String)])
  func `a greeting that takes over ten seconds`(pause: Int64, hello: Int64, severity: Severity?, says: String) {
    let script = helo + mail + quit
    let finding = found(.greetingDelayed, script, pauses: [0: pause, 2: hello])
    #expect(finding?.severity == severity)
    if severity != nil { #expect(finding?.message.contains(says) == true, "\(finding?.message ?? "")") }
    #expect(found(.replySlow, script, pauses: [0: pause]) == nil)
  }

  @Test func `the handshake is no part of the greeting's delay`() {
    var conversation = Conversation(helo + mail + quit, pauses: [0: 5000])
    for index in conversation.segments.indices where index > 1 { conversation.segments[index].time += 8_000_000_000 }
    #expect(found(.greetingDelayed, conversation) == nil)
  }

  /// The steps of `Dialogues.delivered`: 10 answers RCPT, 12 DATA, 19 the end of the data.
  @Test(
    arguments: [
      ([10: 9000], .info, "The server took 9.0 s to answer RCPT TO:<c@d>."),
      ([10: 30_050], .info, "to answer RCPT TO:<c@d>: 30 s are usually a callout that ran into its timeout, or"),
      ([10: 5100], .info, "to answer RCPT TO:<c@d>: 5 s are usually a policy service or callout, or a name server"),
      ([19: 40_000], .info, "The server took 40 s to answer the end of the data."),
      ([19: 15_000], .info, "to answer the end of the data: 15 s are usually a content filter's timer"),
      ([19: 601_000], .warning, "to answer the end of the data; a client need not wait longer than 10 min."),
      ([12: 121_000], .warning, "to answer DATA; a client need not wait longer than 2 min."),
      ([10: 301_000], .warning, "to answer RCPT TO:<c@d>; a client need not wait longer than 5 min."),
      ([8: 6000, 10: 7000], .info, "7.0 s to answer RCPT TO:<c@d> (and 1 more replies took over 5 s)."),
    ] as [([Int: Int64], Severity, String)])
  func `a reply that takes over five seconds`(pauses: [Int: Int64], severity: Severity, says: String) throws {
    let finding = try #require(found(.replySlow, Dialogues.delivered, pauses: pauses))
    #expect(finding.severity == severity)
    #expect(finding.message.contains(says), "\(finding.message)")
    #expect(finding.transaction == 1)
  }

  @Test(
    arguments: [[:], [10: 4900], [9: 60_000], [13: 60_000, 16: 60_000], [18: 60_000], [20: 60_000]] as [[Int: Int64]])
  func `a client that takes its time makes no slow server`(pauses: [Int: Int64]) {
    #expect(found(.replySlow, Dialogues.delivered, pauses: pauses) == nil)
  }

  @Test func `a person who types a password makes no slow server`() {
    let script =
      Dialogues.hello + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YQ==\nS: 334 UGFz\nC: Yg==\nS: 235 ok\n" + quit
    #expect(found(.replySlow, script, pauses: [9: 20_000, 11: 20_000]) == nil)
    #expect(found(.replySlow, script, pauses: [12: 20_000])?.message.contains("to answer AUTH LOGIN") == true)
  }

  @Test func `commands sent together wait for each other`() throws {
    let group = Dialogues.hello + "C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nDATA\n"
    let each = group + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: .\nS: 250 ok\n" + quit
    #expect(found(.replySlow, each, pauses: [8: 3000, 9: 3000, 10: 3000, 11: 3000]) == nil)
    let atOnce = group + "S: 250 ok\\r\\n250 ok\\r\\n250 ok\\r\\n354 go\nC: .\nS: 250 ok\n" + quit
    let message = try #require(found(.replySlow, atOnce, pauses: [8: 42_000])).message
    #expect(
      message
        == "The server took 42 s to answer MAIL FROM:<a@b>; 4 commands had been sent together and were answered all at once, so that their delays add up."
    )
  }

  @Test func `QUIT that is said after waiting in vain was not sent together with what it waited for`() throws {
    let script = Dialogues.text + "C: .\nC: QUIT\nS: 250 ok\\r\\n221 bye\n"
    let end = Script(Dialogues.text).steps.count
    let message = try #require(found(.replySlow, script, pauses: [end + 1: 6000, end + 2: 2000])).message
    #expect(message.hasPrefix("The server took 8.0 s to answer the end of the data"), "\(message)")
    #expect(!message.contains("sent together"), "\(message)")
  }

  @Test(
    arguments: [
      (
        ["550 no", "250 ok", "550 no"], [0: 5050, 2: 5060],
        "2 replies each took 5.1 s: only those that refuse, which is a tarpit"
      ),
      (
        ["250 ok", "250 ok", "250 ok", "250 ok"], [2: 8000, 3: 8010],
        "each took 8.0 s: each from recipient 3 on, which is a tarpit"
      ),
      (["250 ok", "250 ok"], [0: 8000, 1: 8010], "2 replies each took 8.0 s: the same time each, so it is a timer"),
      (["250 ok", "250 ok"], [0: 8000, 1: 9000], "The server took 9.0 s to answer RCPT TO:<1@d> (and 1 more"),
    ] as [([String], [Int: Int64], String)])
  func `a tarpit shows in what several slow replies have in common`(
    replies: [String], pauses: [Int: Int64], says: String
  ) throws {
    var script = helo + "C: MAIL FROM:<a@b>\nS: 250 ok\n"
    for (number, reply) in replies.enumerated() { script += "C: RCPT TO:<\(number)@d>\nS: \(reply)\n" }
    let steps = Dictionary(uniqueKeysWithValues: pauses.map { (6 + $0.key * 2, $0.value) })
    let message = try #require(found(.replySlow, script + quit, pauses: steps)).message
    #expect(message.contains(says), "\(message)")
  }

  @Test func `a command that was lost on its way makes no slow server`() throws {
    // RCPT is sent again after 3 and after 6 more seconds, and answered at once then.
    var conversation = Conversation(Dialogues.delivered, pauses: [10: 9000])
    let position = try #require(conversation.segments.firstIndex { $0.payload.starts(with: "RCPT".utf8) })
    #expect(found(.replySlow, conversation) != nil)
    for (number, wait) in [(UInt16(1), Int64(3_000_000_000)), (2, 8_990_000_000)] {
      var again = conversation.segments[position]
      again.time += wait
      again.identification += 500 + number
      conversation.segments.insert(again, at: position + Int(number))
    }
    #expect(found(.replySlow, conversation) == nil)
  }

  @Test func `what the path took is not the server's`() {
    var conversation = Conversation(Dialogues.delivered)
    var later: Int64 = 0
    for index in conversation.segments.indices.dropFirst() {
      if conversation.segments[index].peer != conversation.segments[index - 1].peer { later += 2_600_000_000 }
      conversation.segments[index].time += later
    }
    #expect(found(.replySlow, conversation) == nil)
  }
}
