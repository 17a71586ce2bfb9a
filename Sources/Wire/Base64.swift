/// Base 64 (RFC 4648 section 4) for the few short strings that protocols carry; a message's parts are decoded elsewhere.
package enum Base64 {
  /// The bytes that the text stands for; nil where it is not base 64. Missing padding is forgiven.
  package static func decoded(_ text: [UInt8]) -> [UInt8]? {
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

  /// Whether the text may be base 64 or a piece of it: it is not empty and has no character that base 64 has not.
  package static func mayHold(_ text: [UInt8]) -> Bool {
    !text.isEmpty && text.allSatisfy { $0 == 0x3d || value(of: $0) != nil }
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case 0x41...0x5a: character - 0x41
    case 0x61...0x7a: character - 0x61 + 26
    case 0x30...0x39: character - 0x30 + 52
    case 0x2b: 62
    case 0x2f: 63
    default: nil
    }
  }
}
