package import FuzzSupport
internal import PacketDecoding
internal import TCPStreams
internal import Wire

/// Segments of one connection in any order, with any overlap and contents that differ, held against an array for each side in
/// which the first copy of each byte stays.
///
/// Script: a byte of mode, the high bytes of both initial sequence numbers, then segments: kind and peer, position, length,
/// acknowledgement, time.
package enum StreamsTarget: FuzzedPart {
  /// Positions of both streams; less than any window.
  private static let positions = 4096

  private struct Mode: OptionSet {
    var rawValue: UInt8
    /// Segments acknowledge what was sent, and time passes: bytes may be given up for lost.
    static let acknowledges = Mode(rawValue: 1)
    /// A copy may differ from the first.
    static let conflicts = Mode(rawValue: 2)
  }

  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    var script = ByteScript(input)
    let mode = Mode(rawValue: script.byte())
    var stage = Stage(clientStart: UInt32(script.byte()) << 24 | 0xffff00, serverStart: UInt32(script.byte()) << 24)
    try stage.handshake()
    while !script.isAtEnd, !stage.isOver {
      let kind = script.byte()
      let peer: Peer = kind & 1 == 0 ? .client : .server
      let start = script.halfWord() % positions
      let length = max(Int(script.byte()), 1)
      let acknowledged = script.byte()
      let time = script.byte()
      if mode.contains(.acknowledges) { stage.pass(milliseconds: kind & 2 == 0 ? Int64(time) : Int64(time) * 50) }
      let other = stage.model.sent[peer.other.place]
      try stage.send(
        peer, at: start, length: length, version: mode.contains(.conflicts) ? kind >> 2 & 3 : 0,
        acknowledging: mode.contains(.acknowledges) ? other * Int(acknowledged) / 255 : 0)
    }
    try stage.finish(isExact: !mode.contains(.acknowledges))
  }

  /// What was sent, by position, and how much of it was handed up.
  private struct Model {
    var first = [[UInt8?](repeating: nil, count: positions + 256), [UInt8?](repeating: nil, count: positions + 256)]
    var handedUp = [0, 0]
    var missing = [0, 0]
    /// The end of the farthest segment of each.
    var sent = [0, 0]

    mutating func take(_ bytes: Span<UInt8>, from peer: Peer) throws(Broken) {
      for offset in bytes.indices {
        let position = handedUp[peer.place] + offset
        try demand(position < first[peer.place].count, "bytes behind all that was sent")
        try demand(first[peer.place][position] == bytes[offset], "position \(position) is not what came first")
      }
      handedUp[peer.place] += bytes.count
    }

    mutating func miss(_ count: Int, from peer: Peer, isExact: Bool) throws(Broken) {
      try demand(count > 0, "a gap of nothing")
      for position in handedUp[peer.place]..<(handedUp[peer.place] + count) where isExact {
        try demand(position < first[peer.place].count, "a gap behind all that was sent")
        try demand(first[peer.place][position] == nil, "position \(position) was captured")
      }
      handedUp[peer.place] += count
      missing[peer.place] += count
    }
  }

  private struct Stage: ~Copyable {
    var table = ConnectionTable(serverPorts: [25], seed: 1)
    var model = Model()
    var isOver = false
    private var frame = 0
    private var time: Int64 = 1_000_000_000
    private let starts: [UInt32]
    private let ends = [
      Endpoint(address: IPAddress(ipv4: 0xc000_0201), port: 40000),
      Endpoint(address: IPAddress(ipv4: 0xc000_0202), port: 25),
    ]

    init(clientStart: UInt32, serverStart: UInt32) {
      starts = [clientStart, serverStart]
    }

    mutating func pass(milliseconds: Int64) { time += milliseconds * 1_000_000 }

    mutating func handshake() throws(Broken) {
      try feed(.client, .syn, at: -1, acknowledging: nil, [])
      try feed(.server, .syn, at: -1, acknowledging: 0, [])
      try feed(.client, [], at: 0, acknowledging: 0, [])
    }

    mutating func send(
      _ peer: Peer, at position: Int, length: Int, version: UInt8, acknowledging: Int
    ) throws(Broken) {
      var payload: [UInt8] = []
      for place in position..<(position + length) {
        let byte = UInt8(truncatingIfNeeded: place &* 31 &+ place >> 8 &* 7 &+ peer.place &* 13) ^ version
        payload.append(byte)
        if model.first[peer.place][place] == nil { model.first[peer.place][place] = byte }
      }
      model.sent[peer.place] = max(model.sent[peer.place], position + length)
      try feed(peer, [], at: position, acknowledging: acknowledging, payload)
    }

    private mutating func feed(
      _ peer: Peer, _ flags: TCPFlags, at position: Int, acknowledging: Int?, _ payload: [UInt8]
    ) throws(Broken) {
      frame += 1
      time += 1000
      let segment = TCPSegment(
        source: ends[peer.place], destination: ends[peer.other.place],
        sequence: starts[peer.place] &+ UInt32(truncatingIfNeeded: position),
        acknowledgment: acknowledging.map { starts[peer.other.place] &+ UInt32(truncatingIfNeeded: $0) } ?? 0,
        flags: acknowledging == nil ? flags : flags.union(.ack), identification: UInt16(truncatingIfNeeded: frame),
        payload: 0..<payload.count, payloadLength: payload.count)
      table.receive(
        segment, in: payload.span,
        frame: FrameDescriptor(
          time: CaptureTime(nanoseconds: time), number: frame, file: 0, linkType: .ethernet,
          originalLength: 54 + payload.count))
      try take(payload.span, isExact: false)
    }

    mutating func finish(isExact: Bool) throws(Broken) {
      guard !isOver else { return }
      table.finish()
      try take(Span(), isExact: isExact)
      guard isExact else { return }
      for side in 0..<2 {
        try demand(model.handedUp[side] == model.sent[side], "\(model.handedUp[side]) of \(model.sent[side]) handed up")
        let missing = model.first[side][..<model.sent[side]].count { $0 == nil }
        try demand(model.missing[side] == missing, "\(model.missing[side]) missing, not \(missing)")
      }
    }

    private mutating func take(_ bytes: Span<UInt8>, isExact: Bool) throws(Broken) {
      while let event = table.nextEvent() {
        // A connection that was given up for idle is followed by another one: that has positions of its own.
        if isOver { continue }
        switch event {
        case .opened: if frame > 1 { isOver = true }
        case .bytes(_, let peer, let range): try model.take(bytes.extracting(range), from: peer)
        case .heldBytes(_, let peer, let held): try model.take(held.bytes.span, from: peer)
        case .gap(_, let peer, let count): try model.miss(count, from: peer, isExact: isExact)
        case .finished: throw Broken("an end without a FIN")
        case .closed: if !isExact { isOver = true }
        }
      }
    }
  }
}

extension Peer {
  fileprivate var place: Int { self == .client ? 0 : 1 }
}
