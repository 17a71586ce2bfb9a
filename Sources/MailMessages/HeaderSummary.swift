public import Wire

/// The fields of a message's header section that a report shows (RFC 5322 section 3.6), decoded to text.
public struct HeaderSummary: Equatable, Sendable {
  /// Unfolded, encoded words decoded (RFC 2047); nil, as with those below, where there is no such field.
  public var subject: String?
  /// The authors' mailboxes, decoded likewise.
  public var from: String?
  /// The primary recipients' mailboxes, decoded likewise.
  public var to: String?
  /// The Date field as it was sent; ``originationTime`` reads it.
  public var date: String?
  /// As it was sent, with its angle brackets.
  public var messageID: String?
  /// What the form of the section shows.
  public var form: HeaderForm
  /// The fields that may stand there once, and those of them that stand there more often.
  public var present: SingleFields = []
  /// Of those, the ones that stand there more than once.
  public var repeated: SingleFields = []
  /// The beginning of the first line that is no field.
  public var strayLine: [UInt8]?
  /// What ``MessageTrace`` reads.
  public var trace = TraceFields()
  /// Further fields, as they were sent.
  public var further = FurtherFields()
}

extension HeaderSummary {
  /// Of a header section without any field.
  public init() { self.init(form: []) }
}

extension HeaderSummary {
  /// The moment that the Date field names (RFC 5322 section 3.6.1); nil where it names none.
  public var originationTime: CaptureTime? {
    date.flatMap { TraceDate.time($0.utf8.span) }
  }
}
