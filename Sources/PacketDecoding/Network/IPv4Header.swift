import Wire

/// What the layers above need of an IPv4 or IPv6 header.
struct IPHeader {
  var source: IPAddress
  var destination: IPAddress
  var timeToLive: UInt8
  /// IPv4's; nil for IPv6.
  var identification: UInt16?
  var dontFragment: Bool
  /// Octets up to what the packet carries, extension headers included.
  var length: Int
}

/// Numbers of protocols in IP headers.
@usableFromInline enum IPProtocol {
  static let hopByHopOptions: UInt8 = 0
  static let icmp: UInt8 = 1
  static let ipv4: UInt8 = 4
  @inlinable static var tcp: UInt8 { 6 }
  static let udp: UInt8 = 17
  static let ipv6: UInt8 = 41
  static let routing: UInt8 = 43
  static let fragment: UInt8 = 44
  static let gre: UInt8 = 47
  static let authentication: UInt8 = 51
  static let icmpv6: UInt8 = 58
  static let destinationOptions: UInt8 = 60
  static let etherIP: UInt8 = 97
  static let mobility: UInt8 = 135
  static let hostIdentity: UInt8 = 139
  static let shim6: UInt8 = 140
  static let mplsInIP: UInt8 = 137
  static let ethernet: UInt8 = 143
}

// RFC 791 section 3.1:
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-------+-------+---------------+-------------------------------+
//  |Version|  IHL  |Type of Service|         Total Length          |
//  +-------+-------+---------------+-----+-------------------------+
//  |         Identification        |Flags|     Fragment Offset     |
//  +---------------+---------------+-----+-------------------------+
//  |  Time to Live |    Protocol   |        Header Checksum        |
//  +---------------+---------------+-------------------------------+
//  |                        Source Address                         |
//  +---------------------------------------------------------------+
//  |                      Destination Address                      |
//  +-----------------------------------------------+---------------+
//  |                    Options                    |    Padding    |
//  +-----------------------------------------------+---------------+

extension PacketDecoder {
  mutating func decodeIPv4(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    let start = extent.start
    guard extent.count >= 20 else { return extent.missing(20) }
    let headerLength = Int(bytes[start] & 15) * 4
    let totalLength = Int(bytes.bigEndianUInt16(at: start + 2))
    guard bytes[start] >> 4 == 4, headerLength >= 20 else { return .malformed(.headerInvalid) }
    // A total length of zero is that of a packet which the network card will cut to size (TCP segmentation offload):
    // it is as long as the frame.
    guard totalLength >= headerLength || totalLength == 0 else { return .malformed(.headerInvalid) }
    let packet = totalLength == 0 ? extent : extent.limited(to: totalLength)
    guard packet.count >= headerLength else { return packet.missing(headerLength) }

    let fragment = bytes.bigEndianUInt16(at: start + 6)
    let header = IPHeader(
      source: IPAddress(ipv4: bytes.bigEndianUInt32(at: start + 12)),
      destination: IPAddress(ipv4: bytes.bigEndianUInt32(at: start + 16)), timeToLive: bytes[start + 8],
      identification: bytes.bigEndianUInt16(at: start + 4), dontFragment: fragment & 0x4000 != 0, length: headerLength)
    let payload = packet.dropping(headerLength)
    let protocolNumber = bytes[start + 9]
    if fragment & 0x3fff == 0 {
      if protocolNumber == IPProtocol.tcp { return decodeTCP(bytes, payload, header) }
      return decodeTransport(protocolNumber, bytes, payload, header)
    }
    let key = FragmentKey(
      source: header.source, destination: header.destination, protocolNumber: protocolNumber,
      identification: UInt32(bytes.bigEndianUInt16(at: start + 4)))
    return decodeFragment(
      bytes, payload, header, key: key, protocolNumber: protocolNumber, offset: Int(fragment & 0x1fff) * 8,
      more: fragment & 0x2000 != 0)
  }

  /// The payload of an IP packet or of a reassembled datagram.
  mutating func decodeTransport(
    _ protocolNumber: UInt8, _ bytes: Span<UInt8>, _ extent: Extent, _ header: IPHeader
  ) -> DecodedPacket {
    switch protocolNumber {
    case IPProtocol.tcp: return decodeTCP(bytes, extent, header)
    case IPProtocol.icmp: return decodeICMPError(bytes, extent, reporter: header.source)
    case IPProtocol.icmpv6: return decodeICMPv6Error(bytes, extent, reporter: header.source)
    case IPProtocol.udp: return decodeUDP(bytes, extent, header)
    case IPProtocol.ipv4, IPProtocol.ipv6, IPProtocol.gre, IPProtocol.mplsInIP, IPProtocol.etherIP,
      IPProtocol.ethernet:
      guard extent.depth < limits.maximumNesting else { return .malformed(.nestedTooDeep) }
      return decodeTunnel(protocolNumber, bytes, extent.nested)
    case IPProtocol.hopByHopOptions, IPProtocol.routing, IPProtocol.fragment, IPProtocol.authentication,
      IPProtocol.destinationOptions, IPProtocol.mobility, IPProtocol.hostIdentity, IPProtocol.shim6:
      return decodeExtensionHeaders(protocolNumber, bytes, extent, header)
    default: return .other
    }
  }

  /// IPv4 or IPv6, as the version field says.
  mutating func decodeIP(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 1 else { return extent.missing(1) }
    switch bytes[extent.start] >> 4 {
    case 4: return decodeIPv4(bytes, extent)
    case 6: return decodeIPv6(bytes, extent)
    default: return .malformed(.headerInvalid)
    }
  }

  /// What a protocol carries that carries packets. `extent` is nested already.
  private mutating func decodeTunnel(
    _ protocolNumber: UInt8, _ bytes: Span<UInt8>, _ extent: Extent
  ) -> DecodedPacket {
    switch protocolNumber {
    case IPProtocol.ipv4: return decodeIPv4(bytes, extent)
    case IPProtocol.ipv6: return decodeIPv6(bytes, extent)
    case IPProtocol.gre: return decodeGRE(bytes, extent)
    case IPProtocol.mplsInIP: return decodeMPLS(bytes, extent)
    case IPProtocol.ethernet: return decodeEthernet(bytes, extent)
    case IPProtocol.etherIP:  // RFC 3378: four bits of version, twelve reserved
      guard extent.count >= 2 else { return extent.missing(2) }
      return bytes[extent.start] >> 4 == 3 ? decodeEthernet(bytes, extent.dropping(2)) : .other
    default: return .other
    }
  }
}
