import Wire

// IEEE 802.11 section 9.2.3, the fields of a data frame; the fourth address is there between access points, the quality
// of service with its subtypes, the HT control with the order bit:
//
//  +---------+----------+-----------+-----------+-----------+----------+-----------+---------+---------+
//  | control | duration | address 1 | address 2 | address 3 | sequence | address 4 |   QoS   |   HT    |
//  |    2    |    2     |     6     |     6     |     6     |    2     |     6     |    2    |    4    |
//  +---------+----------+-----------+-----------+-----------+----------+-----------+---------+---------+

extension PacketDecoder {
  mutating func decodeWireless(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 2 else { return extent.missing(2) }
    let (kind, flags) = (bytes[extent.start], bytes[extent.start + 1])
    guard kind & 0x0f == 0x08, kind & 0x40 == 0 else { return .other }  // data with a body
    guard flags & 0x40 == 0 else { return .other }  // encrypted
    var length = 24
    if flags & 3 == 3 { length += 6 }
    if kind & 0x80 != 0 {
      length += flags & 0x80 != 0 ? 6 : 2
    }
    guard extent.count >= length else { return extent.missing(length) }
    return decodeLLC(bytes, extent.dropping(length))
  }

  /// Behind a radiotap header, whose length stands in its third and fourth octet, in little-endian order.
  mutating func decodeRadiotap(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 4 else { return extent.missing(4) }
    let length = Int(bytes.littleEndianUInt16(at: extent.start + 2))
    guard length >= 8 else { return .malformed(.headerInvalid) }
    guard extent.count >= length else { return extent.missing(length) }
    return decodeWireless(bytes, extent.dropping(length))
  }
}
