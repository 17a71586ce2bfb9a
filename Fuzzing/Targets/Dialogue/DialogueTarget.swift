package import FuzzSupport
internal import SMTPDialogue
internal import Wire

/// What both sides said, and the same cut into single octets: both must tell the same.
///
/// Script: runs that end with 0xff, which no line has; the first byte of each says who speaks (bit 0), or that so many bytes are
/// missing (bit 1).
package enum DialogueTarget: FuzzedPart {
  /// Cut into octets, more costs too much.
  private static let longestCut = 4096

  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    let whole = read(input, piece: .max)
    guard input.count <= longestCut else { return }
    let cut = read(input, piece: 1)
    // Bytes behind a lone dot between odd line ends wait for a reply as they come: what is told is the same, its order is not.
    guard !whole.hasLoneDot, !cut.hasLoneDot, cut.digest != whole.digest else { return }
    let trails = [Int.max, 1].map { read(input, piece: $0, keepsTrail: true).trail.joined(separator: "\n") }
    throw Broken("cut into octets it tells something else:\n\(trails.joined(separator: "\n-- cut:\n"))")
  }

  private static func read(_ input: Span<UInt8>, piece: Int, keepsTrail: Bool = false) -> DigestSink {
    var script = ByteScript(input)
    let opening = script.byte()
    var limits = DialogueLimits()
    // Small, so that they are met.
    limits.commandLineLength = 600
    limits.replyLineLength = 600
    limits.replyLines = 20
    limits.pendingCommands = 40
    limits.heldBytes = 2048
    var dialogue = Dialogue(sawOpening: opening & 1 == 0, limits: limits)
    var sink = DigestSink()
    sink.keepsTrail = keepsTrail
    let moment = Moment(time: CaptureTime(nanoseconds: 1), frame: 1)
    var staysWhole = false
    while !script.isAtEnd {
      let head = script.byte()
      let peer: Peer = head & 1 == 0 ? .client : .server
      let run = script.run(until: 0xff)
      if head & 2 != 0 {
        staysWhole = true
        dialogue.missing(run.count * 10 + 1, from: peer, at: moment, into: &sink)
      } else {
        // Whether TLS begins or goes on, and what stands behind a hole, is judged by the bytes at hand: from the first octet on
        // that may begin a record, runs stay whole.
        staysWhole = staysWhole || run.contains { (20...23).contains($0) }
        let piece = staysWhole ? Int.max : piece
        var start = 0
        while start < run.count {
          let end = start + min(piece, run.count - start)
          dialogue.receive(run.span.extracting(start..<end), from: peer, at: moment, into: &sink)
          start = end
        }
      }
    }
    dialogue.end(at: moment, into: &sink)
    return sink
  }
}

/// Adds up what a dialogue tells, in its order; where runs of bytes were cut does not matter.
private struct DigestSink: DialogueSink {
  var digest = Digest()
  /// The events in words, for people.
  var trail: [String] = []
  var keepsTrail = false
  var hasLoneDot = false
  /// What the last bytes were of, while they go on.
  private var run = ""

  /// No text is made of numbers but for people: that takes longer than the dialogue.
  private mutating func event(_ name: String, _ numbers: (Int, Int) = (0, 0)) {
    run = ""
    digest.add(name)
    digest.add(numbers.0)
    digest.add(numbers.1)
    if keepsTrail { trail.append("\(name) \(numbers.0) \(numbers.1)") }
  }

  private mutating func add(_ bytes: Span<UInt8>) {
    digest.add(bytes)
    if keepsTrail { trail[trail.count - 1] += " " + String(visible: bytes) }
  }

  private mutating func goOn(_ name: String, _ bytes: Span<UInt8>) {
    if run != name { event(name) }
    run = name
    add(bytes)
  }

  mutating func said(_ line: Span<UInt8>, from peer: Peer, secretStart: Int?, at moment: Moment) {
    event("said", (peer.place, secretStart ?? -1))
    add(line)
  }

  mutating func commanded(_ command: Command) {
    event("commanded")
    add(command.line.span)
  }

  mutating func exchanged(_ awaited: Awaited, with reply: Reply?) {
    switch awaited {
    case .greeting: event("greeting")
    case .command(let command):
      event("command")
      add(command.line.span)
    case .endOfData(let message, _): event("end of data", (message, 0))
    case .chunk(_, let message, let isLast, _): event("chunk", (message, isLast ? 1 : 0))
    case .unseen: event("unseen")
    }
    event("reply", (reply?.code ?? 0, 0))
  }

  mutating func unsolicited(_ reply: Reply) { event("unsolicited", (reply.code, 0)) }

  mutating func responded(_ response: Span<UInt8>) {
    event("responded")
    add(response)
  }

  mutating func messageBegan(_ number: Int, at moment: Moment) { event("message", (number, 0)) }

  mutating func messageBytes(_ bytes: Span<UInt8>, at moment: Moment) { goOn("text", bytes) }

  mutating func messageGap(_ count: Int) { event("hole", (count, 0)) }

  mutating func messageStopped(behind line: [UInt8]) {
    event("stopped")
    add(line.span)
  }

  mutating func messageEnded(_ number: Int, _ end: MessageEnd, at moment: Moment) { event("ended \(number) \(end)") }

  mutating func loneDot(_ dot: LoneDot?, _ fate: LoneDot.Fate, before rest: Span<UInt8>, at moment: Moment) {
    hasLoneDot = true
    event("dot \(dot?.name ?? "-") \(fate)")
  }

  mutating func sentAhead(of verb: Verb, at moment: Moment) { event("ahead \(verb)") }

  mutating func gap(_ count: Int, from peer: Peer, at moment: Moment) { event("gap", (peer.place, count)) }

  mutating func tls(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {
    goOn(peer == .client ? "tls client" : "tls server", bytes)
  }

  mutating func tlsMissing(_ count: Int, from peer: Peer, at moment: Moment) { event("tls gap", (peer.place, count)) }

  mutating func clearBehindTLS(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {
    // As far as they are at hand, which is the cut's affair.
    event("clear", (peer.place, 0))
  }

  mutating func discarded(_ bytes: Span<UInt8>, at moment: Moment) {
    event("discarded")
    add(bytes)
  }
}

extension Peer {
  fileprivate var place: Int { self == .client ? 0 : 1 }
}
