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

/// A date as the words that go into the output.
struct DateText {
  /// `2026-11-`.
  let yearAndMonth: UInt64
  /// `20T`.
  let dayAndMark: UInt64

  init(_ civil: CivilTime) {
    // A digit that is 0 stands where another character goes. CaptureTime ends at 1677 and 2262.
    yearAndMonth = UInt64(civil.year * 10_000 + civil.month * 10).eightDigits | 0x2d30_302d_3030_3030  // 0000-00-
    dayAndMark = UInt64(civil.day * 10).eightDigits &>> 40 | 0x54_3030  // 00T
  }
}

extension OutputBuffer {
  /// Appends a moment as RFC 3339 writes it, in UTC, with `decimals` (0 to 9) of the second, cut and not rounded.
  package mutating func append(_ time: CaptureTime, decimals: Int) {
    let (seconds, nanosecond) = time.nanoseconds.flooredDivision(by: 1_000_000_000)
    let (day, second) = seconds.flooredDivision(by: 86_400)
    if lastDate.day != day { lastDate = (day, DateText(CivilTime(time))) }
    append(first: 8, of: lastDate.text.yearAndMonth)
    append(first: 3, of: lastDate.text.dayAndMark)
    appendTimeOfDay(second / 3600, second / 60 % 60, second % 60)
    guard decimals != 6 else {
      // As most captures have them.
      return append(first: 8, of: UInt64(nanosecond / 1000).eightDigits &>> 8 | 0x5a30_3030_3030_302e)  // .000000Z
    }
    if decimals > 0 {
      append(byte: UInt8(ascii: "."))
      append(lastDigitsOf: UInt64(nanosecond), count: 9)
      shorten(to: count &- (9 &- min(decimals, 9)))
    }
    append(byte: UInt8(ascii: "Z"))
  }

  /// Appends `2026-11-20`.
  mutating func appendDate(_ civil: CivilTime) {
    let text = DateText(civil)
    append(first: 8, of: text.yearAndMonth)
    append(first: 2, of: text.dayAndMark)
  }

  /// Appends `09:14:02`.
  mutating func appendTimeOfDay(_ civil: CivilTime) {
    appendTimeOfDay(civil.hour, civil.minute, civil.second)
  }

  private mutating func appendTimeOfDay(_ hour: Int, _ minute: Int, _ second: Int) {
    let digits = UInt64((hour * 1000 + minute) * 1000 + second).eightDigits
    append(first: 8, of: digits | 0x3030_3a30_303a_3030)  // 00:00:00
  }
}
