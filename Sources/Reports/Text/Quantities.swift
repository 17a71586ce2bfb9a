package import Wire

/// Numbers as people read them.
package enum Quantity {
  /// `14 545`.
  package static func grouped(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits.removeLast(3)
    }
    let text = ([Substring(digits)] + groups).joined(separator: " ")
    return number < 0 ? "-" + text : text
  }

  /// `1 message`, `2 messages`.
  package static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  /// `612 bytes`, `14.5 kB`, `41 kB`, `1.2 MB`: in powers of 1000, to three digits.
  package static func size(_ bytes: Int) -> String {
    guard bytes >= 1000 else { return count(bytes, "byte") }
    var value = Double(bytes)
    var unit = 0
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    while value >= 999.5, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return "\(decimal(value, value < 99.95 ? 1 : 0, dropsZero: true)) \(units[unit])"
  }

  /// `0.4 ms`, `12 ms`, `0.35 s`, `6.61 s`, `63.2 s`, `3 min 5 s`, `2 h 4 min`, `3 d 2 h`.
  package static func duration(_ nanoseconds: Int64) -> String {
    let seconds = Double(nanoseconds) / 1e9
    switch seconds {
    case ..<0: return "-" + duration(nanoseconds == .min ? .max : -nanoseconds)
    case ..<0.000_95: return "\(decimal(seconds * 1000, 1)) ms"
    case ..<0.0995: return "\(decimal(seconds * 1000, 0)) ms"
    case ..<9.995: return "\(decimal(seconds, 2)) s"
    case ..<99.95: return "\(decimal(seconds, 1)) s"
    default:
      let whole = Int(seconds.rounded())
      if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
      if whole < 86_400 { return "\(whole / 3600) h \(whole / 60 % 60) min" }
      return "\(grouped(whole / 86_400)) d \(whole / 3600 % 24) h"
    }
  }

  /// Seconds since `start` with three decimals, as a transcript shows them.
  package static func seconds(_ nanoseconds: Int64) -> String {
    decimal(Double(nanoseconds) / 1e9, 3)
  }

  private static func decimal(_ value: Double, _ decimals: Int, dropsZero: Bool = false) -> String {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    // What this file is given stays far below 2^63 / 1000.
    guard let scaled = Int(exactly: (value.magnitude * Double(scale)).rounded()) else { return "?" }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if decimals == 0 || (dropsZero && scaled % scale == 0) { return sign + String(scaled / scale) }
    let fraction = String(scaled % scale)
    return "\(sign)\(scaled / scale).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
  }

  /// `2026-11-20 09:14:02`.
  package static func moment(_ time: CaptureTime) -> String {
    "\(date(time)) \(timeOfDay(time))"
  }

  /// `2026-11-20`.
  package static func date(_ time: CaptureTime) -> String {
    var output = OutputBuffer(capacity: 16)
    output.appendDate(CivilTime(time))
    return String(decoding: output.bytes, as: UTF8.self)
  }

  /// `09:14:02`.
  package static func timeOfDay(_ time: CaptureTime) -> String {
    var output = OutputBuffer(capacity: 16)
    output.appendTimeOfDay(CivilTime(time))
    return String(decoding: output.bytes, as: UTF8.self)
  }
}
