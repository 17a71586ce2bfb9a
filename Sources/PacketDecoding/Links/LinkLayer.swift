import Wire

/// Link-layer header types as tcpdump.org numbers them.
@usableFromInline enum LinkNumber {
  static let null: UInt32 = 0
  @inlinable static var ethernet: UInt32 { 1 }
  static let ppp: UInt32 = 9
  /// The numbers that BSD systems have for raw IP themselves.
  static let oldRaw: UInt32 = 12
  static let openBSDRaw: UInt32 = 14
  static let pppHDLC: UInt32 = 50
  static let pppoe: UInt32 = 51
  static let raw: UInt32 = 101
  static let ciscoHDLC: UInt32 = 104
  static let wireless: UInt32 = 105
  static let loop: UInt32 = 108
  static let linuxCooked: UInt32 = 113
  static let radiotap: UInt32 = 127
  static let rawIPv4: UInt32 = 228
  static let rawIPv6: UInt32 = 229
  static let nflog: UInt32 = 239
  static let pktap: UInt32 = 258
  static let linuxCooked2: UInt32 = 276
}

extension PacketDecoder {
  /// A frame of any link type that is read.
  mutating func decodeLink(_ type: LinkType, _ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    switch type.number {
    case LinkNumber.ethernet: return decodeEthernet(bytes, extent)
    case LinkNumber.linuxCooked: return decodeLinuxCooked(bytes, extent)
    case LinkNumber.linuxCooked2: return decodeLinuxCooked2(bytes, extent)
    case LinkNumber.raw, LinkNumber.oldRaw, LinkNumber.openBSDRaw: return decodeIP(bytes, extent)
    case LinkNumber.rawIPv4: return decodeIPv4(bytes, extent)
    case LinkNumber.rawIPv6: return decodeIPv6(bytes, extent)
    case LinkNumber.null, LinkNumber.loop: return decodeLoopback(bytes, extent)
    case LinkNumber.ppp: return decodePPP(bytes, extent)
    case LinkNumber.pppHDLC, LinkNumber.ciscoHDLC: return decodeHDLC(bytes, extent)
    case LinkNumber.pppoe: return decodePPPoE(bytes, extent)
    case LinkNumber.nflog: return decodeNFLOG(bytes, extent)
    case LinkNumber.pktap: return decodePKTAP(bytes, extent)
    case LinkNumber.wireless: return decodeWireless(bytes, extent)
    case LinkNumber.radiotap: return decodeRadiotap(bytes, extent)
    default: return .malformed(.unknownLinkType(type))
    }
  }

  // BSD loopback: the address family as a word in the order of the host that captured (NULL) or of the network (LOOP).

  private mutating func decodeLoopback(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 4 else { return extent.missing(4) }
    let word = bytes.bigEndianUInt32(at: extent.start)
    let payload = extent.dropping(4)
    switch word > 0xffff ? word.byteSwapped : word {
    case 2: return decodeIPv4(bytes, payload)
    case 10, 24, 28, 30: return decodeIPv6(bytes, payload)  // Linux, NetBSD and OpenBSD, FreeBSD, Darwin
    default: return .other
    }
  }

  // Linux's cooked captures ("any"), LINKTYPE_LINUX_SLL; the protocol is an EtherType, or a number below for frames
  // without one, or GRE's type where the device is a GRE tunnel:
  //
  //  +-------------------------------+-------------------------------+
  //  |          Packet Type          |          ARPHRD Type          |
  //  +-------------------------------+-------------------------------+
  //  |        Address Length         |  Address (eight octets) …     |
  //  +-------------------------------+-------------------------------+
  //  |  …                                                            |
  //  +-------------------------------+-------------------------------+
  //  |  …                            |         Protocol Type         |
  //  +-------------------------------+-------------------------------+

  private mutating func decodeLinuxCooked(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 16 else { return extent.missing(16) }
    return decodeCookedProtocol(bytes.bigEndianUInt16(at: extent.start + 14), bytes, extent.dropping(16))
  }

  // LINKTYPE_LINUX_SLL2:
  //
  //  +-------------------------------+-------------------------------+
  //  |         Protocol Type         |           Reserved            |
  //  +-------------------------------+-------------------------------+
  //  |                        Interface Index                        |
  //  +-------------------------------+---------------+---------------+
  //  |          ARPHRD Type          |  Packet Type  | Address Length|
  //  +-------------------------------+---------------+---------------+
  //  |                    Address (eight octets)                     |
  //  +---------------------------------------------------------------+

  private mutating func decodeLinuxCooked2(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 20 else { return extent.missing(20) }
    return decodeCookedProtocol(bytes.bigEndianUInt16(at: extent.start), bytes, extent.dropping(20))
  }

  private mutating func decodeCookedProtocol(
    _ type: UInt16, _ bytes: Span<UInt8>, _ extent: Extent
  ) -> DecodedPacket {
    if type == 4 { return decodeLLC(bytes, extent) }  // 802.2 without a length
    return type < EtherType.lowest ? .other : decodeEtherType(type, bytes, extent)
  }

  // Linux netfilter's log: family, version and resource, then length, type and value, each padded to words and in the
  // order of the host that captured; type 9 is the packet.

  private mutating func decodeNFLOG(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 4 else { return extent.missing(4) }
    var rest = extent.dropping(4)
    while rest.count > 0 {
      guard rest.count >= 4 else { return rest.missing(4) }
      var length = Int(bytes.littleEndianUInt16(at: rest.start))
      var type = bytes.littleEndianUInt16(at: rest.start + 2)
      if type & 0xff == 0, type != 0 {  // all types are below 256
        type = type.byteSwapped
        length = Int(bytes.bigEndianUInt16(at: rest.start))
      }
      guard length >= 4 else { return .malformed(.headerInvalid) }
      if type == 9 { return decodeIP(bytes, rest.limited(to: length).dropping(4)) }
      let padded = (length + 3) & ~3
      guard rest.count >= padded else { return rest.missing(padded) }
      rest = rest.dropping(padded)
    }
    return .other
  }

  // Darwin's packet tap, in little-endian order: the header's length, the record's type (1 for a packet), and the link
  // type of what follows the header.

  private mutating func decodePKTAP(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 12 else { return extent.missing(12) }
    let length = Int(bytes.littleEndianUInt32(at: extent.start))
    let type = LinkType(number: bytes.littleEndianUInt32(at: extent.start + 8))
    guard length >= 12, type.number != LinkNumber.pktap else { return .malformed(.headerInvalid) }
    guard extent.count >= length else { return extent.missing(length) }
    guard bytes.littleEndianUInt32(at: extent.start + 4) == 1 else { return .other }
    return decodeLink(type, bytes, extent.dropping(length))
  }
}
