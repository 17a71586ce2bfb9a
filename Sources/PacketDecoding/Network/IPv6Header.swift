import Wire

// RFC 8200 section 3:
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-------+---------------+---------------------------------------+
//  |Version| Traffic Class |              Flow Label               |
//  +-------+---------------+-------+---------------+---------------+
//  |        Payload Length         |  Next Header  |   Hop Limit   |
//  +-------------------------------+---------------+---------------+
//  |                         Source Address                        |
//  |                          (four words)                         |
//  +---------------------------------------------------------------+
//  |                      Destination Address                      |
//  |                          (four words)                         |
//  +---------------------------------------------------------------+

extension PacketDecoder {
  mutating func decodeIPv6(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    let start = extent.start
    guard extent.count >= 40 else { return extent.missing(40) }
    guard bytes[start] >> 4 == 6 else { return .malformed(.headerInvalid) }
    // A payload length of zero is a jumbogram's (RFC 2675) or that of segmentation offload: as long as the frame.
    let payloadLength = Int(bytes.bigEndianUInt16(at: start + 4))
    let packet = payloadLength == 0 ? extent : extent.limited(to: 40 + payloadLength)
    let header = IPHeader(
      source: IPAddress(ipv6High: bytes.bigEndianUInt64(at: start + 8), low: bytes.bigEndianUInt64(at: start + 16)),
      destination: IPAddress(
        ipv6High: bytes.bigEndianUInt64(at: start + 24), low: bytes.bigEndianUInt64(at: start + 32)),
      timeToLive: bytes[start + 7], identification: nil, dontFragment: true, length: 40)
    let next = bytes[start + 6]
    if next == IPProtocol.tcp { return decodeTCP(bytes, packet.dropping(40), header) }
    return decodeTransport(next, bytes, packet.dropping(40), header)
  }

  // The extension headers of RFC 8200 section 4 begin alike; the length counts units of eight octets after the first,
  // the Authentication Header's (RFC 4302 section 2.2) units of four after the second:
  //
  //  +---------------+---------------+-------------------------------+
  //  |  Next Header  |    Length     |  …                            |
  //  +---------------+---------------+-------------------------------+

  mutating func decodeExtensionHeaders(
    _ first: UInt8, _ bytes: Span<UInt8>, _ extent: Extent, _ header: IPHeader
  ) -> DecodedPacket {
    var next = first
    var extent = extent
    var header = header
    while true {
      let length: Int
      switch next {
      case IPProtocol.fragment: return decodeFragmentHeader(bytes, extent, header)
      case IPProtocol.hopByHopOptions, IPProtocol.destinationOptions, IPProtocol.mobility, IPProtocol.hostIdentity,
        IPProtocol.shim6, IPProtocol.routing:
        guard extent.count >= 8 else { return extent.missing(8) }
        length = Int(bytes[extent.start + 1]) * 8 + 8
      case IPProtocol.authentication:
        guard extent.count >= 8 else { return extent.missing(8) }
        length = Int(bytes[extent.start + 1]) * 4 + 8
      default: return decodeTransport(next, bytes, extent, header)
      }
      guard extent.count >= length else { return extent.missing(length) }
      if next == IPProtocol.routing, let final = finalDestination(bytes, extent.start, length) {
        header.destination = final
      }
      next = bytes[extent.start]
      header.length += length
      extent = extent.dropping(length)
    }
  }

  /// Where a routing header sends the packet in the end: the address that the pseudo-header of the checksum has, and the
  /// one that the connection is with (RFC 8200 section 8.1). Nil when the IPv6 header has it already.
  private func finalDestination(_ bytes: Span<UInt8>, _ start: Int, _ length: Int) -> IPAddress? {
    guard bytes[start + 3] > 0, length >= 24 else { return nil }
    let offset: Int
    switch bytes[start + 2] {
    case 0, 2: offset = start + 8 + (length - 24) / 16 * 16  // RFC 2460 section 4.4, RFC 6275 section 6.4: the last
    case 4: offset = start + 8  // RFC 8754 section 2: the segment list is reversed
    default: return nil
    }
    return IPAddress(ipv6High: bytes.bigEndianUInt64(at: offset), low: bytes.bigEndianUInt64(at: offset + 8))
  }

  // RFC 8200 section 4.5:
  //
  //  +---------------+---------------+-------------------------+---+-+
  //  |  Next Header  |   Reserved    |     Fragment Offset     |Res|M|
  //  +---------------+---------------+-------------------------+---+-+
  //  |                         Identification                        |
  //  +---------------------------------------------------------------+

  private mutating func decodeFragmentHeader(
    _ bytes: Span<UInt8>, _ extent: Extent, _ header: IPHeader
  ) -> DecodedPacket {
    let start = extent.start
    guard extent.count >= 8 else { return extent.missing(8) }
    let word = bytes.bigEndianUInt16(at: start + 2)
    let payload = extent.dropping(8)
    guard word & 0xfff9 != 0 else {
      // An atomic fragment is a packet of its own, whatever else has its identification (RFC 6946 section 4).
      guard extent.depth < limits.maximumNesting else { return .malformed(.nestedTooDeep) }
      return decodeTransport(bytes[start], bytes, payload.nested, header)
    }
    let key = FragmentKey(
      source: header.source, destination: header.destination, protocolNumber: 0,
      identification: bytes.bigEndianUInt32(at: start + 4))
    return decodeFragment(
      bytes, payload, header, key: key, protocolNumber: bytes[start], offset: Int(word & 0xfff8), more: word & 1 != 0)
  }
}
