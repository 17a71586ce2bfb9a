// Numbers in decimal, their digits written where they go.

extension OutputBuffer {
  /// Appends an integer in decimal.
  package mutating func append(_ number: Int) {
    if number < 0 { append(byte: UInt8(ascii: "-")) }
    append(decimal: UInt64(number.magnitude))
  }

  /// Appends a number in decimal, with zeros in front up to `width` digits.
  mutating func appendDigits(_ number: UInt64, atLeast width: Int) {
    append(lastDigitsOf: number, count: max(width, Self.countOfDigits(number)))
  }

  @inline(__always)
  private mutating func append(decimal number: UInt64) {
    if number < 10 { return append(byte: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)) }
    append(lastDigitsOf: number, count: Self.countOfDigits(number))
  }

  private static func countOfDigits(_ number: UInt64) -> Int {
    var (count, rest) = (1, number)
    while rest >= 1000 {
      rest /= 1000
      count += 3
    }
    return rest >= 100 ? count + 2 : rest >= 10 ? count + 1 : count
  }

  /// Appends `nanoseconds` in units of 10^`exponent` nanoseconds, with all its decimals but no zeros at their end.
  package mutating func append(nanoseconds: Int64, exponent: Int) {
    var unit: UInt64 = 1
    for _ in 0..<exponent { unit *= 10 }
    let (whole, part) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: unit)
    append(nanoseconds < 0, whole, part, decimals: exponent)
  }

  /// Appends a duration in milliseconds, exact to the nanosecond, as JSON numbers are written.
  package mutating func append(milliseconds nanoseconds: Int64) {
    // With a unit that the compiler knows, it is no division.
    let (whole, part) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    append(nanoseconds < 0, whole, part, decimals: 6)
  }

  @inline(__always)
  private mutating func append(_ isNegative: Bool, _ whole: UInt64, _ part: UInt64, decimals: Int) {
    if isNegative { append(byte: UInt8(ascii: "-")) }
    append(decimal: whole)
    guard part > 0 else { return }
    append(byte: UInt8(ascii: "."))
    var (fraction, width) = (part, decimals)
    // Most captures have microseconds.
    if width > 3, fraction % 1000 == 0 { (fraction, width) = (fraction / 1000, width - 3) }
    while fraction % 10 == 0 { (fraction, width) = (fraction / 10, width - 1) }
    append(lastDigitsOf: fraction, count: width)
  }
}
