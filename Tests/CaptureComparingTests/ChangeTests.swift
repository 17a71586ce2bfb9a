import CaptureComparing
import TestSupport
import Testing
import Wire

/// Pairs of captures of which each was changed in one way, and what must be said of them: that, and nothing else.
@Suite struct ChangeTests {
  @Test func `the same capture twice has nothing to tell`() {
    let comparison = compared(Conversation(Text.mail), Conversation(Text.mail))
    #expect(comparison.isUnchanged)
    #expect(comparison.pairs.count == 1)
    #expect(comparison.nearClient == nil)
    #expect(comparison.clockOffset == 0)
  }

  @Test func `two places of an honest path differ in nothing`() {
    let near = Conversation(Text.mail)
    let comparison = compared(near, near.seen(after: 3, ahead: 2500))
    #expect(comparison.isUnchanged)
    #expect(comparison.nearClient == .a)
    #expect(comparison.clockOffset == 2_500_000_000)
    #expect(comparison.pairs.first?.times.between == 6_000_000)
    #expect(comparison.pairs.first?.times.replies == 7)
  }

  @Test func `a NAT translates the client's address`() {
    let near = Conversation(Text.mail)
    let comparison = compared(near, near.translated.seen(after: 3))
    #expect(comparison.kinds == [.clientAddressTranslated])
    let change = comparison.pairs.first?.changes.first
    #expect(change?.sent == "192.0.2.7:49152")
    #expect(change?.arrived == "198.51.100.9:40001")
    #expect(comparison.pairs.first?.reason == .sequenceNumbers)
  }

  @Test func `behind a NAT that writes numbers anew too, a session is known by what was said`() {
    let near = Conversation(Text.mail)
    var far = near.translated.seen(after: 3)
    far.clientStart = 77
    let comparison = compared(near, far)
    #expect(comparison.kinds == [.clientAddressTranslated, .sequenceNumbersRewritten])
    #expect(comparison.pairs.first?.reason == .content)
    #expect(comparison.pairs.first?.isProxied == false)
  }

  @Test(
    arguments: [
      ("S: 220", "S: 220 *********************************", [.bannerMasked]),
      ("S: 250-PIPELINING", "S: 250-XXXXXXXXXX", [.capabilityMasked]),
      ("S: 250-STARTTLS", "S: 250-XXXXXXXA", [.starttlsStripped]),
      ("S: 250-STARTTLS", "", [.starttlsStripped]),
      ("S: 250-PIPELINING", "", [.capabilityRemoved]),
      ("S: 250-PIPELINING", "S: 250-PIPELINING\nS: 250-CHUNKING", [.capabilityAdded]),
      ("S: 250 2.0.0", "S: 250 2.0.0 Ok: queued as 4XyZ13", [.lineChanged]),
      ("S: 354", "S: 354 go on", [.lineChanged]),
    ] as [(String, String, [Change.Kind])])
  func `what the server says is changed on its way`(words: String, replacement: String, kinds: [Change.Kind]) {
    let far = Conversation(Text.mail).seen(after: 3)
    let near = Conversation(Text.mail(words, replacement))
    #expect(compared(near, far).kinds == kinds)
    #expect(compared(far, near).kinds == kinds)
  }

  @Test(
    arguments: [
      ("C: EHLO", "C: XXXX client.kestrel.example", [.commandMasked]),
      ("C: MAIL", "C: MAIL FROM:<eve@kestrel.example>", [.lineChanged]),
      ("C: Subject", "C: Received: from a by b\nC: Subject: figures", [.headerAdded]),
      ("C: Subject", "", [.headerRemoved]),
      ("C: text", "C: TEXT of the mail", [.bodyChanged]),
      ("C: text", "C: text of the mail and more", [.bodyChanged]),
    ] as [(String, String, [Change.Kind])])
  func `what the client says is changed on its way`(words: String, replacement: String, kinds: [Change.Kind]) {
    let near = Conversation(Text.mail)
    let far = Conversation(Text.mail(words, replacement)).seen(after: 3)
    #expect(compared(near, far).kinds == kinds)
  }

  @Test func `a changed line is told as it was sent and as it arrived, with its frames`() {
    let near = Conversation(Text.mail("S: 250-STARTTLS", "S: 250-XXXXXXXA"))
    let far = Conversation(Text.mail).translated.seen(after: 3)
    let change = compared(near, far).pairs.first?.changes.last
    #expect(change?.from == .server)
    #expect(change?.sent == "250-STARTTLS")
    #expect(change?.arrived == "250-XXXXXXXA")
    #expect(change?.sentFrame == 8)
    #expect(change?.arrivedFrame == 8)
  }

  @Test func `a dialogue of thousands of lines that all differ is compared in bounded time`() {
    func text(_ word: String) -> String {
      "S: 220 mx\nC: EHLO a.example\nS: 250 mx\n"
        + (0..<800).map { "C: NOOP \($0)\(word)\nS: 250 \($0)\(word) done\n" }.joined()
    }
    let pair = compared(Conversation(text("")), Conversation(text("x"))).pairs.first
    #expect(pair?.changes.count == ComparisonLimits().changes)
    #expect(pair?.furtherChanges == 1600 - ComparisonLimits().changes)
  }

  @Test func `a segment size that is clamped, and an option that is taken out`() {
    var near = Conversation(Text.mail)
    near.segments[0].options = [2, 4, 5, 0xb4, 4, 2]
    near.segments[1].options = [2, 4, 5, 0xb4, 4, 2]
    var far = near
    far.segments[0].options = [2, 4, 5, 0x64]
    #expect(compared(near, far.seen(after: 3)).kinds == [.maximumSegmentSizeChanged, .tcpOptionRemoved])
  }

  @Test func `a proxy has two connections`() {
    var near = Conversation(Text.mail)
    near.segments[0].options = [2, 4, 5, 0xb4, 4, 2, 3, 3, 7]
    var far = near.translated.seen(after: 3)
    far.clientStart = 1
    far.serverStart = 2
    far.segments[0].options = [2, 4, 5, 0xb4]
    let comparison = compared(near, far.recut { 700 })
    #expect(comparison.kinds == [.clientAddressTranslated, .connectionProxied])
    #expect(comparison.pairs.first?.isProxied == true)
  }
}

/// Packets that are at one place only.
@Suite struct SegmentTests {
  @Test func `a packet that is lost between and sent again`() {
    var near = Conversation(Text.mail)
    let mail = near.index(of: "MAIL")
    var again = near.segments[mail]
    again.time += 4_000_000
    near.segments.insert(again, at: mail + 1)
    let far = near.without(mail).seen(after: 1)
    let comparison = compared(near, far)
    #expect(comparison.kinds == [.packetsLost])
    let change = comparison.pairs.first?.changes.first
    #expect(change?.from == .client)
    #expect(change?.count == 1)
    #expect(change?.bytes == near.segments[mail].payload.count)
    #expect(change?.sentFrame == mail + 1)
    // The other way round: nothing but the roles changes.
    let swapped = compared(far, near)
    #expect(swapped.kinds == [.packetsLost])
    #expect(swapped.nearClient == .b)
    #expect(swapped.pairs.first?.changes.first == change)
  }

  @Test func `a packet that the middle sends twice`() {
    let near = Conversation(Text.mail)
    var far = near.seen(after: 1)
    let mail = far.index(of: "MAIL")
    var again = far.segments[mail]
    again.time += 1_000_000
    again.identification = 999
    far.segments.insert(again, at: mail + 1)
    #expect(compared(near, far).kinds == [.packetsMadeUp])
  }

  @Test func `a packet that passed and that a capture does not have`() {
    let near = Conversation(Text.mail)
    let far = near.seen(after: 1)
    let comparison = compared(near, far.without(far.index(of: "RCPT")))
    #expect(comparison.kinds == [.notCaptured])
    #expect(compared(near.without(near.index(of: "RCPT")), far).kinds == [.notCaptured])
  }

  @Test(arguments: [0, 1, -3, -2])
  func `a SYN or FIN that passed and that a capture does not have`(index: Int) {
    let near = Conversation(Text.mail)
    let far = near.seen(after: 1)
    let place = index < 0 ? near.segments.count + index : index
    #expect(compared(near, far.without(place)).kinds == [.notCaptured])
    #expect(compared(near.without(place), far).kinds == [.notCaptured])
  }

  @Test(arguments: [1, 7, 100, 1400])
  func `the same bytes in other segments are the same`(size: Int) {
    let near = Conversation(Text.mail.replacing("text of the mail", with: String(repeating: "x", count: 900)))
    let far = near.recut { size }.seen(after: 0)
    #expect(compared(near, far).kinds == [])
  }

  @Test func `resets that neither side sent`() {
    let text = Text.mail.split(separator: "\n").prefix(8).joined(separator: "\n")
    var near = Conversation(text, closes: false)
    var far = near.seen(after: 2)
    near.add(.server, .rst, after: 20)
    far.add(.client, .rst, after: 20)
    let comparison = compared(near, far)
    #expect(comparison.kinds == [.resetMadeUp, .resetMadeUp])
    #expect(comparison.pairs.first?.changes.map(\.from) == [.client, .server])
    #expect(comparison.pairs.first?.changes.map(\.arrivedFrame) == [far.segments.count, near.segments.count])
  }

  @Test func `a reset that passes is no change`() {
    let text = Text.mail.split(separator: "\n").prefix(8).joined(separator: "\n") + "\nS!"
    let near = Conversation(text)
    #expect(compared(near, near.seen(after: 2)).isUnchanged)
  }

  @Test func `a line that the middle swallows, without a packet that is lost`() {
    let near = Conversation(Text.mail)
    let far = Conversation(Text.mail("S: 221", "")).seen(after: 2)
    #expect(compared(near, far).kinds.contains(.lineAdded))
  }

  @Test func `bytes that nobody can read are held against each other too`() {
    let text = """
      S: 220 mx.harbour.example ESMTP
      C: EHLO client.example
      S: 250-mx
      S: 250 AUTH PLAIN
      C: AUTH PLAIN AGFubgBzZWNyZXQ=
      S: 235 ok
      C: QUIT
      S: 221 bye
      """
    let near = Conversation(text)
    let far = Conversation(text.replacing("AGFubgBzZWNyZXQ=", with: "AGFubgBzZWNyZXU=")).seen(after: 2)
    #expect(compared(near, far).kinds == [.payloadRewritten])
  }
}
