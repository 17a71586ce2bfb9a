/// Text with what it says taken out, every byte in its place: lengths, line ends and shapes stay.
enum TextMask {
  /// The stand-in for a byte of text: `x` and `X` for letters, `9` for digits. What is not ASCII stays what it is to UTF-8;
  /// blanks, controls and punctuation stay.
  static func masked(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x61...0x7a: 0x78
    case 0x41...0x5a: 0x58
    case 0x30...0x39: 0x39
    case 0x80...0xbf: 0xa1
    case 0xc0...0xdf: 0xc3
    case 0xe0...0xef: 0xe2
    case 0xf0...0xff: 0xf1
    default: byte
    }
  }

  /// Where addresses stand in a piece of text: what is around each `@` (RFC 5321 section 4.1.2, without quoted strings).
  static func addresses(in text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for at in text.indices where text[at] == 0x40 {
      var start = at
      let floor = found.last?.upperBound ?? 0
      while start > floor, isOfLocalPart(text[start - 1]) { start -= 1 }
      var end = at + 1
      while end < text.count, isOfHost(text[end]) { end += 1 }
      while end > at + 1, text[end - 1] == 0x2e { end -= 1 }
      if start < at, end > at + 1 { found.append(start..<end) }
    }
    return found
  }

  static func isOfHost(_ byte: UInt8) -> Bool {
    isOfWord(byte) || byte == 0x2d || byte == 0x2e
  }

  /// `=` and `/` may be in a local part too, but stand before one more often: `to=bob@…`.
  private static func isOfLocalPart(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x3f, 0x5e, 0x60, 0x7b...0x7e: true
    default: isOfWord(byte)
    }
  }

  /// Letters, digits, the underscore, and what is not ASCII.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a, 0x80...: true
    default: false
    }
  }
}
