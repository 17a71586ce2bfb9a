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
        digits[length] = Self.digit(group >> 18)
        digits[length + 1] = Self.digit(group >> 12)
        if rest > 1 { digits[length + 2] = Self.digit(group >> 6) }
        if rest > 2 { digits[length + 3] = Self.digit(group) }
        length += 4
        offset += 3
      }
      append(digits.span.extracting(first: length))
    }
  }

  private static func digit(_ group: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: group & 63)
    return switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }
}
