public import TCPStreams
public import Wire

/// A mail connection that was opened, or that turned out to carry mail.
public struct SessionOpening: Sendable {
  /// When its first frame was captured.
  public var time: CaptureTime
  /// Who opened it.
  public var client: IPAddress
  /// Whom it was opened to.
  public var server: IPAddress

  /// The opening of a connection of which these facts are known.
  public init(_ facts: ConnectionFacts) {
    time = facts.firstFrame.time
    client = facts.client.address
    server = facts.server.address
  }

  /// An opening by its time and its two hosts.
  public init(time: CaptureTime, client: IPAddress, server: IPAddress) {
    self.time = time
    self.client = client
    self.server = server
  }
}

/// A connection that is told of, by the keys of its hosts, and its life.
private struct ClosedConnection {
  var own: UInt64
  var server: UInt64
  var began: CaptureTime
  var ended: CaptureTime
}

/// Counts the connections that are open: what a server says of too many can be held against it.
struct OpenConnections: Sendable {
  /// Open ones between a client and a server, and to a server from anywhere.
  private var counts = KeyNumbers<Int32>()
  /// Told already and not yet due: sessions leave later than connections begin.
  private var announced = Queue<SessionOpening>()
  private let limit: Int
  /// The last ones that closed, in a ring: what a refused client keeps open may close before it does.
  private var closed: [ClosedConnection] = []
  private var oldest = 0
  /// Keeps peers from choosing addresses that count for each other.
  private let seed = UInt64.random(in: .min ... .max)

  init(limits: MemoryLimits) {
    limit = limits.openConnections
  }

  mutating func opened(_ opening: SessionOpening) {
    guard announced.count < limit else { return }
    announced.append(opening)
  }

  /// Counts what had begun by then.
  mutating func advance(to time: CaptureTime) {
    while !announced.isEmpty, announced[0].time <= time, let opening = announced.popFirst() {
      guard counts.count < limit else { continue }
      counts.increment(key(opening.client, opening.server))
      counts.increment(key(nil, opening.server))
    }
  }

  mutating func closed(_ opening: SessionOpening, at end: CaptureTime) {
    let own = key(opening.client, opening.server)
    let server = key(nil, opening.server)
    counts.decrement(own)
    counts.decrement(server)
    let life = ClosedConnection(own: own, server: server, began: opening.time, ended: end)
    if closed.count < Self.rememberedClosed {
      closed.append(life)
    } else {
      closed[oldest] = life
      oldest = (oldest + 1) % Self.rememberedClosed
    }
  }

  /// Far more than end while one that was refused is still open.
  private static let rememberedClosed = 1024

  /// Numbers instead of a hasher: every session asks four times.
  private func key(_ client: IPAddress?, _ server: IPAddress) -> UInt64 {
    mixed(mixed(mixed(mixed(seed, client?.high ?? 1), client?.low ?? 2), server.high), server.low)
  }

  private func mixed(_ key: UInt64, _ part: UInt64) -> UInt64 {
    let product = (key ^ part) &* 0x9e37_79b9_7f4a_7c15
    return product ^ product >> 29
  }

  func count(from client: IPAddress, to server: IPAddress) -> Int {
    Int(counts[key(client, server)])
  }

  func count(to server: IPAddress) -> Int {
    Int(counts[key(nil, server)])
  }

  /// Adds our own count to what the server said of too many connections.
  func explain(_ session: inout Session) {
    let findings = session.findings
    guard let index = findings.indices.first(where: { findings[$0].id == .tooManyConnections }) else { return }
    let (client, server) = (session.connection.client.address, session.connection.server.address)
    var (own, all) = (count(from: client, to: server), count(to: server))
    guard own > 0 else { return }
    // They are counted when this one ended; some that were open when it was refused had ended by then.
    let refused = session.findings[index].time ?? session.connection.lastFrame.time
    let (ownKey, serverKey) = (key(client, server), key(nil, server))
    for life in closed where life.server == serverKey && life.began <= refused && life.ended >= refused {
      all += 1
      if life.own == ownKey { own += 1 }
    }
    let others = all > own ? ", and \(all - own) of other clients" : ""
    session.findings[index].message +=
      own == 1
      ? " In the capture it was the only connection of \(client) to this server that was open then\(others)."
      : " In the capture \(own) connections of \(client) to this server were open then, this one included\(others)."
  }
}
