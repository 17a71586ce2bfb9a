internal import PacketDecoding
internal import Wire

/// Keeps account of a connection's packets for ``FlowFacts``, where that is asked for.
struct FlowAccount {
  private var client = Counted()
  private var server = Counted()
  private var history: [UInt8] = []
  private var end = CaptureTime(nanoseconds: 0)

  private struct Counted {
    var facts = FlowFacts.Side()
    /// The letters that stand in the history once at most, as bits.
    var letters: UInt8 = 0
    var lastSYN: UInt32?
    var lastFIN: UInt32?
    var lastRST: UInt32?
    var zeroWindows = 0
    var gaps = 0
    /// Where the stream stood when a hole showed last.
    var hole = -1
    /// Where in the history the letters of gaps belong, if what is missing does not turn up late.
    var gapPlaces: [Int] = []

    static let dataLetter: UInt8 = 1
    static let acknowledgmentLetter: UInt8 = 2
    static let mixedLetter: UInt8 = 4
  }

  /// Letters of a history: a client that sends SYNs with ever new sequence numbers adds one each.
  private static let longestHistory = 64

  /// What the segment did to the streams.
  struct Effect {
    /// It was thrown away for its checksum.
    var isCorrupt: Bool
    /// So many segments were sent again, this one included, and whether it is one of them.
    var retransmissions: Int
    var isRetransmission: Bool
    /// Where the other side's stream has a hole that this one acknowledges; nil where it has none.
    var hole: Int?
  }

  /// Counts a segment that is no second copy of a frame.
  mutating func add(_ segment: TCPSegment, from peer: Peer, _ frame: FrameDescriptor, _ effect: Effect) {
    if !(client.facts.hasEnded && server.facts.hasEnded) { end = frame.time }
    switch peer {
    case .client: Self.add(segment, from: peer, frame, effect, &client, &server, &history)
    case .server: Self.add(segment, from: peer, frame, effect, &server, &client, &history)
    }
  }

  private static func add(
    _ segment: TCPSegment, from peer: Peer, _ frame: FrameDescriptor, _ effect: Effect, _ sender: inout Counted,
    _ receiver: inout Counted, _ history: inout [UInt8]
  ) {
    sender.facts.packets += 1
    sender.facts.packetBytes += Int(segment.packetLength)
    sender.facts.frameBytes += frame.originalLength
    if effect.isCorrupt { return note("C", of: peer, in: &history) }
    sender.facts.flags |= segment.flags.rawValue
    noteKind(of: segment, from: peer, &sender, &history)
    if segment.window == 0, !segment.flags.hasRST, receiver.facts.state != .closed, !sender.facts.state.isReset {
      sender.zeroWindows += 1
      if isTurn(sender.zeroWindows) { note("W", of: peer, in: &history) }
    }
    if effect.isRetransmission, segment.payloadLength > 0, isTurn(effect.retransmissions) {
      note("T", of: peer, in: &history)
    }
    follow(segment, from: peer, &sender.facts, &receiver.facts)
    if let hole = effect.hole, hole != receiver.hole {
      receiver.hole = hole
      receiver.gaps += 1
      if isTurn(receiver.gaps) { receiver.gapPlaces.append(history.count) }
    }
  }

  /// What comes often is noted the first, the tenth, the hundredth time.
  private static func isTurn(_ count: Int) -> Bool {
    var rest = count
    while rest >= 10, rest % 10 == 0 { rest /= 10 }
    return rest == 1
  }

  private static func note(_ letter: Unicode.Scalar, of peer: Peer, in history: inout [UInt8]) {
    guard history.count < longestHistory else { return }
    history.append(UInt8(ascii: letter) | (peer == .client ? 0 : 0x20))
  }

  private static func noteKind(
    of segment: TCPSegment, from peer: Peer, _ sender: inout Counted, _ history: inout [UInt8]
  ) {
    let flags = segment.flags
    switch (flags.hasSYN, flags.hasFIN, flags.hasRST) {
    case (true, false, false):
      if sender.lastSYN != segment.sequence { note(flags.hasACK ? "H" : "S", of: peer, in: &history) }
      sender.lastSYN = segment.sequence
    case (false, true, false):
      let end = segment.sequence &+ UInt32(truncatingIfNeeded: segment.payloadLength)
      if sender.lastFIN != end { note("F", of: peer, in: &history) }
      sender.lastFIN = end
    case (false, false, true):
      if sender.lastRST != segment.sequence { note("R", of: peer, in: &history) }
      sender.lastRST = segment.sequence
    case (false, false, false):
      if segment.payloadLength > 0 {
        noteOnce("D", Counted.dataLetter, of: peer, &sender, &history)
      } else if flags.hasACK {
        noteOnce("A", Counted.acknowledgmentLetter, of: peer, &sender, &history)
      }
    default:
      let contradicts = flags.hasFIN && flags.hasRST
      noteOnce(contradicts ? "I" : "Q", Counted.mixedLetter << (contradicts ? 1 : 0), of: peer, &sender, &history)
    }
  }

  private static func noteOnce(
    _ letter: Unicode.Scalar, _ bit: UInt8, of peer: Peer, _ sender: inout Counted, _ history: inout [UInt8]
  ) {
    guard sender.letters & bit == 0 else { return }
    sender.letters |= bit
    note(letter, of: peer, in: &history)
  }

  /// How far both sides are with this segment (RFC 9293 section 3.3.2, as far as who only listens can tell).
  private static func follow(
    _ segment: TCPSegment, from peer: Peer, _ sender: inout FlowFacts.Side, _ receiver: inout FlowFacts.Side
  ) {
    let flags = segment.flags
    switch sender.state {
    case .silent where flags.hasSYN:
      if peer == .client {
        sender.state = .asking
      } else {
        if receiver.state == .asking { receiver.state = .established }
        sender.state = .established
      }
    case .silent where !flags.hasFIN && !flags.hasRST:
      // Some servers acknowledge a SYN before they answer it.
      let isEarly = peer == .server && segment.payloadLength == 0 && receiver.state == .asking
      if !isEarly { sender.state = flags.hasACK && receiver.state == .established ? .established : .midstream }
    case .midstream where flags.hasSYN && !flags.hasACK && receiver.state == .silent:
      sender.state = .asking
    default: break
    }
    if flags.hasRST {
      switch sender.state {
      case .closed where receiver.state == .closed, .reset: break
      default:
        sender.state = .reset(afterClosing: sender.state == .closed)
        sender.hasEnded = true
      }
    } else if flags.hasFIN, sender.state != .closed, !sender.state.isReset {
      sender.state = .closed
      sender.hasEnded = true
      // One that closed and reset behind it has closed in good order, as it turns out.
      if receiver.state == .reset(afterClosing: true) { receiver.state = .closed }
    }
  }

  /// - Parameter missing: How many bytes of each side's stream are missing in the end.
  func facts(missing: (client: Int, server: Int)) -> FlowFacts {
    var history = history
    var gaps: [(place: Int, letter: UInt8)] = []
    if missing.client > 0 { gaps += client.gapPlaces.map { ($0, UInt8(ascii: "G")) } }
    if missing.server > 0 { gaps += server.gapPlaces.map { ($0, UInt8(ascii: "g")) } }
    gaps.sort { $0.place < $1.place }
    for gap in gaps.reversed() { history.insert(gap.letter, at: min(gap.place, history.count)) }
    return FlowFacts(client: client.facts, server: server.facts, history: history, end: end)
  }
}

extension FlowFacts.State {
  var isReset: Bool {
    if case .reset = self { true } else { false }
  }
}
