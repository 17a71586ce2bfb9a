/// Base 64 (RFC 4648 section 4) for the few short strings that protocols carry; a message's parts are decoded elsewhere.
public enum Base64 {
  /// The bytes that the text stands for; nil where it is not base 64. Missing padding is forgiven.
  public static func decoded(_ text: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3 + 3)
    var bits: UInt32 = 0
    var count = 0
    var isOver = false
    for character in text {
      if character == 0x3d {
        isOver = true
        continue
      }
      guard !isOver, let value = value(of: character) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        bits &= (1 << UInt32(count)) - 1
      }
    }
    return count == 6 ? nil : bytes
  }

  /// The text for the bytes, with its padding.
  public static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count / 3 * 4 + 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place <= group.count ? digit(bits >> UInt32(18 - 6 * place)) : 0x3d)
      }
    }
    return text
  }

  /// Whether the text may be base 64 or a piece of it: it is not empty and has no character that base 64 has not.
  public static func mayHold(_ text: [UInt8]) -> Bool {
    !text.isEmpty && text.allSatisfy { $0 == 0x3d || value(of: $0) != nil }
  }

  /// The six bits that a character stands for; nil where it is padding, or none of the alphabet.
  @inlinable
  public static func value(of character: UInt8) -> UInt8? {
    switch character {
    case 0x41...0x5a: character &- 0x41
    case 0x61...0x7a: character &- 0x61 &+ 26
    case 0x30...0x39: character &- 0x30 &+ 52
    case 0x2b: 62
    case 0x2f: 63
    default: nil
    }
  }

  /// The character for the lowest six bits: looked up, for branches would go wrong at every other digit of a hash.
  @inlinable
  public static func digit(_ bits: UInt32) -> UInt8 {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return alphabet.utf8.span[Int(bits & 63)]
  }
}
