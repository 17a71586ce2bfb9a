internal import PacketDecoding
internal import Wire

/// The contents of the last segment of a direction, as its checksum tells them: enough to see that it is sent again with
/// other bytes, which happens at once or not at all.
///
/// A right checksum (RFC 9293 section 3.1) makes the sum of the payload what is missing from the sum of the header: so the
/// header alone is summed.
struct LastPayload {
  private struct Entry {
    var sequence: UInt32 = 0
    var length: UInt16 = 0
    var sum: UInt16 = 0
  }

  private var last = Entry()

  /// Remembers new payload whose checksum is right.
  @inline(__always)
  mutating func add(_ segment: TCPSegment, in bytes: Span<UInt8>) {
    last = LastPayload.entry(segment, bytes)
  }

  /// Whether the segment, whose checksum is right, was there a moment ago with other bytes.
  func contradict(_ segment: TCPSegment, in bytes: Span<UInt8>) -> Bool {
    // A single byte is a probe, and may be anything.
    guard segment.payloadLength > 1 else { return false }
    let entry = LastPayload.entry(segment, bytes)
    return last.sequence == entry.sequence && last.length == entry.length && last.sum != entry.sum
  }

  @inline(__always)
  private static func entry(_ segment: TCPSegment, _ bytes: Span<UInt8>) -> Entry {
    let sum = foldedChecksum(
      bytes.extracting(segment.headerStart..<segment.payload.lowerBound).internetChecksumSum
        &+ UInt64(segment.payloadLength))
    return Entry(
      sequence: segment.sequence, length: UInt16(truncatingIfNeeded: segment.payloadLength),
      sum: sum == 0xffff ? 0 : sum)
  }
}
