internal import PacketDecoding
internal import Wire

/// Connections that are over: their endpoints are remembered for a while, so that stray tail packets open no new connection.
///
/// Of each there is no more than what tells a straggler from a successor, a tenth of what an open connection takes: where
/// connections are short, many more are remembered than open.
struct ClosedConnections {
  /// In the order in which they were closed; where they are as many as may be, each takes the place of the oldest.
  private var ring: [ClosedConnection] = []
  /// How many were ever remembered, and how many of those are not any more; the places are these modulo the limit.
  private var end = 0
  private var start = 0
  private var index = FlowIndex()
  private let limit: Int

  /// - Parameter limit: How many are remembered.
  init(limit: Int) {
    self.limit = max(1, limit)
  }

  /// Remembers one until `until`, and forgets those whose time is over by `now`. Returns whether one was forgotten before its
  /// time.
  mutating func remember(_ closed: ClosedConnection, now: Int64) -> Bool {
    while start < end, ring[start % limit].until <= now { _ = forgetFirst() }
    let hadNoRoom = end - start == limit && forgetFirst()
    let place = end % limit
    if place == ring.count { ring.append(closed) } else { ring[place] = closed }
    end += 1
    index.insert(hash: closed.hash, slot: place)
    return hadNoRoom
  }

  /// Whether a segment is a straggler of one of them. Where it opens another connection between the same endpoints, the one
  /// that was is forgotten.
  mutating func hasStraggler(_ segment: TCPSegment, _ key: FlowKey, _ hash: UInt32, now: Int64) -> Bool {
    guard start < end, let place = index.slot(of: hash, where: { ring[$0].key == key }) else { return false }
    if now < ring[place].until, ring[place].isStraggler(segment) { return true }
    forget(place)
    return false
  }

  /// Returns whether it was remembered still.
  private mutating func forgetFirst() -> Bool {
    let place = start % limit
    start += 1
    guard !ring[place].isForgotten else { return false }
    forget(place)
    return true
  }

  private mutating func forget(_ place: Int) {
    index.remove(hash: ring[place].hash, slot: place)
    ring[place].isForgotten = true
  }
}

/// What is remembered of a connection that is over.
struct ClosedConnection {
  let key: FlowKey
  let hash: UInt32
  let clientIsLow: Bool
  var isForgotten = false
  let client: Direction
  let server: Direction
  let until: Int64

  /// One of its directions; nil numbers would take as much again.
  struct Direction {
    let isKnown: Bool
    /// The sequence number of its first byte.
    let initial: TCPSequence
    /// The one behind the farthest captured segment.
    let highest: TCPSequence
  }

  /// Whether a segment between its endpoints belongs to it, and opens no other connection.
  func isStraggler(_ segment: TCPSegment) -> Bool {
    let sender = key.isLow(segment.source) == clientIsLow ? client : server
    guard sender.isKnown else { return segment.payloadLength == 0 }
    if segment.flags.hasSYN, !segment.flags.hasRST {
      // Another initial sequence number is another connection's (RFC 9293 section 3.4.1).
      guard sender.initial == TCPSequence(segment.sequence).advanced(by: 1) else { return false }
    }
    if segment.payloadLength == 0 { return true }
    let distance = TCPSequence(segment.sequence).distance(from: sender.highest)
    return distance <= Connection.stragglerReach && distance >= -StreamDirection.largestWindow
  }
}

extension Connection {
  /// What is to be remembered of it.
  mutating func closed(until: Int64) -> ClosedConnection {
    ClosedConnection(
      key: key, hash: hash, clientIsLow: clientIsLow, client: client.closed, server: server.closed, until: until)
  }
}

extension StreamDirection {
  fileprivate var closed: ClosedConnection.Direction {
    ClosedConnection.Direction(
      isKnown: isKnown, initial: initial, highest: next.advanced(by: highest - position))
  }
}
