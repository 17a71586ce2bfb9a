internal import PacketDecoding
package import Wire

// PacketKeeping: which packets of live traffic are written to files. Packets wait until their connection has ended and
// somebody says whether it is wanted; the files are a ring. Open `PacketKeeper` first.

/// What keeping packets may cost, for months of running.
package struct PacketKeepingLimits: Sendable {
  /// Bytes that wait of one connection, bookkeeping included. What is longer is written as it comes, wanted or not: the
  /// beginning of a dialogue without its end is no evidence.
  package var heldBytesPerConnection = 8 << 20
  /// The same of all connections. The one that began first is written then, and goes on to be written as it comes.
  package var heldBytes = 128 << 20
  /// Connections of which packets wait: a flood of SYNs makes as many as it likes. Of the oldest ones that carried nothing
  /// the packets are dropped and counted.
  package var connections = 65_536
  /// Packets that are fragments and wait for the rest of their datagram, and for how long (RFC 791 section 3.2 gives it
  /// fifteen seconds).
  package var fragments = 4096
  package var fragmentPatience: Int64 = 15_000_000_000
  /// How long packets wait without another one of their connection, in nanoseconds of packet time: longer than a connection
  /// may be silent until it is over.
  package var patience: Int64 = 4_200_000_000_000

  package init() {}
}

/// Takes every packet, and gives those of wanted connections to be written.
///
/// Where every mail connection is wanted, packets of mail ports go out at once. Others wait until their connection has ended,
/// and then go out together, so that a file may have a connection's packets behind those of one that ended earlier and began
/// later.
package struct PacketKeeper: ~Copyable {
  private let limits: PacketKeepingLimits
  private let mailPorts: Set<UInt16>
  private let wantsAll: Bool
  private var decoder = PacketDecoder()
  private var connections: [EndpointPair: HeldConnection] = [:]
  /// Connections in the order in which they began to wait; of those that are gone the entries stay until they are met,
  /// or until they are more than the others.
  private var order: [(pair: EndpointPair, serial: Int)] = []
  private var orderHead = 0
  private var serial = 0
  private var fragments: [FragmentKey: HeldPackets] = [:]
  private var fragmentOrder: [FragmentKey] = []
  private var fragmentCount = 0
  private var lastLook = CaptureTime(nanoseconds: .min)
  /// Bytes that wait, bookkeeping included.
  package private(set) var heldBytes = 0
  /// Packets that were dropped for the limits' sake.
  package private(set) var droppedPackets = 0
  /// Connections that were written before it was known whether they are wanted.
  package private(set) var writtenEarly = 0

  /// - Parameters:
  ///   - mailPorts: Server ports whose connections are mail without looking.
  ///   - wantsAll: Whether every mail connection is wanted.
  package init(mailPorts: [UInt16], wantsAll: Bool, limits: PacketKeepingLimits = PacketKeepingLimits()) {
    self.mailPorts = Set(mailPorts)
    self.wantsAll = wantsAll
    self.limits = limits
  }

  /// Takes the next packet.
  package mutating func receive(
    _ bytes: Span<UInt8>, _ frame: FrameDescriptor, into target: inout some PacketTarget & ~Copyable
  ) {
    if frame.time.nanoseconds(since: lastLook) > 1_000_000_000 || frame.time < lastLook {
      lastLook = frame.time
      forgetSilent(at: frame.time)
    }
    switch decoder.decode(bytes, descriptor: frame) {
    case .segment(let segment):
      let pair = EndpointPair(segment.source, segment.destination)
      receive(bytes, frame, of: pair, carriesData: segment.payloadLength > 0, into: &target)
    case .reassembledSegment(let segment, _):
      let pair = EndpointPair(segment.source, segment.destination)
      if let key = decoder.lastFragment, let held = fragments.removeValue(forKey: key) {
        fragmentCount -= held.count
        heldBytes -= held.cost
        held.forEach { receive($0, $1, of: pair, carriesData: true, into: &target) }
      }
      receive(bytes, frame, of: pair, carriesData: true, into: &target)
    case .icmpError(let error):
      let pair = EndpointPair(error.source, error.destination)
      // It opens no connection: of others there are errors too.
      guard connections[pair] != nil || wantsAll && isMail(pair) else { return }
      receive(bytes, frame, of: pair, carriesData: false, into: &target)
    case .fragment:
      if let key = decoder.lastFragment { hold(bytes, frame, of: key) }
    case .datagram, .reassembledDatagram, .other, .malformed:
      break
    }
  }

  /// A connection has ended, its last packet being `last`.
  package mutating func end(
    _ client: Endpoint, _ server: Endpoint, last: FrameDescriptor, isWanted: Bool,
    into target: inout some PacketTarget & ~Copyable
  ) {
    let pair = EndpointPair(client, server)
    guard let connection = connections.removeValue(forKey: pair) else { return }
    heldBytes -= connection.packets.cost
    var rest = HeldPackets()
    connection.packets.forEach { bytes, frame in
      // What is later belongs to another connection of the same two ends.
      if frame.time > last.time {
        rest.append(bytes, frame)
      } else if isWanted {
        target.write(bytes, frame)
      }
    }
    guard rest.count > 0, let time = rest.lastTime else { return }
    let next = HeldConnection(serial: nextSerial(of: pair), time: time)
    next.packets = rest
    next.carriedData = connection.carriedData
    connections[pair] = next
    heldBytes += rest.cost
  }

  // MARK: Holding

  private func isMail(_ pair: EndpointPair) -> Bool {
    mailPorts.contains(pair.low.port) || mailPorts.contains(pair.high.port)
  }

  private mutating func receive(
    _ bytes: Span<UInt8>, _ frame: FrameDescriptor, of pair: EndpointPair, carriesData: Bool,
    into target: inout some PacketTarget & ~Copyable
  ) {
    if wantsAll, isMail(pair) { return target.write(bytes, frame) }
    let connection: HeldConnection
    if let known = connections[pair] {
      connection = known
    } else {
      while connections.count >= limits.connections, giveUpOldest(into: &target) {}
      connection = HeldConnection(serial: nextSerial(of: pair), time: frame.time)
      connections[pair] = connection
    }
    connection.lastSeen = max(connection.lastSeen, frame.time)
    connection.carriedData = connection.carriedData || carriesData
    guard !connection.isWritten else { return target.write(bytes, frame) }
    let before = connection.packets.cost
    connection.packets.append(bytes, frame)
    heldBytes += connection.packets.cost - before
    if connection.packets.cost > limits.heldBytesPerConnection { writeEarly(connection, into: &target) }
    while heldBytes > limits.heldBytes, giveUpOldest(into: &target) {}
  }

  /// Entries of the queues, those of what is gone among them.
  var queued: Int { order.count + fragmentOrder.count }

  private mutating func nextSerial(of pair: EndpointPair) -> Int {
    if order.count > 2 * connections.count + Self.mostStale {
      // One connection that lives long at the head would keep those of all that came and went behind it.
      order = order[orderHead...].filter { connections[$0.pair]?.serial == $0.serial }
      orderHead = 0
    }
    serial += 1
    order.append((pair, serial))
    return serial
  }

  /// Makes room; false where there is nothing left to give up.
  private mutating func giveUpOldest(into target: inout some PacketTarget & ~Copyable) -> Bool {
    guard let (pair, connection) = popOldest() else { return false }
    if connection.isWritten || !connection.carriedData {
      droppedPackets += connection.packets.count
      heldBytes -= connection.packets.cost
      connections[pair] = nil
    } else {
      writeEarly(connection, into: &target)
      connection.serial = nextSerial(of: pair)
    }
    return true
  }

  private mutating func writeEarly(_ connection: HeldConnection, into target: inout some PacketTarget & ~Copyable) {
    heldBytes -= connection.packets.cost
    connection.packets.forEach { target.write($0, $1) }
    connection.packets = HeldPackets()
    connection.isWritten = true
    writtenEarly += 1
  }

  private mutating func popOldest() -> (EndpointPair, HeldConnection)? {
    while orderHead < order.count {
      let entry = order[orderHead]
      orderHead += 1
      if let connection = connections[entry.pair], connection.serial == entry.serial { return (entry.pair, connection) }
    }
    return nil
  }

  /// Nobody will ask for packets any more of which no connection came: tails of earlier ones, traffic that is no mail.
  private mutating func forgetSilent(at time: CaptureTime) {
    while orderHead < order.count {
      let entry = order[orderHead]
      if let connection = connections[entry.pair], connection.serial == entry.serial {
        guard time.nanoseconds(since: connection.began) > limits.patience else { break }
        _ = popOldest()
        if time.nanoseconds(since: connection.lastSeen) > limits.patience {
          heldBytes -= connection.packets.cost
          connections[entry.pair] = nil
        } else {
          connection.began = time
          connection.serial = nextSerial(of: entry.pair)
        }
      } else {
        orderHead += 1
      }
    }
    while let key = fragmentOrder.first {
      guard let held = fragments[key], let last = held.lastTime else {
        fragmentOrder.removeFirst()
        continue
      }
      guard time.nanoseconds(since: last) > limits.fragmentPatience else { break }
      fragmentOrder.removeFirst()
      drop(key, held)
    }
  }

  private mutating func hold(_ bytes: Span<UInt8>, _ frame: FrameDescriptor, of key: FragmentKey) {
    while fragmentCount >= limits.fragments, let oldest = fragmentOrder.first {
      fragmentOrder.removeFirst()
      if let held = fragments[oldest] {
        droppedPackets += held.count
        drop(oldest, held)
      }
    }
    if fragments[key] == nil {
      if fragmentOrder.count > 2 * fragments.count + Self.mostStale {
        var known = Set(fragments.keys)
        fragmentOrder.removeAll { known.remove($0) == nil }
      }
      fragmentOrder.append(key)
    }
    var held = fragments.removeValue(forKey: key) ?? HeldPackets()
    heldBytes -= held.cost
    held.append(bytes, frame)
    heldBytes += held.cost
    fragmentCount += 1
    fragments[key] = held
  }

  /// Entries of what is gone that a queue may have, whatever else is in it.
  private static let mostStale = 1024

  private mutating func drop(_ key: FragmentKey, _ held: HeldPackets) {
    fragmentCount -= held.count
    heldBytes -= held.cost
    fragments[key] = nil
  }
}

/// Takes packets that are to be written.
package protocol PacketTarget: ~Copyable {
  mutating func write(_ bytes: Span<UInt8>, _ frame: FrameDescriptor)
}

/// The two ends of a connection, whoever called.
private struct EndpointPair: Hashable {
  let low: Endpoint
  let high: Endpoint

  init(_ one: Endpoint, _ other: Endpoint) {
    let isLow =
      one.address != other.address ? one.address < other.address : one.port <= other.port
    low = isLow ? one : other
    high = isLow ? other : one
  }
}

/// A connection of which packets wait, or that is written as it comes.
private final class HeldConnection {
  var serial: Int
  var began: CaptureTime
  var lastSeen: CaptureTime
  var packets = HeldPackets()
  var carriedData = false
  /// It was too long to wait.
  var isWritten = false

  init(serial: Int, time: CaptureTime) {
    self.serial = serial
    began = time
    lastSeen = time
  }
}

/// Packets that wait, in their order.
private struct HeldPackets {
  private var frames: [(frame: FrameDescriptor, end: Int)] = []
  private var bytes: [UInt8] = []

  var count: Int { frames.count }
  var lastTime: CaptureTime? { frames.last?.frame.time }
  /// Bytes of memory.
  var cost: Int { bytes.count + frames.count * 64 }

  mutating func append(_ packet: Span<UInt8>, _ frame: FrameDescriptor) {
    bytes.append(packet)
    frames.append((frame, bytes.count))
  }

  func forEach(_ body: (Span<UInt8>, FrameDescriptor) -> Void) {
    var start = 0
    let all = bytes
    for (frame, end) in frames {
      body(all.span.extracting(start..<end), frame)
      start = end
    }
  }
}
