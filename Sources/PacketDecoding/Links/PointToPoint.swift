import Wire

extension PacketDecoder {
  // RFC 1662 section 3.1 without its flags; address and control may be compressed away, and so may the first octet of the
  // protocol, which is even, while the last is odd (RFC 1661 section 2):
  //
  //  +----------+----------+----------+----------+
  //  | Addr  FF | Ctrl  03 |      Protocol       |  data …
  //  +----------+----------+----------+----------+

  mutating func decodePPP(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 2 else { return extent.missing(2) }
    let hasAddress = bytes[extent.start] == 0xff && bytes[extent.start + 1] == 3
    let inner = hasAddress ? extent.dropping(2) : extent
    guard inner.count >= 2 else { return inner.missing(2) }
    let isShort = bytes[inner.start] & 1 != 0
    let number = isShort ? UInt16(bytes[inner.start]) : bytes.bigEndianUInt16(at: inner.start)
    let payload = inner.dropping(isShort ? 1 : 2)
    switch number {
    case 0x0021: return decodeIPv4(bytes, payload)
    case 0x0057: return decodeIPv6(bytes, payload)
    case 0x0281, 0x0283: return decodeMPLS(bytes, payload)
    default: return .other
    }
  }

  // RFC 2516 section 4:
  //
  //  +-------+-------+---------------+-------------------------------+
  //  |  Ver  |  Type |      Code     |          Session ID           |
  //  +-------+-------+---------------+-------------------------------+
  //  |            Length             |           payload …
  //  +-------------------------------+

  mutating func decodePPPoE(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 6 else { return extent.missing(6) }
    guard bytes[extent.start] == 0x11 else { return .malformed(.headerInvalid) }
    guard bytes[extent.start + 1] == 0 else { return .other }  // not session data
    return decodePPP(bytes, extent.limited(to: 6 + Int(bytes.bigEndianUInt16(at: extent.start + 4))).dropping(6))
  }

  /// PPP in HDLC-like framing, or Cisco's HDLC, which has an EtherType behind its address and control.
  mutating func decodeHDLC(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 4 else { return extent.missing(4) }
    guard bytes[extent.start] == 0x0f || bytes[extent.start] == 0x8f else { return decodePPP(bytes, extent) }
    let type = bytes.bigEndianUInt16(at: extent.start + 2)
    return type < EtherType.lowest ? .other : decodeEtherType(type, bytes, extent.dropping(4))
  }
}
