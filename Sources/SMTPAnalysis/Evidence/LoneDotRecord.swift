internal import SMTPDialogue

/// A lone dot between odd line ends, where it stood and what came of it.
struct LoneDotRecord: Sendable {
  /// nil where only the server saw an end.
  var dot: LoneDot?
  var fate: LoneDot.Fate
  /// The message that it stood in, by its number.
  var message: Int
  var moment: Moment
  /// What followed it, its beginning, with secrets masked.
  var rest: [UInt8]

  /// Records kept of one session: a message may be nothing but dots.
  static let limit = 32
}
