private import COctets

extension Span where Element == UInt8 {
  /// The one's-complement sum of the bytes as 16-bit words in network order, folded to 16 bits (RFC 1071), not inverted.
  ///
  /// An odd last byte counts as the high half of a word. Add partial sums that begin at even offsets and fold them with
  /// ``foldedChecksum(_:)``.
  public var internetChecksumSum: UInt64 {
    unsafe withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      // Reads as many as there are, during the call. RFC 1071 section 2 (B): the sum may be taken in any byte order and
      // swapped at the end.
      let sum = unsafe smtpscope_word_sum(start.assumingMemoryBound(to: UInt8.self), buffer.count)
      return UInt64(UInt16(bigEndian: foldedChecksum(sum)))
    }
  }

  /// The same sum of a header, which is short and whose length is a multiple of four (RFC 9293 section 3.1): a rest of one to
  /// three bytes is left out.
  public var headerChecksumSum: UInt64 {
    var sum: UInt64 = 0
    var place = 0
    while place &+ 8 <= count {
      let words = littleEndianUInt64(at: place)
      sum &+= (words & 0xffff_ffff) &+ words >> 32
      place &+= 8
    }
    if place &+ 4 <= count { sum &+= UInt64(littleEndianUInt32(at: place)) }
    return UInt64(foldedChecksum(sum).byteSwapped)
  }
}

/// A sum of 16-bit words folded to 16 bits with end-around carry (RFC 1071 section 1).
@inlinable
public func foldedChecksum(_ sum: UInt64) -> UInt16 {
  var sum = sum
  while sum >> 16 != 0 { sum = (sum & 0xffff) &+ (sum >> 16) }
  return UInt16(truncatingIfNeeded: sum)
}
