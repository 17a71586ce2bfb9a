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

/// A day's date in letters: that of one record is nearly always that of the next.
struct DateText {
  /// Days since 1970-01-01.
  let day: Int64
  /// `2026-11-20`.
  let text: [10 of UInt8]

  init(day: Int64, _ civil: CivilTime) {
    self.day = day
    var text = [10 of UInt8](repeating: UInt8(ascii: "-"))
    var room = text.mutableSpan
    room.write(civil.year, digits: 4, at: 0)  // CaptureTime ends at 1677 and 2262
    room.write(civil.month, digits: 2, at: 5)
    room.write(civil.day, digits: 2, at: 8)
    self.text = text
  }
}

extension MutableSpan<UInt8> {
  /// Writes the last digits of a number that is not negative, with zeros in front where it has fewer.
  @inline(__always)
  fileprivate mutating func write(_ number: Int, digits: Int, at start: Int) {
    var rest = UInt32(truncatingIfNeeded: number)
    var place = start &+ digits
    while place > start {
      place &-= 1
      self[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}

extension OutputBuffer {
  /// Appends a moment as RFC 3339 writes it, in UTC, with `decimals` (0 to 9) of the second, cut and not rounded.
  package mutating func append(_ time: CaptureTime, decimals: Int) {
    let (seconds, nanosecond) = time.nanoseconds.flooredDivision(by: 1_000_000_000)
    let (day, second) = seconds.flooredDivision(by: 86_400)
    if lastDate.day != day { lastDate = DateText(day: day, CivilTime(time)) }
    let date = lastDate.text
    let decimals = min(max(decimals, 0), 9)
    append(length: decimals == 0 ? 20 : 21 &+ decimals) { room, start in
      for index in 0..<10 { room[start &+ index] = date[index] }
      room[start &+ 10] = UInt8(ascii: "T")
      room.write(second / 3600, digits: 2, at: start &+ 11)
      room[start &+ 13] = UInt8(ascii: ":")
      room.write(second / 60 % 60, digits: 2, at: start &+ 14)
      room[start &+ 16] = UInt8(ascii: ":")
      room.write(second % 60, digits: 2, at: start &+ 17)
      var place = start &+ 19
      if decimals > 0 {
        // Most captures have microseconds; with a divisor that the compiler knows it is no division.
        var fraction = decimals == 6 ? nanosecond / 1000 : nanosecond
        if decimals != 6 { for _ in decimals..<9 { fraction /= 10 } }
        room[place] = UInt8(ascii: ".")
        room.write(fraction, digits: decimals, at: place &+ 1)
        place &+= 1 &+ decimals
      }
      room[place] = UInt8(ascii: "Z")
    }
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
