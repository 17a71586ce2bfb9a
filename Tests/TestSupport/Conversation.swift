package import Wire

/// A script as TCP carries it: handshake, numbered and acknowledged segments, the end.
///
/// Each step of the script is sent when everything before it has arrived, so a segment acknowledges all that the other
/// side has said by then. Change ``segments`` to tell what a capture may do to them, then take the ``frames``.
package struct Conversation: Sendable {
  /// A TCP segment that is not yet a packet. Its sequence number is a position: 0 is the first byte behind the SYN.
  package struct Segment: Sendable {
    package var peer: Peer
    package var sequence: Int
    package var acknowledgment: Int
    package var flags: PacketBuilder.Flags
    package var payload: [UInt8]
    /// Nanoseconds since the conversation's start.
    package var time: Int64
    package var identification: UInt16
    package var window: UInt16 = 65535
    package var options: [UInt8] = []
    package var timeToLive: UInt8 = 64
    package var dontFragment = true
  }

  /// A frame as a capture holds it.
  package struct Frame: Sendable {
    package var bytes: [UInt8]
    package var time: CaptureTime

    package init(bytes: [UInt8], time: CaptureTime) {
      self.bytes = bytes
      self.time = time
    }
  }

  package var segments: [Segment] = []
  package var client = Endpoint(address: IPAddress(ipv4: 0xc000_0207), port: 49152)
  package var server = Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: 25)
  package var clientStart: UInt32 = 0xffff_fff0  // soon beyond the end of the numbers
  package var serverStart: UInt32 = 7000
  /// 2026-11-20 09:14:02 UTC.
  package var start = CaptureTime(nanoseconds: 1_795_166_042_000_000_000)

  private var position: [Peer: Int] = [.client: 0, .server: 0]
  private var identifications: [Peer: UInt16] = [.client: 100, .server: 40000]
  private var clock: Int64 = 0

  /// - Parameters:
  ///   - text: What ``Script`` reads.
  ///   - server: Where it is sent to; nil for a mail server by IPv4.
  ///   - piece: The largest payload of a segment.
  ///   - seesHandshake: Whether the capture has the SYNs.
  ///   - closes: Whether both sides close at the end where the script says nothing of it.
  ///   - pauses: Milliseconds that pass before a step, by its index, besides the ten that always do.
  package init(
    _ text: String, server: Endpoint? = nil, piece: Int = 1460, seesHandshake: Bool = true, closes: Bool = true,
    pauses: [Int: Int64] = [:]
  ) {
    if let server { self.server = server }
    let script = Script(text)
    if seesHandshake {
      send(.client, .syn, at: -1)
      send(.server, [.syn, .ack], at: -1)
      send(.client, .ack)
    }
    var ends = closes
    for (index, step) in script.steps.enumerated() {
      clock += 10_000_000 + (pauses[index] ?? 0) * 1_000_000
      switch step {
      case .bytes(let peer, let bytes):
        var rest = bytes[...]
        while !rest.isEmpty {
          let payload = Array(rest.prefix(piece))
          rest = rest.dropFirst(piece)
          send(peer, [.psh, .ack], payload: payload)
          position[peer, default: 0] += payload.count
        }
      case .missing(let peer, let count):
        position[peer, default: 0] += count
      case .finish(let peer):
        ends = false
        finish(peer)
      case .reset(let peer):
        ends = false
        send(peer, .rst)
      }
    }
    if ends {
      finish(.client)
      finish(.server)
      send(.client, .ack)
    }
  }

  private mutating func finish(_ peer: Peer) {
    send(peer, [.fin, .ack])
    position[peer, default: 0] += 1
  }

  private mutating func send(_ peer: Peer, _ flags: PacketBuilder.Flags, at sequence: Int? = nil, payload: [UInt8] = [])
  {
    identifications[peer, default: 0] &+= 1
    segments.append(
      Segment(
        peer: peer, sequence: sequence ?? position[peer, default: 0], acknowledgment: position[peer.other, default: 0],
        flags: flags, payload: payload, time: clock, identification: identifications[peer, default: 0]))
    clock += 100_000
  }

  /// The segments as Ethernet frames, in their order.
  package var frames: [Frame] {
    segments.map { Frame(bytes: packet(of: $0).ethernet().bytes, time: start.advanced(byNanoseconds: $0.time)) }
  }

  /// A segment as an IP packet.
  package func packet(of segment: Segment) -> PacketBuilder {
    let isFromClient = segment.peer == .client
    let acknowledges = segment.flags.contains(.ack)
    return .tcp(
      from: isFromClient ? client : server, to: isFromClient ? server : client,
      sequence: (isFromClient ? clientStart : serverStart) &+ UInt32(truncatingIfNeeded: segment.sequence + 1),
      acknowledgment: acknowledges
        ? (isFromClient ? serverStart : clientStart) &+ UInt32(truncatingIfNeeded: segment.acknowledgment + 1) : 0,
      flags: segment.flags, window: segment.window, options: segment.options, payload: segment.payload,
      timeToLive: segment.timeToLive, identification: segment.identification, dontFragment: segment.dontFragment)
  }

  /// Adds a segment so many milliseconds after the last one. It goes on where its side stands and acknowledges everything,
  /// unless positions are given.
  package mutating func add(
    _ peer: Peer, _ flags: PacketBuilder.Flags = .ack, after milliseconds: Int64, at sequence: Int? = nil,
    acknowledging acknowledgment: Int? = nil, payload: [UInt8] = [], window: UInt16 = 65535
  ) {
    clock = (segments.last?.time ?? 0) + milliseconds * 1_000_000
    send(peer, flags, at: sequence, payload: payload)
    if let acknowledgment { segments[segments.count - 1].acknowledgment = acknowledgment }
    segments[segments.count - 1].window = window
    if sequence == nil { position[peer, default: 0] += payload.count }
  }

  /// Sends a segment again after each of these waits in milliseconds.
  package mutating func sendAgain(_ index: Int, after waits: [Int64]) {
    let segment = segments[index]
    for wait in waits {
      add(
        segment.peer, segment.flags, after: wait, at: segment.sequence, acknowledging: segment.acknowledgment,
        payload: segment.payload)
    }
  }

  /// Where a side stands: behind its last byte, counted from the first.
  package func end(of peer: Peer) -> Int { position[peer, default: 0] }

  /// The same bytes in other segments: what one side said in a row is cut anew, in pieces of the size that `size` gives.
  package func recut(_ size: () -> Int) -> Conversation {
    var result = self
    result.segments = []
    var index = 0
    while index < segments.count {
      var whole = segments[index]
      index += 1
      guard !whole.payload.isEmpty else {
        result.segments.append(whole)
        continue
      }
      while index < segments.count, segments[index].peer == whole.peer, !segments[index].payload.isEmpty,
        segments[index].sequence == whole.sequence + whole.payload.count
      {
        whole.payload += segments[index].payload
        index += 1
      }
      var rest = whole.payload[...]
      while !rest.isEmpty {
        var piece = whole
        piece.payload = Array(rest.prefix(max(1, size())))
        piece.sequence += rest.startIndex
        rest = rest.dropFirst(piece.payload.count)
        result.segments.append(piece)
      }
    }
    result.renumber()
    return result
  }

  /// Gives the segments times in their order, a tenth of a millisecond apart, and IPv4 identifications of their own.
  package mutating func renumber() {
    for index in segments.indices {
      segments[index].time = Int64(index) * 100_000
      segments[index].identification = UInt16(truncatingIfNeeded: index + 1)
    }
  }
}
