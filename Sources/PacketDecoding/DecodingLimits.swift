/// What decoding may spend on packets that a stranger wrote.
public struct DecodingLimits: Equatable, Sendable {
  /// IP headers, Ethernet headers and reassembled datagrams inside another's payload. Stops a frame of nothing but
  /// tunnel headers, which would cost a call of the decoder for every few bytes.
  public var maximumNesting = 8
  /// Datagrams of which fragments wait. Stops a flood of first fragments, each with an identification of its own.
  public var maximumDatagrams = 1024
  /// Bytes of all fragments that wait, with what it takes to keep them. Stops the same flood with large fragments.
  public var maximumFragmentBytes = 4 << 20
  /// Fragments of one datagram. Stops a datagram in eight-octet fragments, each searched for among all before it.
  public var maximumFragmentsOfDatagram = 256
  /// How long fragments wait for the rest, in nanoseconds of packet time. Stops identifications used again from being
  /// joined with what a lost fragment left behind, and datagrams never completed from staying.
  public var reassemblyTimeout: Int64 = 30_000_000_000
  /// How long a completed datagram's late copies are recognised, in nanoseconds of packet time: two capture points show
  /// each fragment twice, and the second copy must not begin a datagram that a later one would be joined with.
  public var duplicateWindow: Int64 = 1_000_000_000

  /// The defaults, fit for a daemon.
  public init() {}
}

/// What decoding threw away, so that it can be told.
public struct DecodingCounters: Equatable, Sendable {
  /// Fragments that contradict themselves or their datagram, reach over 65535 octets, or are too many.
  public var fragmentsDropped = 0
  /// Copies of fragments that were there already.
  public var fragmentsRepeated = 0
  /// IPv6 datagrams given up since their fragments overlap (RFC 5722), or any that `maximumFragmentsOfDatagram` ended.
  public var datagramsRefused = 0
  /// Datagrams given up for `maximumDatagrams` or `maximumFragmentBytes`.
  public var datagramsEvicted = 0
  /// Datagrams that were never completed.
  public var datagramsTimedOut = 0

  /// All counts zero.
  public init() {}
}
