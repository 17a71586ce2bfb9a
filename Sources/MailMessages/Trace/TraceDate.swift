import Wire

/// Reads the date of a trace field (RFC 5322 section 3.3) as it is really written: with or without the day of the week and
/// the seconds, with a fraction of them, a year of two digits, a zone by name (section 4.3), comments.
///
/// A date that does not say its zone tells no moment.
struct TraceDate {
  private var year: Int?
  private var month: Int?
  private var day: Int?
  private var time: Int64?
  /// Seconds east of Greenwich.
  private var zone: Int64?

  static func time(_ text: Span<UInt8>) -> CaptureTime? {
    var date = TraceDate()
    var words = TraceWords(text)
    // Against a field of thousands of words.
    for _ in 0..<24 {
      guard let word = words.next(in: text) else { break }
      guard case .word(let range) = word else { continue }
      date.take(text.extracting(range))
    }
    return date.moment
  }

  private mutating func take(_ word: Span<UInt8>) {
    // `Fri,20` is written too.
    var start = 0
    while start < word.count {
      let end = word.firstIndex(of: UInt8(ascii: ","), from: start) ?? word.count
      takePart(word.extracting(start..<end))
      start = end + 1
    }
  }

  private mutating func takePart(_ word: Span<UInt8>) {
    guard word.count > 0 else { return }
    if word[0] == UInt8(ascii: "+") || word[0] == UInt8(ascii: "-") {
      if zone == nil { zone = Self.offset(word) }
    } else if word.firstIndex(of: UInt8(ascii: ":")) != nil {
      if time == nil { time = Self.timeOfDay(word) }
    } else if let number = Self.number(word) {
      if day == nil, word.count <= 2 {
        day = number
      } else if year == nil {
        // Section 4.3.
        year = word.count == 2 ? number + (number < 50 ? 2000 : 1900) : word.count == 3 ? number + 1900 : number
      }
    } else if month == nil, let found = Self.months.firstIndex(where: { word.hasBytesIgnoringCase($0) }) {
      month = found + 1
    } else if time != nil, zone == nil {
      zone = Self.zone(named: word)
    }
  }

  private static let months: [StaticString] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func zone(named name: Span<UInt8>) -> Int64? {
    let hours: [(StaticString, Int64)] = [
      ("ut", 0), ("utc", 0), ("gmt", 0), ("z", 0), ("est", -5), ("edt", -4), ("cst", -6), ("cdt", -5), ("mst", -7),
      ("mdt", -6), ("pst", -8), ("pdt", -7),
    ]
    return hours.first { $0.0.utf8CodeUnitCount == name.count && name.hasBytesIgnoringCase($0.0) }.map { $0.1 * 3600 }
  }

  /// Up to nine digits.
  private static func number(_ word: Span<UInt8>) -> Int? {
    guard 1...9 ~= word.count else { return nil }
    var value = 0
    for index in word.indices {
      guard 0x30...0x39 ~= word[index] else { return nil }
      value = value * 10 + Int(word[index] - 0x30)
    }
    return value
  }

  /// `+0100`.
  private static func offset(_ word: Span<UInt8>) -> Int64? {
    guard word.count == 5, let number = number(word.extracting(1..<5)), number / 100 < 24, number % 100 < 60 else {
      return nil
    }
    let seconds = Int64(number / 100 * 3600 + number % 100 * 60)
    return word[0] == UInt8(ascii: "-") ? -seconds : seconds
  }

  /// `09:14`, `09:14:02`, `09:14:02.25`: nanoseconds.
  private static func timeOfDay(_ word: Span<UInt8>) -> Int64? {
    var parts: [Int] = []
    var start = 0
    let dot = word.firstIndex(of: UInt8(ascii: ".")) ?? word.count
    while start <= dot {
      let end = min(dot, word.firstIndex(of: UInt8(ascii: ":"), from: start) ?? dot)
      guard parts.count < 3, end - start <= 2, let part = number(word.extracting(start..<end)) else { return nil }
      parts.append(part)
      start = end + 1
    }
    guard parts.count >= 2, parts[0] < 24, parts[1] < 60, parts.count < 3 || parts[2] <= 60 else { return nil }
    let seconds = parts[0] * 3600 + parts[1] * 60 + (parts.count > 2 ? parts[2] : 0)
    var fraction: Int64 = 0
    var scale: Int64 = 100_000_000
    for index in min(dot + 1, word.count)..<word.count {
      guard 0x30...0x39 ~= word[index] else { return nil }
      fraction += Int64(word[index] - 0x30) * scale
      scale /= 10
    }
    return Int64(seconds) * 1_000_000_000 + fraction
  }

  /// Years that mail was sent in, and may be: their nanoseconds fit 64 bits.
  private static let years = 1970...2200

  private var moment: CaptureTime? {
    guard let year, Self.years ~= year, let month, let day, let time, let zone else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard lengths.indices ~= month - 1, 1...lengths[month - 1] ~= day else { return nil }
    let before = year - 1
    let days =
      before * 365 + before / 4 - before / 100 + before / 400 + lengths[..<(month - 1)].reduce(0, +) + day - 1
    // 1970-01-01 is day 719 162 from 0001-01-01.
    return CaptureTime(nanoseconds: (Int64(days - 719_162) * 86_400 - zone) * 1_000_000_000 + time)
  }
}
