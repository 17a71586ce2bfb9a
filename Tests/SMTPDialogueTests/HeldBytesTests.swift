import SMTPDialogue
import TestSupport
import Testing
import Wire

private let opened = """
  S: 220 mx ESMTP
  C: EHLO c
  S: 250 mx

  """

/// What a client is made to send so that much waits, and all of it is looked at again.
private enum Waiting: String, CaseIterable {
  /// Each DATA waits for a reply that never comes, with all that is behind it.
  case data
  /// Behind a lone dot and a reply that decides nothing, with others on which its commands could follow.
  case lonelyDots
  func script(_ count: Int) -> Script {
    switch self {
    case .data:
      let group = String(repeating: "DATA\\r\\n", count: 200)
      return Script(opened + String(repeating: "C: \(group)\\\n", count: count / 1200))
    case .lonelyDots:
      let dots = String(repeating: "x\\n.\\nNOOP\\n", count: 16)
      return Script(
        opened + "C: DATA\nS: 354 go\nC: one\\n.\\n\\\nS: 451 later\nC: \(dots)\\\n"
          + String(repeating: "C: \(String(repeating: "y", count: 300))\\\n", count: count / 300))
    }
  }
}

@Suite(.serialized) struct HeldBytesTests {
  @Test(arguments: Waiting.allCases)
  fileprivate func `four times as much that waits takes four times the time`(waiting: Waiting) {
    let small = waiting.script(60_000)
    let large = waiting.script(240_000)
    var limits = DialogueLimits()
    limits.heldBytes = 1 << 24
    #expect(growth(enough: 6, small: { _ = run(small, limits: limits) }, large: { _ = run(large, limits: limits) }) < 6)
  }

  /// They were read within each other, which went as deep as there were commands.
  @Test func `commands that each wait for a reply are read one behind the other where too many wait`() {
    var limits = DialogueLimits()
    limits.heldBytes = 1 << 16
    let count = 40_000
    let sink = run(
      Script(opened + "C: \(String(repeating: "DATA\\r\\n", count: count))\\\n"), limits: limits)
    #expect(sink.events.count { $0 == "DATA | -" } == count)
  }

  /// Those that a peer may send are cut only where too much waits, and no reply goes to another command for it.
  @Test func `of lines that wait for a reply so many octets are kept, and of more their beginning`() {
    var limits = DialogueLimits()
    limits.pendingOctets = 3000
    let long = (0..<4).map { "NOOP \($0)" + String(repeating: "x", count: 1000) }
    let short = "NOOP " + String(repeating: "s", count: 500)
    let lines = [long[0], long[1], long[2], short, "BDAT 2" + String(repeating: " ", count: 1000) + "LAST"]
    let sink = run(
      Script(
        opened
          + "C: \(lines.joined(separator: "\\r\\n"))\\r\\nab\\\nS: 250 a\\r\\n250 b\\r\\n250 c\\r\\n250 d\\r\\n250 e\n"
          + "C: \(long[3])\nS: 250 f"), limits: limits)
    #expect(
      sink.events.dropFirst(2) == [
        "message 1 sent", "\(long[0]) | 250", "\(long[1]) | 250", "\(long[2].prefix(512)) | 250", "\(short) | 250",
        "chunk of 1, last | 250", "\(long[3]) | 250",
      ])
  }

  @Test(arguments: [3000, 2999])
  func `of replies that wait so many octets are kept, and of more their beginning`(limit: Int) {
    var limits = DialogueLimits()
    limits.deferredOctets = limit
    var dialogue = Dialogue(sawOpening: true, limits: limits)
    var sink = LineCountingSink()
    let moment = Moment(time: CaptureTime(nanoseconds: 0), frame: 1)
    func say(_ peer: Peer, _ text: String) {
      dialogue.receive(Array(text.utf8).span, from: peer, at: moment, into: &sink)
    }
    say(.server, "220 mx\r\n")
    say(.client, "DATA\r\n")
    say(.server, "354 go\r\n")
    say(.client, "a\n.\nNOOP\r\nNOOP\r\n\r\n.\r\n")
    let text = String(repeating: "y", count: 749)
    let reply = "451-\(text)\r\n451 \(text)y\r\n"
    say(.server, reply)
    say(.server, reply)
    dialogue.end(at: moment, into: &sink)
    #expect(sink.octets.suffix(2) == (limit == 3000 ? [1500, 1500] : [1500, 512]))
  }
}

/// How long the texts of replies are.
private struct LineCountingSink: DialogueSink {
  var octets: [Int] = []
  mutating func said(_ line: Span<UInt8>, from peer: Peer, secretStart: Int?, at moment: Moment) {}
  mutating func commanded(_ command: Command) {}
  mutating func exchanged(_ awaited: Awaited, with reply: Reply?) {
    if let reply { octets.append(reply.lines.joined.count) }
  }
  mutating func unsolicited(_ reply: Reply) { octets.append(reply.lines.joined.count) }
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
