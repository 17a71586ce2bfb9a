// Numbers in decimal. Up to eight digits are made at once in the bytes of a word, which is stored where they go.

extension UInt64 {
  /// The digits of a number below 10^8 as the values of eight bytes, the first digit in the lowest.
  var eightDigits: UInt64 {
    // Halves, then pairs, then single digits, those of a kind at once. The factors divide by 100 what is below 10 000,
    // and by 10 what is below 100.
    let halves = self / 10_000 &+ (self % 10_000) &<< 32
    let hundreds = (halves &* 5243) &>> 19 & 0x0000_007f_0000_007f
    let pairs = hundreds &+ (halves &- hundreds &* 100) &<< 16
    let tens = (pairs &* 103) &>> 10 & 0x000f_000f_000f_000f
    return tens &+ (pairs &- tens &* 10) &<< 8
  }

  /// Eight times the digit 0 as a character.
  static var zeroCharacters: UInt64 { 0x3030_3030_3030_3030 }
}

extension OutputBuffer {
  /// Appends an integer in decimal.
  package mutating func append(_ number: Int) {
    if number < 0 { append(byte: UInt8(ascii: "-")) }
    append(decimal: UInt64(number.magnitude))
  }

  /// Appends a number in decimal.
  @inline(__always)
  mutating func append(decimal number: UInt64) {
    if number < 10 { return append(byte: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number)) }
    guard number < 100_000_000 else { return append(long: number) }
    let digits = number.eightDigits
    let inFront = digits.trailingZeroBitCount / 8
    append(first: 8 &- inFront, of: (digits | .zeroCharacters) &>> UInt64(inFront &* 8))
  }

  @inline(never)
  private mutating func append(long number: UInt64) {
    let (more, last) = number.quotientAndRemainder(dividingBy: 100_000_000)
    append(decimal: more)
    append(lastDigitsOf: last, count: 8)
  }

  /// Appends the last `length` digits of a number, with zeros in front where it has fewer.
  mutating func append(lastDigitsOf number: UInt64, count length: Int) {
    let (more, last) = number.quotientAndRemainder(dividingBy: 100_000_000)
    let digits = last.eightDigits | .zeroCharacters
    guard length > 8 else { return append(first: length, of: digits >> (8 * (8 - length))) }
    append(lastDigitsOf: more, count: length - 8)
    append(first: 8, of: digits)
  }

  /// Appends `nanoseconds` in units of 10^`exponent` nanoseconds, with all its decimals but no zeros at their end.
  package mutating func append(nanoseconds: Int64, exponent: Int) {
    var unit: UInt64 = 1
    for _ in 0..<exponent { unit *= 10 }
    let (whole, part) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: unit)
    if nanoseconds < 0 { append(byte: UInt8(ascii: "-")) }
    append(decimal: whole)
    guard part > 0 else { return }
    append(byte: UInt8(ascii: "."))
    append(lastDigitsOf: part, count: exponent)
    while last == UInt8(ascii: "0") { shorten(to: count &- 1) }
  }

  /// Appends a duration in milliseconds, exact to the nanosecond, as JSON numbers are written.
  package mutating func append(milliseconds nanoseconds: Int64) {
    guard (0..<100_000_000).contains(nanoseconds) else { return append(manyMilliseconds: nanoseconds) }
    // Two digits before the point and six behind it. A zero at the front and zeros at the end are left away.
    let digits = UInt64(nanoseconds).eightDigits
    let isShort = digits & 0xff == 0
    let whole = (digits & 0xffff | 0x2e_3030) &>> (isShort ? 8 : 0)  // 00.
    let point = isShort ? 1 : 2
    let decimals = digits &>> 16
    guard decimals > 0 else { return append(first: point, of: whole) }
    let length = point &+ 9 &- decimals.leadingZeroBitCount / 8
    append(first: length, of: (decimals | 0x3030_3030_3030) &<< UInt64(8 &* (point &+ 1)) | whole)
    // Nine characters do not fit into a word: what is missing then is the last digit.
    if length > 8 { append(byte: UInt8(truncatingIfNeeded: decimals &>> 40) | UInt8(ascii: "0")) }
  }

  @inline(never)
  private mutating func append(manyMilliseconds nanoseconds: Int64) {
    let (whole, part) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    if nanoseconds < 0 { append(byte: UInt8(ascii: "-")) }
    append(decimal: whole)
    guard part > 0 else { return }
    // Of six digits the second of eight is 0, and its place the point's. Zeros at the end are left away.
    let digits = part.eightDigits
    append(first: 7 &- digits.leadingZeroBitCount / 8, of: digits &>> 8 | 0x30_3030_3030_302e)  // .000000
  }
}
