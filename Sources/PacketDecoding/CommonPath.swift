public import Wire

// Nearly all frames are Ethernet, IP without options or extension headers, and TCP, whole, with no options or a timestamp
// alone. Their fields lie at fixed offsets, so that one check of the length serves all of them; anything else about a
// frame leaves it to the methods that go from header to header, which would give the same answer.

extension TCPSegment {
  /// The segment of a common frame; nil for any other, which ``PacketDecoder/decode(_:descriptor:)`` takes.
  ///
  /// For whoever takes very many: what that gives is as large as its largest answer, and copied on its way.
  @inlinable @inline(__always)
  public init?(common frame: Span<UInt8>, linkType: LinkType) {
    guard linkType.number == LinkNumber.ethernet, frame.count >= 54 else { return nil }
    let type = frame.bigEndianUInt16(at: 12)
    if type == EtherType.ipv4 {
      let length = Int(frame.bigEndianUInt16(at: 16))
      guard frame[14] == 0x45, frame[23] == IPProtocol.tcp, frame.bigEndianUInt16(at: 20) & 0x3fff == 0,
        length <= frame.count - 14
      else { return nil }
      let source = IPAddress(ipv4: frame.bigEndianUInt32(at: 26))
      let destination = IPAddress(ipv4: frame.bigEndianUInt32(at: 30))
      self.init(
        common: frame, packetStart: 14, headerStart: 34, end: 14 + length, source, destination, timeToLive: frame[22],
        identification: frame.bigEndianUInt16(at: 18), dontFragment: frame[20] & 0x40 != 0)
    } else if type == EtherType.ipv6, frame.count >= 74 {
      let length = Int(frame.bigEndianUInt16(at: 18))
      guard frame[14] >> 4 == 6, frame[20] == IPProtocol.tcp, length <= frame.count - 54 else { return nil }
      let source = IPAddress(ipv6High: frame.bigEndianUInt64(at: 22), low: frame.bigEndianUInt64(at: 30))
      let destination = IPAddress(ipv6High: frame.bigEndianUInt64(at: 38), low: frame.bigEndianUInt64(at: 46))
      self.init(
        common: frame, packetStart: 14, headerStart: 54, end: 54 + length, source, destination, timeToLive: frame[21],
        identification: nil, dontFragment: true)
    } else {
      return nil
    }
  }

  /// The same with the TCP header at `headerStart`, of which 20 octets are in the frame, in a packet that goes to `end`.
  @inlinable @inline(__always)
  init?(
    common frame: Span<UInt8>, packetStart: Int, headerStart: Int, end: Int, _ source: IPAddress,
    _ destination: IPAddress, timeToLive: UInt8, identification: UInt16?, dontFragment: Bool
  ) {
    let headerLength = Int(frame[headerStart + 12] >> 4) * 4
    let payloadStart = headerStart + headerLength
    guard payloadStart <= end else { return nil }
    var options = TCPOptions()
    if headerLength == 32 {
      guard frame.bigEndianUInt32(at: headerStart + 20) == TCPOptions.timestampLayout else { return nil }
      options.timestamp = frame.bigEndianUInt32(at: headerStart + 24)
    } else if headerLength != 20 {
      return nil
    }
    self.init(
      source: Endpoint(address: source, port: frame.bigEndianUInt16(at: headerStart)),
      destination: Endpoint(address: destination, port: frame.bigEndianUInt16(at: headerStart + 2)),
      sequence: frame.bigEndianUInt32(at: headerStart + 4), acknowledgment: frame.bigEndianUInt32(at: headerStart + 8),
      flags: TCPFlags(rawValue: frame[headerStart + 13]), window: frame.bigEndianUInt16(at: headerStart + 14),
      options: options, timeToLive: timeToLive, identification: identification, dontFragment: dontFragment,
      packetLength: UInt32(truncatingIfNeeded: end - packetStart), headerStart: headerStart,
      payload: payloadStart..<end, payloadLength: end - payloadStart)
  }
}
