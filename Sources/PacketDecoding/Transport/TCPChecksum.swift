import Wire

/// What a segment's checksum says of its bytes.
public enum ChecksumVerdict: Hashable, Sendable {
  case right
  case wrong
  /// The field holds the sum of the pseudo-header alone, which a host leaves to its network card to complete: the segment
  /// was captured where it was sent, before the card saw it.
  case offloaded
  /// A snap length cut the segment, so that nothing can be said.
  case unknown
}

extension TCPSegment {
  /// Verifies the checksum over `bytes`, those that the segment was decoded from (RFC 9293 section 3.1).
  public func checksum(in bytes: Span<UInt8>) -> ChecksumVerdict {
    guard headerStart >= 0, payload.upperBound <= bytes.count, payload.upperBound - headerStart >= 20 else {
      return .unknown
    }
    let captured = payload.upperBound - headerStart
    let length = Int(bytes[headerStart + 12] >> 4) * 4 + payloadLength
    guard captured == length else { return .unknown }
    let sum = bytes.extracting(headerStart..<payload.upperBound).internetChecksumSum
    let addresses = source.address.checksumSum &+ destination.address.checksumSum &+ 6
    if foldedChecksum(sum &+ addresses &+ UInt64(length)) == 0xffff { return .right }
    // Linux leaves the sum with the length; for large segments to be cut by the card, others leave the length out, which
    // differs with every piece.
    let field = bytes.bigEndianUInt16(at: headerStart + 16)
    let isLeftToCard = field == foldedChecksum(addresses &+ UInt64(length)) || field == foldedChecksum(addresses)
    return isLeftToCard ? .offloaded : .wrong
  }
}

extension IPAddress {
  /// The sum of the address as 16-bit words in network order, not folded.
  fileprivate var checksumSum: UInt64 {
    (high >> 32) &+ (high & 0xffff_ffff) &+ (low >> 32) &+ (low & 0xffff_ffff)
  }
}
