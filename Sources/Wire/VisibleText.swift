/// Turns what came from the network into text that is inert wherever it is shown.
///
/// A banner or a subject is written by strangers: it may hold escape sequences that move the cursor, characters that
/// reverse or hide what stands beside them, or no text at all. Valid UTF-8 that shows as itself stays; everything else
/// is written as an escape that can be seen: `\x1b` for a byte (ASCII controls, and bytes that are not UTF-8),
/// `\u{202e}` for a code point. A backslash is doubled where it could be mistaken for the begin of an escape, that is
/// before `\`, `x`, `u` and whatever is not printable ASCII, so that the bytes can be told from the text
/// (`DOMAIN\user` has such a place and reads `DOMAIN\\user`).
public enum VisibleText {
  /// How many combining marks may stand on one character. Without a bound a peer could pile marks over the lines
  /// above and below; those beyond it, and marks with nothing to stand on, are escaped.
  public static let maximumMarks = 4

  /// Appends the visible form of `bytes` to `text`.
  ///
  /// - Parameters:
  ///   - doublesBackslash: false for text that was made visible before, which then stays as it is.
  ///   - keepsUnicode: false where the terminal reads no UTF-8, so that its bytes could be controls there: all but ASCII
  ///     is escaped.
  public static func append(
    _ bytes: Span<UInt8>, to text: inout [UInt8], doublesBackslash: Bool = true, keepsUnicode: Bool = true
  ) {
    var marks = maximumMarks
    var offset = 0
    while offset < bytes.count {
      let plain = bytes.endOfPlainText(from: offset)
      if plain > offset {
        text.append(bytes.extracting(offset..<plain))
        marks = 0
        offset = plain
        continue
      }
      let byte = bytes[offset]
      if byte >= 0x20, byte < 0x7f {
        if byte == UInt8(ascii: "\\"), doublesBackslash, beginsEscape(bytes, after: offset) { text.append(byte) }
        text.append(byte)
        marks = 0
        offset += 1
        continue
      }
      guard byte >= 0x80 else {
        appendEscape(byte: byte, to: &text)
        marks = maximumMarks
        offset += 1
        continue
      }
      let (scalar, length) = decodeScalar(bytes, at: offset)
      if let scalar {
        let isMark = displayWidth(of: scalar) == 0
        if !keepsUnicode || isHidden(scalar) || (isMark && marks >= maximumMarks) {
          appendEscape(codePoint: scalar, to: &text)
          marks = maximumMarks
        } else {
          text.append(bytes.extracting(offset..<offset + length))
          marks = isMark ? marks + 1 : 0
        }
      } else {
        for index in offset..<offset + length { appendEscape(byte: bytes[index], to: &text) }
        marks = maximumMarks
      }
      offset += length
    }
  }

  /// Whether a code point does not show as itself: controls, what changes the direction of text, what has no width of
  /// its own or no look (zero-width characters, fillers, tags), separators of lines, noncharacters.
  public static func isHidden(_ codePoint: UInt32) -> Bool {
    switch codePoint {
    case 0..<0x20, 0x7f...0x9f: true  // C0, DEL, C1
    case 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b...0x180f: true
    case 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f: true
    case 0x3164, 0xfeff, 0xffa0, 0xfff0...0xfffb: true
    case 0xfdd0...0xfdef: true
    case 0x1bca0...0x1bca3, 0x1d173...0x1d17a, 0xe0000...0xe0fff: true
    default: codePoint & 0xfffe == 0xfffe
    }
  }

  /// The code point at `offset`, which must lie within the bytes, and how many bytes it takes.
  ///
  /// nil where the bytes are not UTF-8 (overlong forms and surrogates are not); the length is then that of the longest
  /// begin of a valid form, at least 1, which is what one U+FFFD stands for.
  public static func decodeScalar(_ bytes: Span<UInt8>, at offset: Int) -> (codePoint: UInt32?, length: Int) {
    let lead = bytes[offset]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch lead {  // Unicode 16, table 3-7
    case 0..<0x80: return (UInt32(lead), 1)
    case 0xc2...0xdf: length = 2
    case 0xe0...0xef:
      length = 3
      if lead == 0xe0 { second = 0xa0...0xbf }
      if lead == 0xed { second = 0x80...0x9f }
    case 0xf0...0xf4:
      length = 4
      if lead == 0xf0 { second = 0x90...0xbf }
      if lead == 0xf4 { second = 0x80...0x8f }
    default: return (nil, 1)
    }
    var codePoint = UInt32(lead) & (0x7f >> UInt32(length))
    for index in 1..<length {
      guard offset + index < bytes.count else { return (nil, index) }
      let byte = bytes[offset + index]
      guard index == 1 ? second.contains(byte) : byte & 0xc0 == 0x80 else { return (nil, index) }
      codePoint = codePoint << 6 | UInt32(byte & 0x3f)
    }
    return (codePoint, length)
  }

  private static func beginsEscape(_ bytes: Span<UInt8>, after offset: Int) -> Bool {
    guard offset + 1 < bytes.count else { return false }
    switch bytes[offset + 1] {
    case UInt8(ascii: "\\"), UInt8(ascii: "x"), UInt8(ascii: "u"): return true
    case 0x20..<0x7f: return false
    default: return true
    }
  }

  private static func appendEscape(byte: UInt8, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\\"))
    text.append(UInt8(ascii: "x"))
    text.append(hexadecimal: byte)
  }

  private static func appendEscape(codePoint: UInt32, to text: inout [UInt8]) {
    text.append(contentsOf: "\\u{\(String(codePoint, radix: 16))}".utf8)
  }
}

extension String {
  /// What came from the network as text that is inert on a terminal: see ``VisibleText``.
  public init(visible bytes: Span<UInt8>) {
    // Nearly everything shows as itself.
    if bytes.endOfPlainText(from: 0) == bytes.count {
      self.init(repairing: bytes)
      return
    }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    VisibleText.append(bytes, to: &text)
    self = String(decoding: text, as: UTF8.self)
  }

  /// The same for text that was decoded from the network before.
  public init(visible text: String) {
    self.init(visible: text.utf8.span)
  }
}
