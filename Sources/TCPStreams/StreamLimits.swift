/// The bounds of a connection table. The defaults fit a daemon that runs for months.
///
/// Durations are nanoseconds of packet time.
public struct StreamLimits: Sendable {
  /// Connections in the table. Stops a flood of SYNs or of forged segments from taking all memory: the connection that was
  /// idle longest, half-open ones first, makes room.
  public var connections = 262_144
  /// Held bytes of a connection, bookkeeping included. A receiver may advertise a window of some MiB and lose its first
  /// segment, so that much may have to wait; more is a sender that leaves a hole open on purpose.
  public var heldBytesPerConnection = 8 << 20
  /// Held pieces of a connection. One-byte segments cost more in bookkeeping and searching than they carry.
  public var heldPiecesPerConnection = 8192
  /// Pieces with a wrong checksum that are kept in case nothing better comes. More of them are no accident.
  public var corruptPiecesPerDirection = 64
  /// Held bytes of all connections, bookkeeping included: many connections that each keep just below their own bound.
  public var heldBytes = 128 << 20
  /// How far ahead of what was acknowledged or handed up a segment of a stream whose receiver is captured may lie, and an
  /// acknowledgement ahead of what was captured; farther is forged, or belongs to another connection. RFC 7323 allows 1 GiB, systems in use offer less than this.
  public var window = 64 << 20
  /// How long bytes that the other side has acknowledged may turn up late in the capture. Capture points and queues
  /// reorder by milliseconds; a second also forgives two files whose clocks differ a little.
  public var patience: Int64 = 1_000_000_000
  /// The same in later segments of the connection, for fast ones: what waits behind the hole is held in memory.
  public var patienceSegments = 256
  /// How long a hole is left open where the receiver's direction is not captured, so that nothing can confirm it. A
  /// retransmission comes after the retransmission timeout, at first about a second (RFC 6298).
  public var unconfirmedPatience: Int64 = 10_000_000_000
  /// The same in later segments of the connection.
  public var unconfirmedPatienceSegments = 4096
  /// How long a connection may be silent. Command timeouts end at ten minutes (RFC 5321 section 4.5.3.2); connections that
  /// were left without FIN would pile up for ever.
  public var idleTimeout: Int64 = 3_600_000_000_000
  /// How long a SYN may stay unanswered: SYNs without end that nobody answers. Systems give up after about two minutes.
  public var handshakeTimeout: Int64 = 130_000_000_000
  /// How long a connection whose end was seen (a reset, or the second FIN) waits for late acknowledgements, tail packets and
  /// further resets, which servers often send behind their FIN.
  public var linger: Int64 = 1_000_000_000
  /// How long one waits of which both FINs were acknowledged and nothing is missing: only a reset may follow, in a round-trip
  /// time, or a FIN whose acknowledgement was lost behind the capture point. Servers close thousands in a second, and each
  /// costs as much as an open one until then.
  public var tail: Int64 = 250_000_000
  /// How long a closed connection's endpoints are remembered, so that stray tail packets open no new connection.
  public var closedMemory: Int64 = 60_000_000_000
  /// How many closed connections are remembered: short connections one after the other.
  public var closedConnections = 16_384
  /// Within this time the same packet with the same IPv4 identification is one packet captured twice.
  public var duplicateSpan: Int64 = 100_000_000
  /// The same where there is no identification to tell a retransmission by, which may come as soon as this.
  public var unidentifiedDuplicateSpan: Int64 = 3_000_000

  /// The defaults.
  public init() {}

  /// The limits of one of several tables that share what these allow in all.
  public func divided(among tables: Int) -> StreamLimits {
    var limits = self
    limits.connections = max(1, connections / tables)
    limits.heldBytes = max(1, heldBytes / tables)
    limits.closedConnections = max(1, closedConnections / tables)
    return limits
  }
}

/// What the limits cost: everything that was dropped or cut short for them.
public struct StreamLimitCounts: Equatable, Sendable {
  /// Connections closed to make room for others.
  public var evictedConnections = 0
  /// Holes that were given up early because a connection, or all together, held too much.
  public var holesGivenUp = 0
  /// Payload bytes dropped because they lay farther ahead than the window.
  public var strayBytes = 0
  /// Closed connections forgotten before their time.
  public var closedForgotten = 0

  /// Nothing dropped.
  public init() {}
}
