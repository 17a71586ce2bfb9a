/// Hexadecimal digits, as they are read and written everywhere.
///
/// All of it is inlined, for it is asked once for each digit.
public enum Hexadecimal {
  /// The value of a digit, in either case of letters; nil where it is none.
  @inlinable
  public static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit &- 0x30
    case 0x41...0x46: digit &- 0x37
    case 0x61...0x66: digit &- 0x57
    default: nil
    }
  }

  /// The digit for a value below 16, with small letters.
  @inlinable
  public static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 &+ value : 0x57 &+ value
  }
}

extension [UInt8] {
  /// Appends the two digits of a byte, with small letters.
  @inlinable
  public mutating func append(hexadecimal byte: UInt8) {
    append(Hexadecimal.digit(byte >> 4))
    append(Hexadecimal.digit(byte & 15))
  }
}

extension String {
  /// Two digits for each byte, with small letters: how digests are written.
  @inlinable
  public init(hexadecimal bytes: some Sequence<UInt8>) {
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.underestimatedCount)
    for byte in bytes { text.append(hexadecimal: byte) }
    self.init(repairing: text.span)
  }
}
