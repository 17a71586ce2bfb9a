package import SMTPAnalysis
import Wire

extension OutputBuffer {
  /// Appends the line that begins a message in a mailbox file: `From `, the envelope's sender, and when it was received, in
  /// UTC as asctime(3) writes it.
  ///
  /// The null reverse-path is `MAILER-DAEMON`, as everywhere. A sender that the capture does not show is `-`. The line is
  /// split at blanks and read as ASCII: what is none, or a blank, is `-` within a sender too.
  package mutating func appendFromLine(of transaction: Transaction) {
    append(literal: "From ")
    switch transaction.reversePath {
    case nil: append(literal: "-")
    case []?: append(literal: "MAILER-DAEMON")
    case let sender?:
      for octet in sender { append(byte: octet > 0x20 && octet < 0x7f ? octet : UInt8(ascii: "-")) }
    }
    append(literal: " ")
    let civil = CivilTime(transaction.end)
    append(CivilTime.dayOfWeek(transaction.end))
    append(literal: " ")
    append(CivilTime.months[(civil.month - 1) % 12])
    append(literal: " ")
    if civil.day < 10 { append(literal: " ") }
    append(civil.day)
    append(literal: " ")
    appendTimeOfDay(civil)
    append(literal: " ")
    append(civil.year)
    append(literal: "\n")
  }
}

extension CivilTime {
  fileprivate static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The day of the week; the 1st of January 1970 was a Thursday.
  fileprivate static func dayOfWeek(_ time: CaptureTime) -> String {
    let (days, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 86_400_000_000_000)
    let number = (days - (rest < 0 ? 1 : 0) + 4) % 7
    return ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(number < 0 ? number + 7 : number)]
  }
}
