import Wire

/// An encoded word (RFC 2047 section 2): `=?charset?encoding?text?=`, decoded to bytes of its character set.
///
/// Read as leniently as its meaning stays certain: any length, white space within the text, missing padding, either case,
/// the language of RFC 2231 section 5 behind the character set. What stays uncertain is no encoded word but text.
struct EncodedWord {
  /// The character set's name as it was written, without a language.
  var label: [UInt8]
  /// The decoded bytes, in that character set.
  var bytes: [UInt8]
  /// The offset behind the word's closing `?=`.
  var end: Int

  /// The word that begins at `start`, where `=?` must stand; nil when there is none.
  init?(parsing field: Span<UInt8>, at start: Int) {
    guard field.hasBytes("=?", at: start) else { return nil }
    let labelStart = start + 2
    guard let labelEnd = Self.endOfLabel(in: field, from: labelStart) else { return nil }
    let encoding = labelEnd + 1
    guard field.hasBytes("?", at: encoding + 1), let textEnd = Self.endOfText(in: field, from: encoding + 2) else {
      return nil
    }
    let text = field.extracting(encoding + 2..<textEnd)
    switch lowercased(field[encoding]) {
    case UInt8(ascii: "b"):
      guard let decoded = Self.decodedBase64(text) else { return nil }
      bytes = decoded
    case UInt8(ascii: "q"):
      bytes = Self.decodedQ(text)
    default: return nil
    }
    let written = field.extracting(labelStart..<labelEnd)
    label = Array(written.extracting(first: written.firstIndex(of: UInt8(ascii: "*")) ?? written.count))
    end = textEnd + 2
  }

  /// RFC 2978 section 2.3 allows 40 characters for a character set; the rest is room for a language tag. Without a bound
  /// `=?` after `=?` would be searched to the end of the field each.
  private static let longestLabel = 80

  private static func endOfLabel(in field: Span<UInt8>, from start: Int) -> Int? {
    var offset = start
    while offset < field.count, offset - start <= longestLabel {
      let byte = field[offset]
      if byte == UInt8(ascii: "?") { return offset > start ? offset : nil }
      guard byte > UInt8(ascii: " "), byte < 0x7f else { return nil }
      offset += 1
    }
    return nil
  }

  /// Where `?=` stands. The search ends at the beginning of another word, which keeps all searches together linear:
  /// `=?a?q?` again and again has no end anywhere.
  private static func endOfText(in field: Span<UInt8>, from start: Int) -> Int? {
    var offset = start
    while offset + 1 < field.count {
      switch (field[offset], field[offset + 1]) {
      case (UInt8(ascii: "?"), UInt8(ascii: "=")): return offset
      case (UInt8(ascii: "="), UInt8(ascii: "?")):
        // `=?=` is padding and the end.
        guard field.hasBytes("=", at: offset + 2) else { return nil }
        return offset + 1
      default: offset += 1
      }
    }
    return nil
  }

  /// RFC 2047 section 4.1. Padding may be missing, or stand within where a client joined two encoded pieces; nil for
  /// letters that are not base64's and for a group of one.
  private static func decodedBase64(_ text: Span<UInt8>) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count / 4 * 3 + 3)
    var group: UInt32 = 0
    var letters = 0
    for offset in text.indices {
      let byte = text[offset]
      if isBlank(byte) { continue }
      if byte == UInt8(ascii: "=") {
        guard close(&group, &letters, into: &decoded) else { return nil }
        continue
      }
      guard let bits = Base64.value(of: byte) else { return nil }
      group = group << 6 | UInt32(bits)
      letters += 1
      guard letters == 4 else { continue }
      decoded.append(UInt8(truncatingIfNeeded: group >> 16))
      decoded.append(UInt8(truncatingIfNeeded: group >> 8))
      decoded.append(UInt8(truncatingIfNeeded: group))
      group = 0
      letters = 0
    }
    return close(&group, &letters, into: &decoded) ? decoded : nil
  }

  /// Ends a group of two or three letters: one or two bytes.
  private static func close(_ group: inout UInt32, _ letters: inout Int, into decoded: inout [UInt8]) -> Bool {
    switch letters {
    case 0: return true
    case 2: decoded.append(UInt8(truncatingIfNeeded: group >> 4))
    case 3:
      decoded.append(UInt8(truncatingIfNeeded: group >> 10))
      decoded.append(UInt8(truncatingIfNeeded: group >> 2))
    default: return false
    }
    group = 0
    letters = 0
    return true
  }

  /// RFC 2047 section 4.2. An equals sign without two hexadecimal digits stands for itself, as clients that forget to
  /// encode it mean.
  private static func decodedQ(_ text: Span<UInt8>) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count)
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      offset += 1
      if byte == UInt8(ascii: "_") {
        decoded.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "="), offset + 1 < text.count, let high = Hexadecimal.value(of: text[offset]),
        let low = Hexadecimal.value(of: text[offset + 1])
      {
        decoded.append(high << 4 | low)
        offset += 2
      } else {
        decoded.append(byte)
      }
    }
    return decoded
  }
}
