/// How a stretch of time divides between client, server and network, in nanoseconds.
///
/// Seen from the capture point, a side's turn lasts from the last byte of what it waits for to the first byte of what it
/// answers, and so holds the way there and back. ``settle(clientRoundTrip:serverRoundTrip:)`` gives that to the network.
public struct TurnTimes: Equatable, Sendable {
  /// What the client took, in nanoseconds.
  public var client: Int64 = 0
  /// What the server took.
  public var server: Int64 = 0
  /// What the network took.
  public var network: Int64 = 0
  /// How many turns of each side are in its time that began with something of the other's: each holds a round trip.
  public var clientTurns = 0
  /// The server's turns, likewise.
  public var serverTurns = 0

  /// Made of the three times; turns are not counted yet.
  public init(client: Int64 = 0, server: Int64 = 0, network: Int64 = 0) {
    self.client = client
    self.server = server
    self.network = network
  }

  /// All three times together; saturates instead of overflowing.
  public var total: Int64 { TurnTimes.sum(TurnTimes.sum(client, server), network) }

  /// Adds each time and each count of turns to its like; times saturate instead of overflowing.
  public static func += (left: inout TurnTimes, right: TurnTimes) {
    left.client = sum(left.client, right.client)
    left.server = sum(left.server, right.server)
    left.network = sum(left.network, right.network)
    left.clientTurns &+= right.clientTurns
    left.serverTurns &+= right.serverTurns
  }

  /// Gives the network what the ways from the capture point to the sides and back took.
  public mutating func settle(clientRoundTrip: Int64, serverRoundTrip: Int64) {
    TurnTimes.move(TurnTimes.product(clientTurns, clientRoundTrip), from: &client, to: &network)
    TurnTimes.move(TurnTimes.product(serverTurns, serverRoundTrip), from: &server, to: &network)
  }

  /// Gives the network up to `time` of what a side had: it waited for something that was lost on the way.
  public mutating func stalled(for time: Int64, in turnOf: Peer) {
    switch turnOf {
    case .client: TurnTimes.move(time, from: &client, to: &network)
    case .server: TurnTimes.move(time, from: &server, to: &network)
    }
  }

  private static func move(_ time: Int64, from side: inout Int64, to other: inout Int64) {
    let moved = min(time, side)
    guard moved > 0 else { return }
    side -= moved
    other = sum(other, moved)
  }

  /// Captures may claim any times.
  private static func sum(_ one: Int64, _ other: Int64) -> Int64 {
    let (sum, overflow) = one.addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  private static func product(_ count: Int, _ time: Int64) -> Int64 {
    let (product, overflow) = Int64(count).multipliedReportingOverflow(by: time)
    return overflow ? .max : product
  }
}
