internal import PacketDecoding
internal import Wire

/// The contents of the last segment of a direction, as its checksum tells them: enough to see that it is sent again with
/// other bytes, which happens at once or not at all.
///
/// A right checksum (RFC 9293 section 3.1) makes the sum of the payload what is missing from the sum of the header: so the
/// header alone is summed. Of a segment that is sent again shorter or longer, as a forged one is, only the first four octets
/// tell.
struct LastPayload {
  private struct Entry {
    var sequence: UInt32 = 0
    var length: UInt16 = 0
    var sum: UInt16 = 0
    /// Its first four octets, in front; zeros behind the end of a shorter one.
    var head: UInt32 = 0
  }

  private var last = Entry()

  /// Remembers new payload whose checksum is right.
  @inline(__always)
  mutating func add(_ segment: TCPSegment, in bytes: Span<UInt8>) {
    last = LastPayload.entry(segment, bytes)
  }

  /// How many octets of the segment, whose checksum is right, were there a moment ago with others among them; zero where
  /// none was.
  func contradicted(by segment: TCPSegment, in bytes: Span<UInt8>) -> Int {
    // A single byte is a probe, and may be anything.
    guard segment.payloadLength > 1, last.length > 1 else { return 0 }
    let entry = LastPayload.entry(segment, bytes)
    guard last.sequence == entry.sequence else { return 0 }
    if last.length == entry.length { return last.sum == entry.sum ? 0 : segment.payloadLength }
    let both = Int(min(last.length, entry.length))
    let differs = (last.head ^ entry.head) >> UInt32(32 - 8 * min(both, 4)) != 0
    return differs ? both : 0
  }

  @inline(__always)
  private static func entry(_ segment: TCPSegment, _ bytes: Span<UInt8>) -> Entry {
    let sum = foldedChecksum(
      bytes.extracting(segment.headerStart..<segment.payload.lowerBound).headerChecksumSum
        &+ UInt64(segment.payloadLength))
    return Entry(
      sequence: segment.sequence, length: UInt16(truncatingIfNeeded: segment.payloadLength),
      sum: sum == 0xffff ? 0 : sum, head: head(bytes.extracting(segment.payload)))
  }

  @inline(__always)
  private static func head(_ payload: Span<UInt8>) -> UInt32 {
    if payload.count >= 4 { return payload.bigEndianUInt32(at: 0) }
    var head: UInt32 = 0
    for index in payload.indices { head |= UInt32(payload[index]) << UInt32(24 - 8 * index) }
    return head
  }
}
