internal import Wire

extension OutputBuffer {
  /// Appends the bytes in base64 with padding (RFC 4648 section 4).
  package mutating func appendBase64(_ run: Span<UInt8>) {
    let padding = UInt8(ascii: "=")
    var offset = 0
    while offset < run.count {
      let rest = run.count &- offset
      var group = UInt32(run[offset]) << 16
      if rest > 1 { group |= UInt32(run[offset &+ 1]) << 8 }
      if rest > 2 { group |= UInt32(run[offset &+ 2]) }
      var digits = UInt64(Base64.digit(group >> 18)) | UInt64(Base64.digit(group >> 12)) << 8
      digits |= UInt64(rest > 1 ? Base64.digit(group >> 6) : padding) << 16
      digits |= UInt64(rest > 2 ? Base64.digit(group) : padding) << 24
      append(first: 4, of: digits)
      offset &+= 3
    }
  }
}
