import Wire

// RFC 2784 section 2.1 with the key and sequence number of RFC 2890; each word below the first is there when its bit is
// set, the first of them with C. Version 1 (RFC 2637 section 4.1, PPTP) has a payload length and call in place of the
// key, and an acknowledgment number with A.
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-----+-+-------+-----+-------------------------------+
//  |C|R|K|S|s|Recur|A| Flags | Ver |         Protocol Type         |
//  +-+-+-+-+-+-----+-+-------+-----+-------------------------------+
//  |           Checksum            |           Reserved1           |
//  +-------------------------------+-------------------------------+
//  |                              Key                              |
//  +---------------------------------------------------------------+
//  |                        Sequence Number                        |
//  +---------------------------------------------------------------+

extension PacketDecoder {
  mutating func decodeGRE(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 4 else { return extent.missing(4) }
    let flags = bytes.bigEndianUInt16(at: extent.start)
    let type = bytes.bigEndianUInt16(at: extent.start + 2)
    let hasSequence = flags & 0x1000 != 0
    var length = 4
    if flags & 0x8000 != 0 { length += 4 }
    if flags & 0x2000 != 0 { length += 4 }
    if hasSequence { length += 4 }
    switch flags & 7 {
    case 0: guard flags & 0x4000 == 0 else { return .other }  // source routes, which RFC 2784 took out
    case 1: if flags & 0x0080 != 0 { length += 4 }
    default: return .other
    }
    guard extent.count >= length else { return extent.missing(length) }
    let payload = extent.dropping(length)
    switch type {
    case 0x88be: return decodeERSPAN(bytes, payload, hasHeader: hasSequence)
    case 0x22eb: return decodeERSPANIII(bytes, payload)
    case EtherType.transparentBridging: return decodeEthernet(bytes, payload)
    case 0..<EtherType.lowest: return .other
    default: return decodeEtherType(type, bytes, payload)
    }
  }

  /// A mirrored frame. Type I has no header and no sequence number in GRE; type II has both (draft-foschiano-erspan).
  private mutating func decodeERSPAN(_ bytes: Span<UInt8>, _ extent: Extent, hasHeader: Bool) -> DecodedPacket {
    guard hasHeader else { return decodeEthernet(bytes, extent) }
    guard extent.count >= 8 else { return extent.missing(8) }
    return decodeEthernet(bytes, extent.dropping(8))
  }

  // Type III:
  //
  //  +-------+-----------------------+-----+---+-+-------------------+
  //  |  Ver  |         VLAN          | COS |BSO|T|     Session ID    |
  //  +-------+-----------------------+-----+---+-+-------------------+
  //  |                           Timestamp                           |
  //  +-------------------------------+-+---------+-----------+-+---+-+
  //  |              SGT              |P|   FT    |   Hw ID   |D|Gra|O|
  //  +-------------------------------+-+---------+-----------+-+---+-+
  //  |           platform specific, two words, with O                |

  private mutating func decodeERSPANIII(_ bytes: Span<UInt8>, _ extent: Extent) -> DecodedPacket {
    guard extent.count >= 12 else { return extent.missing(12) }
    let word = bytes.bigEndianUInt16(at: extent.start + 10)
    let length = word & 1 == 0 ? 12 : 20
    guard extent.count >= length else { return extent.missing(length) }
    switch word >> 10 & 31 {
    case 0: return decodeEthernet(bytes, extent.dropping(length))
    case 2: return decodeIP(bytes, extent.dropping(length))
    default: return .other
    }
  }
}
