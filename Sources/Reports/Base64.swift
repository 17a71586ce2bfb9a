extension OutputBuffer {
  /// Appends the bytes in base64 with padding (RFC 4648 section 4).
  package mutating func appendBase64(_ run: Span<UInt8>) {
    // Looked up: a branch would go wrong at every other digit of a hash.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    let letters = alphabet.utf8.span
    let padding = UInt8(ascii: "=")
    var offset = 0
    while offset < run.count {
      let rest = run.count &- offset
      var group = Int(run[offset]) << 16
      if rest > 1 { group |= Int(run[offset &+ 1]) << 8 }
      if rest > 2 { group |= Int(run[offset &+ 2]) }
      var digits = UInt64(letters[group >> 18]) | UInt64(letters[group >> 12 & 63]) << 8
      digits |= UInt64(rest > 1 ? letters[group >> 6 & 63] : padding) << 16
      digits |= UInt64(rest > 2 ? letters[group & 63] : padding) << 24
      append(first: 4, of: digits)
      offset &+= 3
    }
  }
}
