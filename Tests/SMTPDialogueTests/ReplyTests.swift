import SMTPDialogue
import TestSupport
import Testing
import Wire

private let moment = Moment(time: CaptureTime(nanoseconds: 0), frame: 1)

@Test(
  arguments: [
    (199, ""), (200, "positive"), (250, "positive"), (299, "positive"), (300, ""), (354, ""), (399, ""),
    (400, "transient"), (451, "transient"), (499, "transient"), (500, "permanent"), (554, "permanent"),
    (599, "permanent"), (600, ""), (0, ""),
  ] as [(Int, String)])
func `the first digit of a code says what became of the command`(code: Int, kind: String) {
  let reply = Reply(code: code, lines: [], begin: moment, end: moment)
  #expect(reply.isPositive == (kind == "positive"))
  #expect(reply.isTransientNegative == (kind == "transient"))
  #expect(reply.isPermanentNegative == (kind == "permanent"))
}

@Test(
  arguments: [
    // RFC 3463 section 2: class "." subject "." detail, of one digit, and one to three twice; a blank follows.
    (["2.1.5 ok"], "2.1.5"), (["4.7.28\tlater"], "4.7.28"), (["5.123.456 no"], "5.123.456"), (["5.1.1"], "5.1.1"),
    (["5.7.1234 no"], nil), (["5.1234.1 no"], nil), (["5.7. no"], nil), (["5..1 no"], nil), (["5.7 no"], nil),
    (["5.7.1.1 no"], nil), (["3.1.1 ok"], nil), (["1.2.3.4 said"], nil), (["5.1.1, no"], nil), (["5.1.a no"], nil),
    (["no 5.1.1"], nil), (["25.1.1 no"], nil), ([], nil), (["5.1."], nil),
    (["first", "5.7.1 second"], "5.7.1"), (["5.7.12345 odd", "5.2.2 full"], "5.2.2"),
  ] as [([String], String?)])
func `the enhanced status is that of the first line that has one`(lines: [String], status: String?) {
  let reply = Reply(code: 550, lines: TextLines(lines.map { Array($0.utf8) }), begin: moment, end: moment)
  #expect(reply.enhancedStatus.map { "\($0)" } == status)
}

/// The replies of a server that says this, told as code, texts and oddities.
private func replies(_ text: [UInt8], limits: DialogueLimits = DialogueLimits()) -> [Reply] {
  struct Sink: DialogueSink {
    var replies: [Reply] = []
    mutating func said(_ line: Span<UInt8>, from peer: Peer, secretStart: Int?, at moment: Moment) {}
    mutating func commanded(_ command: Command) {}
    mutating func exchanged(_ awaited: Awaited, with reply: Reply?) { if let reply { replies.append(reply) } }
    mutating func unsolicited(_ reply: Reply) { replies.append(reply) }
    mutating func responded(_ response: Span<UInt8>) {}
    mutating func messageBegan(_ number: Int, at moment: Moment) {}
    mutating func messageBytes(_ bytes: Span<UInt8>, at moment: Moment) {}
    mutating func messageGap(_ count: Int) {}
    mutating func messageStopped(behind line: [UInt8]) {}
    mutating func messageEnded(_ number: Int, _ end: MessageEnd, at moment: Moment) {}
    mutating func loneDot(_ dot: LoneDot?, _ fate: LoneDot.Fate, before rest: Span<UInt8>, at moment: Moment) {}
    mutating func sentAhead(of verb: Verb, at moment: Moment) {}
    mutating func gap(_ count: Int, from peer: Peer, at moment: Moment) {}
    mutating func tls(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {}
    mutating func tlsMissing(_ count: Int, from peer: Peer, at moment: Moment) {}
    mutating func clearBehindTLS(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {}
    mutating func discarded(_ bytes: Span<UInt8>, at moment: Moment) {}
  }
  var dialogue = Dialogue(sawOpening: true, limits: limits)
  var sink = Sink()
  for (index, byte) in text.enumerated() {
    let piece = [byte]
    let now = Moment(time: CaptureTime(nanoseconds: Int64(index)), frame: index + 1)
    dialogue.receive(piece.span, from: .server, at: now, into: &sink)
  }
  dialogue.end(at: moment, into: &sink)
  return sink.replies
}

@Test(
  arguments: [
    ("220 mx\r\n", 220, ["mx"], []), ("220\r\n", 220, [""], []), ("220-a\r\n220 b\r\n", 220, ["a", "b"], []),
    ("220-a\r\n220-\r\n220\r\n", 220, ["a", "", ""], []), ("220\ta\r\n", 220, ["a"], []),
    ("220-a\r\n550 b\r\n", 550, ["a", "b"], [.codeChanged]),
    ("220-a\r\nb\r\n220 c\r\n", 220, ["a", "b", "c"], [.malformed]),
    ("hello\r\n", 0, ["hello"], [.malformed]), ("220a\r\n", 0, ["220a"], [.malformed]),
    ("22 a\r\n", 0, ["22 a"], [.malformed]), ("620 a\r\n", 0, ["620 a"], [.malformed]),
    ("120 a\r\n", 0, ["120 a"], [.malformed]), ("2x0 a\r\n", 0, ["2x0 a"], [.malformed]),
    ("25: a\r\n", 0, ["25: a"], [.malformed]), ("599 a\r\n", 599, ["a"], []), ("200 a\r\n", 200, ["a"], []),
    ("220-a\r\n", 220, ["a"], [.unfinished]), ("220-a\r\nb\r\n", 220, ["a", "b"], [.malformed, .unfinished]),
    ("220 mx\n", 220, ["mx"], [.bareLF]),
    ("220 mx", 220, ["mx"], [.noLineEnd]), ("220 mx\r\r\n", 220, ["mx"], []),
  ] as [(String, Int, [String], Reply.Oddities)])
func `lines are joined to a reply`(said: String, code: Int, lines: [String], oddities: Reply.Oddities) {
  let found = replies(Array(said.utf8))
  #expect(found.map(\.code) == [code])
  #expect(found.first?.lines.map { String(decoding: $0, as: UTF8.self) } == lines)
  #expect(found.first?.oddities == oddities)
  #expect(found.first?.isComplete == oddities.isDisjoint(with: [.unfinished]))
  #expect(found.first?.begin.frame == 1)
  if !oddities.contains(.noLineEnd) { #expect(found.first?.end.frame == said.utf8.count) }
}

@Test(arguments: [(505, false), (506, false), (507, true)])
func `a reply line may have 512 octets with its code and line end`(text: Int, isTooLong: Bool) {
  let found = replies(Array("220 \(String(repeating: "x", count: text))\r\n".utf8))
  #expect(found.map { $0.oddities.contains(.tooLong) } == [isTooLong])
}

@Test func `so many lines of a reply are kept, and so many bytes of a line`() {
  var limits = DialogueLimits()
  limits.replyLines = 3
  limits.replyLineLength = 10
  let long = String(repeating: "x", count: 30)
  let found = replies(
    Array((0..<5).map { "220-\($0)\(long)\r\n" }.joined().utf8) + Array("220 end\r\n".utf8), limits: limits)
  #expect(found.map(\.code) == [220])
  #expect(found.first?.lines.map(\.count) == [6, 6, 6])
  #expect(found.first?.oddities == [])
}
