internal import Wire

/// Text that moves no cursor and hides nothing.
package enum InertText {
  /// - Parameter controls: The control octets that may stand in it.
  package static func check(_ text: Span<UInt8>, allowing controls: [UInt8]) throws(Broken) {
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      if byte < 0x80 {
        if byte < 0x20 || byte == 0x7f {
          try demand(controls.contains(byte), "a control octet \(byte)")
          // Of escape sequences only colours (ECMA-48 section 8.3.117): ESC [ digits and semicolons, m.
          if byte == 27 { try checkColor(text, at: offset) }
        }
        offset += 1
        continue
      }
      let (scalar, length) = VisibleText.decodeScalar(text, at: offset)
      guard let scalar, length > 0 else { throw Broken("not UTF-8 at \(offset)") }
      try demand(scalar < 0x80 || !isHiding(scalar), "a code point that hides, \(scalar)")
      offset += length
    }
  }

  private static func checkColor(_ text: Span<UInt8>, at escape: Int) throws(Broken) {
    var offset = escape + 1
    try demand(offset < text.count && text[offset] == UInt8(ascii: "["), "an escape sequence that is no colour")
    repeat {
      offset += 1
    } while offset < text.count
      && (text[offset] == UInt8(ascii: ";") || (0x30...0x39).contains(text[offset]))
    try demand(offset < text.count && text[offset] == UInt8(ascii: "m"), "an escape sequence that is no colour")
  }

  /// C1 controls, line and paragraph separators, what reorders text (UAX #9), tags.
  private static func isHiding(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x80...0x9f, 0x061c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xfff9...0xfffb,
      0xe0000...0xe0fff:
      true
    default: false
    }
  }
}

/// Reads JSON to its end by the letter of RFC 8259, and demands that it is inert besides.
package struct JSONReader {
  private let bytes: [UInt8]
  private var offset = 0

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// One value and nothing behind it.
  package mutating func document() throws(Broken) {
    try InertText.check(bytes.span, allowing: [10])
    try value(depth: 0)
    blanks()
    try demand(offset == bytes.count, "more behind the end of the JSON")
  }

  private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  private mutating func blanks() {
    while next == 10 || next == 32 { offset += 1 }
  }

  private mutating func take(_ byte: UInt8) throws(Broken) {
    blanks()
    try demand(next == byte, "JSON: \(Character(UnicodeScalar(byte))) is wanted at \(offset)")
    offset += 1
  }

  private mutating func takes(_ byte: UInt8) -> Bool {
    blanks()
    guard next == byte else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(Broken) {
    try demand(depth < 20, "JSON nested deeper than it should be")
    blanks()
    switch next {
    case UInt8(ascii: "{"):
      offset += 1
      if takes(UInt8(ascii: "}")) { return }
      repeat {
        blanks()
        try string()
        try take(UInt8(ascii: ":"))
        try value(depth: depth + 1)
      } while takes(UInt8(ascii: ","))
      try take(UInt8(ascii: "}"))
    case UInt8(ascii: "["):
      offset += 1
      if takes(UInt8(ascii: "]")) { return }
      repeat { try value(depth: depth + 1) } while takes(UInt8(ascii: ","))
      try take(UInt8(ascii: "]"))
    case UInt8(ascii: "\""): try string()
    default: try word()
    }
  }

  private mutating func string() throws(Broken) {
    try demand(next == UInt8(ascii: "\""), "JSON: a string is wanted at \(offset)")
    offset += 1
    while offset < bytes.count, next != UInt8(ascii: "\"") {
      if next == UInt8(ascii: "\\") {
        offset += 1
        let escaped = next
        switch UnicodeScalar(escaped) {
        case "\"", "\\", "/", "b", "f", "n", "r", "t", "u": break
        default: throw Broken("JSON: an escape that is none")
        }
        if escaped == UInt8(ascii: "u") {
          for place in 1...4 where offset + place < bytes.count {
            let digit = bytes[offset + place]
            switch UnicodeScalar(digit) {
            case "0"..."9", "a"..."f", "A"..."F": break
            default: throw Broken("JSON: a code point that is none")
            }
          }
          offset += 4
        }
      }
      offset += 1
    }
    try demand(offset < bytes.count, "JSON: a string without an end")
    offset += 1
  }

  private mutating func word() throws(Broken) {
    let start = offset
    var areDigits = true
    while Self.isOfWord(next) {
      areDigits = areDigits && (0x30...0x39).contains(next)
      offset += 1
    }
    // Most are whole numbers; RFC 8259 section 6: without a zero before them.
    if areDigits, offset > start, offset == start + 1 || bytes[start] != UInt8(ascii: "0") { return }
    let word = String(decoding: bytes[start..<offset], as: UTF8.self)
    try demand(
      word == "true" || word == "false" || word == "null" || Double(word) != nil,
      "JSON: \(word) is no value, at \(start)")
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch UnicodeScalar(byte) {
    case "+", "-", ".", "0"..."9", "a", "e", "f", "l", "n", "r", "s", "t", "u": true
    default: false
    }
  }
}
