/// Digits and what stands between them, put together from their end: a number is told in one piece, not by the digit.
struct DigitRun {
  private(set) var bytes = [48 of UInt8](repeating: 0)
  /// Where they begin; they go to the end.
  private(set) var start = 48

  /// How many bytes there are.
  var count: Int { 48 - start }

  /// Puts a byte in front; what is behind room is left out, and no number has so many digits.
  @inline(__always)
  mutating func prepend(byte: UInt8) {
    guard start > 0 else { return }
    start &-= 1
    bytes[start] = byte
  }

  /// Puts a number in front.
  @inline(__always)
  mutating func prepend(_ number: UInt64) {
    var rest = number
    repeat {
      prepend(byte: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
  }

  /// Puts the last `count` digits of a number in front, zeros where it has fewer.
  @inline(__always)
  mutating func prepend(lastDigitsOf number: UInt64, count: Int) {
    var rest = number
    for _ in 0..<max(count, 0) {
      prepend(byte: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    }
  }
}

extension OutputBuffer {
  /// Appends what was put together.
  mutating func append(_ digits: borrowing DigitRun) {
    append(digits.bytes.span.extracting(digits.start..<48))
  }
}
