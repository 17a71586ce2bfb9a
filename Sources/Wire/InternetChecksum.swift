extension Span where Element == UInt8 {
  /// The one's-complement sum of the bytes as 16-bit words in network order, folded to 16 bits (RFC 1071), not inverted.
  ///
  /// An odd last byte counts as the high half of a word. Add partial sums that begin at even offsets and fold them with
  /// ``foldedChecksum(_:)``.
  public var internetChecksumSum: UInt64 {
    unsafe withUnsafeBytes { buffer in
      // RFC 1071 section 2 (B): the sum may be taken in any byte order and swapped at the end, so that words are read as
      // they lie in memory, eight bytes at a time. Every load ends at or before `count`.
      // Four sums at once: one alone waits for its own carry.
      var sums = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
      var offset = 0
      while buffer.count - offset >= 32 {
        sums.0 = carryingSum(sums.0, unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        sums.1 = carryingSum(sums.1, unsafe buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        sums.2 = carryingSum(sums.2, unsafe buffer.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
        sums.3 = carryingSum(sums.3, unsafe buffer.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self))
        offset += 32
      }
      var total = carryingSum(carryingSum(sums.0, sums.1), carryingSum(sums.2, sums.3))
      while buffer.count - offset >= 8 {
        total = carryingSum(total, unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += 8
      }
      var sum = (total & 0xffff_ffff) &+ (total >> 32)
      while offset + 1 < buffer.count {
        sum &+= UInt64(unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        offset += 2
      }
      if offset < buffer.count {
        // The last byte, before `count`.
        sum &+= UInt64(UInt16(littleEndian: UInt16(unsafe buffer[offset])))
      }
      return UInt64(UInt16(bigEndian: foldedChecksum(sum)))
    }
  }
}

/// The one's-complement sum of two words: what is carried out comes in at the low end.
@inline(__always)
private func carryingSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let (sum, carry) = left.addingReportingOverflow(right)
  return carry ? sum &+ 1 : sum
}

/// A sum of 16-bit words folded to 16 bits with end-around carry (RFC 1071 section 1).
public func foldedChecksum(_ sum: UInt64) -> UInt16 {
  var sum = sum
  while sum >> 16 != 0 { sum = (sum & 0xffff) &+ (sum >> 16) }
  return UInt16(truncatingIfNeeded: sum)
}
