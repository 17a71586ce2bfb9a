public import Wire

/// Finds the TCP segment, the ICMP error about one, or a name server's datagram in a captured frame, whatever links and
/// tunnels carry it.
///
/// One call a frame, and nothing is kept between calls but fragments that wait for others. Headers are read where they
/// lie; only what was fragmented is copied. Checksums are not verified here: ask ``TCPSegment/checksum(in:)`` for those
/// that matter.
///
/// Each protocol has a file, with one method that takes the bytes and the ``Extent`` of its packet and hands what is
/// inside to the next: ``decodeEthernet(_:_:)`` to ``decodeIPv4(_:_:)`` to ``decodeTCP(_:_:_:)``. The frames that a
/// capture has most of are read in one go, in `CommonPath.swift`.
public struct PacketDecoder: ~Copyable {
  let limits: DecodingLimits
  var fragments: FragmentStore
  /// Which datagram the last fragment was of that was decoded.
  public internal(set) var lastFragment: FragmentKey?

  /// A decoder that has seen nothing yet.
  public init(limits: DecodingLimits = DecodingLimits()) {
    self.limits = limits
    fragments = FragmentStore(limits: limits)
  }

  /// What was thrown away since the beginning.
  public var counters: DecodingCounters { fragments.counters }

  /// What the frame holds. Offsets in the answer count from the frame's first byte, or into the bytes that come with it
  /// when a fragment completed a datagram. Never fails: a frame that contradicts itself is `.malformed`.
  public mutating func decode(_ frame: Span<UInt8>, descriptor: FrameDescriptor) -> DecodedPacket {
    if let segment = TCPSegment(common: frame, linkType: descriptor.linkType) { return .segment(segment) }
    return decodeAny(frame, descriptor)
  }

  /// The same for frames that are not the common ones.
  @inline(never)
  private mutating func decodeAny(_ frame: Span<UInt8>, _ descriptor: FrameDescriptor) -> DecodedPacket {
    // Capture formats note lengths in 32 bits; sums of what is not over that cannot overflow.
    let originalLength = min(descriptor.originalLength, Int(UInt32.max))
    let extent = Extent(
      start: 0, end: frame.count, wireEnd: max(frame.count, originalLength), depth: 0, time: descriptor.time)
    return decodeLink(descriptor.linkType, frame, extent)
  }
}

/// Where a packet lies in the bytes at hand, and how much of it there was on the wire.
struct Extent {
  var start: Int
  /// Where the captured bytes end.
  var end: Int
  /// Where the packet ended on the wire: `end`, or more when a snap length cut it.
  var wireEnd: Int
  /// How many packets it lies within.
  var depth: Int
  /// When the frame was captured.
  var time: CaptureTime

  var count: Int { end - start }

  /// The rest behind a header of `length`, of which the caller made sure that it is there.
  func dropping(_ length: Int) -> Extent {
    Extent(start: start + length, end: end, wireEnd: wireEnd, depth: depth, time: time)
  }

  /// The packet as long as its own header says. More than there was on the wire happens where a tool cut packets and
  /// did not note their original lengths; then it is a clipped packet.
  func limited(to length: Int) -> Extent {
    Extent(start: start, end: min(end, start + length), wireEnd: start + length, depth: depth, time: time)
  }

  /// The same as the payload of a tunnel.
  var nested: Extent {
    Extent(start: start, end: end, wireEnd: wireEnd, depth: depth + 1, time: time)
  }

  /// Why a header of `length` is not there: the snap length cut it, or what it lies in is too short for it.
  func missing(_ length: Int) -> DecodedPacket {
    .malformed(wireEnd - start < length ? .headerInvalid : .headerCut)
  }
}
