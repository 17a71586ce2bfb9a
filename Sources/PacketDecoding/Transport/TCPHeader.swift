import Wire

// RFC 9293 section 3.1:
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-------------------------------+-------------------------------+
//  |          Source Port          |       Destination Port        |
//  +-------------------------------+-------------------------------+
//  |                        Sequence Number                        |
//  +---------------------------------------------------------------+
//  |                    Acknowledgment Number                      |
//  +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
//  | Data  |       |C|E|U|A|P|R|S|F|                               |
//  | Offset| Rsrvd |W|C|R|C|S|S|Y|I|            Window             |
//  |       |       |R|E|G|K|H|T|N|N|                               |
//  +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
//  |           Checksum            |         Urgent Pointer        |
//  +-------------------------------+-------------------------------+
//  |                           [Options]                           |
//  +---------------------------------------------------------------+

extension PacketDecoder {
  @inline(__always)
  func decodeTCP(_ bytes: Span<UInt8>, _ extent: Extent, _ header: IPHeader) -> DecodedPacket {
    let start = extent.start
    guard extent.count >= 20 else { return extent.missing(20) }
    let headerLength = Int(bytes[start + 12] >> 4) * 4
    guard headerLength >= 20, headerLength <= extent.wireEnd - start else { return .malformed(.headerInvalid) }
    // Options that a snap length cut do not take the rest of the header with them.
    let payloadStart = min(start + headerLength, extent.end)
    let flags = TCPFlags(rawValue: bytes[start + 13])
    var options = TCPOptions()
    if payloadStart > start + 20 {
      if headerLength == 32, payloadStart - start == 32,
        bytes.bigEndianUInt32(at: start + 20) == TCPOptions.timestampLayout
      {
        options.timestamp = bytes.bigEndianUInt32(at: start + 24)
      } else {
        options = TCPOptions(
          bytes, start + 20..<payloadStart, isSYN: flags.contains(.syn),
          acknowledgment: bytes.bigEndianUInt32(at: start + 8))
      }
    }
    return .segment(
      TCPSegment(
        source: Endpoint(address: header.source, port: bytes.bigEndianUInt16(at: start)),
        destination: Endpoint(address: header.destination, port: bytes.bigEndianUInt16(at: start + 2)),
        sequence: bytes.bigEndianUInt32(at: start + 4), acknowledgment: bytes.bigEndianUInt32(at: start + 8),
        flags: flags, window: bytes.bigEndianUInt16(at: start + 14), options: options, timeToLive: header.timeToLive,
        identification: header.identification, dontFragment: header.dontFragment,
        packetLength: UInt32(truncatingIfNeeded: header.length + extent.wireEnd - start), headerStart: start,
        payload: payloadStart..<extent.end, payloadLength: extent.wireEnd - start - headerLength))
  }
}

extension TCPOptions {
  /// Two of no operation, kind and length of a timestamp: what nearly every segment behind the handshake has, and has
  /// alone (RFC 7323 appendix A).
  @inlinable static var timestampLayout: UInt32 { 0x0101_080a }

  /// Reads kind, length and value until the options end or contradict themselves (RFC 9293 section 3.1).
  init(_ bytes: Span<UInt8>, _ range: Range<Int>, isSYN: Bool, acknowledgment: UInt32) {
    self.init()
    var offset = range.lowerBound
    while offset < range.upperBound {
      let kind = bytes[offset]
      if kind == 0 { return }
      if kind == 1 {
        offset += 1
        continue
      }
      guard range.upperBound - offset >= 2 else { return }
      let length = Int(bytes[offset + 1])
      guard length >= 2, length <= range.upperBound - offset else { return }
      switch (kind, length) {
      case (2, 4) where isSYN: maximumSegmentSize = bytes.bigEndianUInt16(at: offset + 2)
      case (3, 3) where isSYN: windowScale = min(bytes[offset + 2], 14)  // RFC 7323 section 2.3: more counts as 14
      case (4, 2) where isSYN: selectiveAcknowledgmentPermitted = true
      case (5, 10...): takeSelectiveBlocks(bytes, offset + 2..<offset + length, behind: acknowledgment)
      case (8, 10): timestamp = bytes.bigEndianUInt32(at: offset + 2)
      case (34, _) where isSYN: fastOpen = true
      default: break
      }
      offset += length
    }
  }

  private mutating func takeSelectiveBlocks(_ bytes: Span<UInt8>, _ range: Range<Int>, behind acknowledgment: UInt32) {
    var taken = SelectiveAcknowledgment()
    var offset = range.lowerBound
    while range.upperBound - offset >= 8 {
      let start = bytes.bigEndianUInt32(at: offset)
      let width = bytes.bigEndianUInt32(at: offset + 4) &- start
      let isBehind = start &- acknowledgment < 1 << 31
      if !isBehind, offset == range.lowerBound {
        taken.tellsDuplicate = true
        taken.duplicateStart = start
      }
      // No window is wider (RFC 7323 section 2.3).
      if isBehind, width <= 1 << 30 { taken.widest = max(taken.widest, width) }
      offset += 8
    }
    selectiveAcknowledgment = taken
  }
}
