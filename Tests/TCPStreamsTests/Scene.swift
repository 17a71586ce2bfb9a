import PacketDecoding
import TCPStreams
import Wire

/// A connection as a test tells it: segments go in, a transcript comes out.
///
/// Sequence numbers are told as positions: 0 is a side's first payload byte, its SYN has -1. Events read `C:text`,
/// `S:text` (held bytes alike), `C gap 5`, `C end`, `open`, `close`; pieces of one side in a row are joined.
struct Scene: ~Copyable {
  var table: ConnectionTable
  var transcript: [String] = []
  /// The facts of each connection as it closed.
  var closed: [ConnectionFacts] = []
  var id = ConnectionID(slot: 0)
  /// Milliseconds.
  var time = 0
  var frame = 0
  var clientStart: UInt32 = 1000
  var serverStart: UInt32 = 5000
  var client = Endpoint(address: IPAddress(ipv4: 0xc000_0201), port: 40000)
  var server = Endpoint(address: IPAddress(ipv4: 0xc000_0202), port: 25)
  var identification: UInt16? = 0
  var bytes: [Peer: [UInt8]] = [:]
  var joins = true

  init(
    _ limits: StreamLimits = StreamLimits(), ports: [UInt16] = [25], keepsFlows: Bool = false, seed: UInt64 = 1
  ) {
    table = ConnectionTable(limits: limits, serverPorts: ports, keepsFlows: keepsFlows, seed: seed)
  }

  /// A segment: payload at a position of the sender's stream, acknowledging `ack` bytes of the other's; nil: no ACK flag.
  mutating func send(
    _ peer: Peer, _ text: String = "", at position: Int = 0, ack: Int? = 0, _ flags: TCPFlags = [],
    window: UInt16 = 65535,
    clipped: Int = 0, id: UInt16?? = nil, timestamp: UInt32? = nil, timeToLive: UInt8 = 64
  ) {
    var options = TCPOptions()
    options.timestamp = timestamp
    let payload = Array(text.utf8)
    let segment = TCPSegment(
      source: peer == .client ? client : server, destination: peer == .client ? server : client,
      sequence: (peer == .client ? clientStart : serverStart) &+ UInt32(truncatingIfNeeded: position),
      acknowledgment: ack.map { (peer == .client ? serverStart : clientStart) &+ UInt32(truncatingIfNeeded: $0) } ?? 0,
      flags: ack == nil ? flags : flags.union(.ack), window: window, options: options, timeToLive: timeToLive,
      identification: id ?? identification, payload: 0..<payload.count, payloadLength: payload.count + clipped)
    feed(segment, payload)
  }

  mutating func feed(_ segment: TCPSegment, _ bytes: [UInt8]) {
    frame += 1
    time += 10
    table.receive(segment, in: bytes.span, frame: descriptor)
    drain(bytes)
  }

  var descriptor: FrameDescriptor {
    FrameDescriptor(
      time: CaptureTime(nanoseconds: Int64(time) * 1_000_000), number: frame, file: 0, linkType: .ethernet,
      originalLength: 60)
  }

  /// SYN, SYN-ACK, ACK.
  mutating func handshake() {
    send(.client, at: -1, ack: nil, .syn)
    send(.server, at: -1, .syn)
    send(.client)
  }

  mutating func wait(milliseconds: Int) {
    time += milliseconds
    table.advance(to: descriptor.time)
    drain([])
  }

  mutating func finish() {
    table.finish()
    drain([])
  }

  var facts: ConnectionFacts { mutating get { table.facts(of: id) } }

  mutating func drain(_ bytes: [UInt8]) {
    while let event = table.nextEvent() {
      switch event {
      case .opened(let id):
        self.id = id
        transcript.append("open")
      case .bytes(_, let peer, let range): say(peer, Array(bytes[range]))
      case .heldBytes(_, let peer, let held): say(peer, held.bytes)
      case .gap(_, let peer, let count): transcript.append("\(peer.letter) gap \(count)")
      case .finished(_, let peer): transcript.append("\(peer.letter) end")
      case .closed(let id):
        transcript.append("close")
        closed.append(table.facts(of: id))
      }
    }
  }

  private mutating func say(_ peer: Peer, _ said: [UInt8]) {
    bytes[peer, default: []] += said
    let text = String(decoding: said, as: UTF8.self)
    if joins, let last = transcript.last, last.hasPrefix(peer.letter + ":") {
      transcript[transcript.count - 1] = last + text
    } else {
      transcript.append(peer.letter + ":" + text)
    }
  }
}

extension Peer {
  var letter: String { self == .client ? "C" : "S" }
}
