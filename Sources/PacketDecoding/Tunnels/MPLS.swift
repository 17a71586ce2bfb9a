import Wire

// RFC 3032 section 2.1, one word a label, S set on the last:
//
//  +---------------------------------------+-----+-+---------------+
//  |                 Label                 | TC  |S|      TTL      |
//  +---------------------------------------+-----+-+---------------+

extension PacketDecoder {
  mutating func decodeMPLS(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    var extent = extent
    var isBottom = false
    while !isBottom {
      guard extent.count >= 4 else { return extent.missing(4) }
      isBottom = bytes[extent.start + 2] & 1 != 0
      extent = extent.dropping(4)
    }
    guard extent.count >= 1 else { return extent.missing(1) }
    // Nothing says what follows; the first four bits tell IP from a pseudowire's control word (RFC 4385 section 3).
    switch bytes[extent.start] >> 4 {
    case 4: return decodeIPv4(bytes, extent)
    case 6: return decodeIPv6(bytes, extent)
    case 0 where !hasEthernetType(bytes, extent) && extent.count >= 4:
      return decodeBridgedEthernet(bytes, extent.dropping(4))
    case 1: return .other  // the associated channel of RFC 5586
    default: return hasEthernetType(bytes, extent) ? decodeBridgedEthernet(bytes, extent) : .other
    }
  }

  /// Whether the bytes look like an Ethernet frame of ours: a pseudowire may do without the control word, and addresses
  /// begin with zero bits as well.
  private func hasEthernetType(_ bytes: Span<UInt8>, _ extent: Extent) -> Bool {
    guard extent.count >= 14 else { return false }
    switch bytes.bigEndianUInt16(at: extent.start + 12) {
    case EtherType.ipv4, EtherType.ipv6, EtherType.vlan, EtherType.providerBridging, EtherType.mpls,
      EtherType.pppoeSession:
      return true
    default: return false
    }
  }
}
