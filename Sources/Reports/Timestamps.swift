package import Wire

/// A moment of the proleptic Gregorian calendar in UTC.
struct CivilTime: Equatable {
  var year: Int
  var month: Int
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int
  var nanosecond: Int

  init(_ time: CaptureTime) {
    let (seconds, nanoseconds) = time.nanoseconds.flooredDivision(by: 1_000_000_000)
    let (days, secondOfDay) = seconds.flooredDivision(by: 86_400)
    nanosecond = nanoseconds
    hour = secondOfDay / 3600
    minute = secondOfDay / 60 % 60
    second = secondOfDay % 60

    // Years are counted from the 1st of March, so that a leap day is the last day of its year, of its four years and of
    // its four centuries; the day 0000-03-01 lies 719 468 days before 1970-01-01.
    let (fourCenturies, dayOfFourCenturies) = (Int64(days) + 719_468).flooredDivision(by: 146_097)
    let century = min(dayOfFourCenturies / 36_524, 3)
    let dayOfCentury = dayOfFourCenturies - century * 36_524
    let fourYears = dayOfCentury / 1461
    let dayOfFourYears = dayOfCentury % 1461
    let yearOfFour = min(dayOfFourYears / 365, 3)
    let dayOfYear = dayOfFourYears - yearOfFour * 365

    // From March on the months' lengths repeat every five months, which this line with its two roundings hits.
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = Int(fourCenturies) * 400 + century * 100 + fourYears * 4 + yearOfFour + (month < 3 ? 1 : 0)
  }
}

extension Int64 {
  /// Quotient rounded down and the remainder that is never negative; the divisor is positive.
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, Int(remainder + divisor)) : (quotient, Int(remainder))
  }
}

extension OutputBuffer {
  /// Appends a moment as RFC 3339 writes it, in UTC, with `decimals` (0 to 9) of the second, cut and not rounded.
  package mutating func append(_ time: CaptureTime, decimals: Int) {
    let civil = CivilTime(time)
    appendDate(civil)
    append(byte: UInt8(ascii: "T"))
    appendTimeOfDay(civil)
    let decimals = min(max(decimals, 0), 9)
    if decimals > 0 {
      var fraction = UInt32(truncatingIfNeeded: civil.nanosecond)
      for _ in decimals..<9 { fraction /= 10 }
      append(byte: UInt8(ascii: "."))
      append(lastDigitsOf: UInt64(fraction), count: decimals)
    }
    append(byte: UInt8(ascii: "Z"))
  }

  /// Appends `2026-11-20`.
  mutating func appendDate(_ civil: CivilTime) {
    append(lastDigitsOf: UInt64(civil.year), count: 4)  // CaptureTime ends at 1677 and 2262
    append(byte: UInt8(ascii: "-"))
    append(lastDigitsOf: UInt64(civil.month), count: 2)
    append(byte: UInt8(ascii: "-"))
    append(lastDigitsOf: UInt64(civil.day), count: 2)
  }

  /// Appends `09:14:02`.
  mutating func appendTimeOfDay(_ civil: CivilTime) {
    append(lastDigitsOf: UInt64(civil.hour), count: 2)
    append(byte: UInt8(ascii: ":"))
    append(lastDigitsOf: UInt64(civil.minute), count: 2)
    append(byte: UInt8(ascii: ":"))
    append(lastDigitsOf: UInt64(civil.second), count: 2)
  }
}
