import Wire

/// The tunnels in UDP by their ports.
enum UDPTunnel: UInt16 {
  case gtp = 2152
  case vxlan = 4789
  case geneve = 6081
  /// Linux's port from before there was one assigned.
  case linuxVXLAN = 8472
}

extension PacketDecoder {
  /// The packet inside a UDP datagram's payload.
  mutating func decodeUDPTunnel(_ tunnel: UDPTunnel, _ bytes: Span<UInt8>, _ payload: Extent) -> DecodedPacket {
    switch tunnel {
    case .geneve: decodeGeneve(bytes, payload)
    case .gtp: decodeGTP(bytes, payload)
    case .vxlan, .linuxVXLAN: decodeVXLAN(bytes, payload)
    }
  }

  // RFC 7348 section 5; with the extension for other payloads (P and its Next Protocol) of draft-ietf-nvo3-vxlan-gpe:
  //
  //  +-+-+-+-+-+-+-+-+-------------------------------+---------------+
  //  |R|R|Ver|I|P|B|O|            Reserved           | Next Protocol |
  //  +-+-+-+-+-+-+-+-+-------------------------------+---------------+
  //  |            VXLAN Network Identifier           |    Reserved   |
  //  +-----------------------------------------------+---------------+

  private mutating func decodeVXLAN(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 8 else { return extent.missing(8) }
    let flags = bytes[extent.start]
    guard flags & 0x08 != 0 else { return .other }
    let payload = extent.dropping(8)
    guard flags & 0x04 != 0 else { return decodeEthernet(bytes, payload) }
    switch bytes[extent.start + 3] {
    case 1: return decodeIPv4(bytes, payload)
    case 2: return decodeIPv6(bytes, payload)
    case 0, 3: return decodeEthernet(bytes, payload)
    default: return .other
    }
  }

  // RFC 8926 section 3.4; the options' length is in words:
  //
  //  +---+-----------+-+-+-----------+-------------------------------+
  //  |Ver|  Opt Len  |O|C|   Rsvd.   |         Protocol Type         |
  //  +---+-----------+-+-+-----------+-------------------------------+
  //  |        Virtual Network Identifier (VNI)       |    Reserved   |
  //  +-----------------------------------------------+---------------+

  private mutating func decodeGeneve(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 8 else { return extent.missing(8) }
    guard bytes[extent.start] >> 6 == 0 else { return .other }
    let length = 8 + Int(bytes[extent.start] & 63) * 4
    guard extent.count >= length else { return extent.missing(length) }
    let type = bytes.bigEndianUInt16(at: extent.start + 2)
    if type == EtherType.transparentBridging { return decodeEthernet(bytes, extent.dropping(length)) }
    guard type >= EtherType.lowest else { return .other }
    return decodeEtherType(type, bytes, extent.dropping(length))
  }

  // 3GPP TS 29.281 section 5.1; the second row of fields is there when one of E, S and PN is set, and each extension
  // header begins with its length in words and ends with the type of the next:
  //
  //  +-----+-+-+-+-+-+---------------+-------------------------------+
  //  | Ver |P|*|E|S|N| Message Type  |            Length             |
  //  +-----+-+-+-+-+-+---------------+-------------------------------+
  //  |                  Tunnel Endpoint Identifier                   |
  //  +-------------------------------+---------------+---------------+
  //  |        Sequence Number        |  N-PDU Number | Next Ext. Hdr |
  //  +-------------------------------+---------------+---------------+

  private mutating func decodeGTP(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    let start = extent.start
    guard extent.count >= 8 else { return extent.missing(8) }
    guard bytes[start] >> 4 == 3, bytes[start + 1] == 255 else { return .other }  // version 1, a user's packet
    let length = 8 + Int(bytes.bigEndianUInt16(at: start + 2))
    var payload = length > extent.wireEnd - start ? extent : extent.limited(to: length)
    guard bytes[start] & 7 != 0 else { return decodeGTPPacket(bytes, payload.dropping(8)) }
    guard payload.count >= 12 else { return payload.missing(12) }
    var next = bytes[start] & 4 != 0 ? bytes[start + 11] : 0
    payload = payload.dropping(12)
    while next != 0 {
      guard payload.count >= 4 else { return payload.missing(4) }
      let extensionLength = Int(bytes[payload.start]) * 4
      guard extensionLength > 0 else { return .malformed(.headerInvalid) }
      guard payload.count >= extensionLength else { return payload.missing(extensionLength) }
      next = bytes[payload.start + extensionLength - 1]
      payload = payload.dropping(extensionLength)
    }
    return decodeGTPPacket(bytes, payload)
  }

  /// A user's packet: IP by its version, or a frame of an Ethernet session or a PPP context, which nothing tells apart
  /// and which are left alone.
  private mutating func decodeGTPPacket(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 1 else { return extent.missing(1) }
    switch bytes[extent.start] >> 4 {
    case 4: return decodeIPv4(bytes, extent)
    case 6: return decodeIPv6(bytes, extent)
    default: return .other
    }
  }
}
