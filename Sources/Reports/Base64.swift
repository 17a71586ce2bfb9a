internal import Wire

extension OutputBuffer {
  /// Appends the bytes in base64 with padding (RFC 4648 section 4).
  package mutating func appendBase64(_ run: Span<UInt8>) {
    var offset = 0
    while offset < run.count {
      // Forty-eight octets are sixty-four digits: a digest is written in one piece.
      let end = min(offset + 48, run.count)
      var digits = [64 of UInt8](repeating: UInt8(ascii: "="))
      var length = 0
      while offset < end {
        let rest = end - offset
        var group = UInt32(run[offset]) << 16
        if rest > 1 { group |= UInt32(run[offset + 1]) << 8 }
        if rest > 2 { group |= UInt32(run[offset + 2]) }
        digits[length] = Base64.digit(group >> 18)
        digits[length + 1] = Base64.digit(group >> 12)
        if rest > 1 { digits[length + 2] = Base64.digit(group >> 6) }
        if rest > 2 { digits[length + 3] = Base64.digit(group) }
        length += 4
        offset += 3
      }
      append(digits.span.extracting(first: length))
    }
  }
}
