import Wire

// IEEE 802.3 section 3.1, without preamble and frame check sequence:
//
//  +--------+--------+--------+--------+--------+--------+
//  |                 destination address                 |
//  +--------+--------+--------+--------+--------+--------+
//  |                   source address                    |
//  +--------+--------+--------+--------+--------+--------+
//  |  length or type |  data …
//  +--------+--------+
//
// 802.1Q puts tags before the type: a tag protocol identifier and 16 bits of priority and VLAN.

@usableFromInline enum EtherType {
  @inlinable static var ipv4: UInt16 { 0x0800 }
  @inlinable static var ipv6: UInt16 { 0x86dd }
  static let vlan: UInt16 = 0x8100
  static let providerBridging: UInt16 = 0x88a8
  /// 802.1ad before it had a number.
  static let oldStackedVLAN: ClosedRange<UInt16> = 0x9100...0x9300
  static let mpls: UInt16 = 0x8847
  static let mplsUpstream: UInt16 = 0x8848
  static let pppoeSession: UInt16 = 0x8864
  static let ppp: UInt16 = 0x880b
  static let transparentBridging: UInt16 = 0x6558
  /// Below it stands a length.
  static let lowest: UInt16 = 0x0600
}

extension PacketDecoder {
  mutating func decodeEthernet(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 14 else { return extent.missing(14) }
    let type = bytes.bigEndianUInt16(at: extent.start + 12)
    if type == EtherType.ipv4 { return decodeIPv4(bytes, extent.dropping(14)) }
    return decodeEtherType(type, bytes, extent.dropping(14))
  }

  /// An Ethernet frame inside something that does not count as a tunnel itself.
  mutating func decodeBridgedEthernet(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.depth < limits.maximumNesting else { return .malformed(.nestedTooDeep) }
    return decodeEthernet(bytes, extent.nested)
  }

  /// What follows a type field, also that of the tags and tunnels that use Ethernet's numbers.
  mutating func decodeEtherType(_ type: UInt16, _ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    var type = type
    var extent = extent
    while true {
      switch type {
      case EtherType.ipv4: return decodeIPv4(bytes, extent)
      case EtherType.ipv6: return decodeIPv6(bytes, extent)
      case EtherType.vlan, EtherType.providerBridging, EtherType.oldStackedVLAN:
        guard extent.count >= 4 else { return extent.missing(4) }
        type = bytes.bigEndianUInt16(at: extent.start + 2)
        extent = extent.dropping(4)
      case EtherType.mpls, EtherType.mplsUpstream: return decodeMPLS(bytes, extent)
      case EtherType.pppoeSession: return decodePPPoE(bytes, extent)
      case EtherType.ppp: return decodePPP(bytes, extent)
      case EtherType.transparentBridging: return decodeBridgedEthernet(bytes, extent)
      case 0..<EtherType.lowest: return decodeLLC(bytes, extent.limited(to: Int(type)))
      default: return .other
      }
    }
  }

  // IEEE 802.2 with the Subnetwork Access Protocol (RFC 1042):
  //
  //  +--------+--------+--------+--------+--------+--------+--------+--------+
  //  | DSAP AA| SSAP AA| ctrl 03|     organization 00      |       type      |
  //  +--------+--------+--------+--------+--------+--------+--------+--------+

  mutating func decodeLLC(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    let start = extent.start
    guard extent.count >= 3 else { return extent.missing(3) }
    guard bytes[start + 2] == 3 else { return .other }
    if bytes[start] == 6, bytes[start + 1] == 6 { return decodeIPv4(bytes, extent.dropping(3)) }
    guard bytes[start] == 0xaa, bytes[start + 1] == 0xaa else { return .other }
    guard extent.count >= 8 else { return extent.missing(8) }
    // 0000f8 is what IEEE 802.1H bridges write for the same.
    let organization = Int(bytes[start + 3]) << 16 | Int(bytes.bigEndianUInt16(at: start + 4))
    guard organization == 0 || organization == 0xf8 else { return .other }
    let type = bytes.bigEndianUInt16(at: start + 6)
    guard type >= EtherType.lowest else { return .other }  // else LLC in LLC would not end
    return decodeEtherType(type, bytes, extent.dropping(8))
  }
}
