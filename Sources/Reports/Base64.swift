extension OutputBuffer {
  /// Appends the bytes in base64 with padding (RFC 4648 section 4).
  package mutating func appendBase64(_ run: Span<UInt8>) {
    var offset = 0
    while offset < run.count {
      let rest = run.count - offset
      var group = UInt32(run[offset]) << 16
      if rest > 1 { group |= UInt32(run[offset + 1]) << 8 }
      if rest > 2 { group |= UInt32(run[offset + 2]) }
      append(byte: Self.digit(group >> 18))
      append(byte: Self.digit(group >> 12))
      append(byte: rest > 1 ? Self.digit(group >> 6) : UInt8(ascii: "="))
      append(byte: rest > 2 ? Self.digit(group) : UInt8(ascii: "="))
      offset += 3
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
