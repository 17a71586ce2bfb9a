public import Wire

/// The fields of a message's header section that a report shows (RFC 5322 section 3.6), decoded to text.
public struct HeaderSummary: Equatable, Sendable {
  public var subject: String?
  public var from: String?
  public var to: String?
  public var date: String?
  public var messageID: String?
  public var form: HeaderForm = []
  /// The fields that may stand there once, and those of them that stand there more often.
  public var present: SingleFields = []
  public var repeated: SingleFields = []
  /// The beginning of the first line that is no field.
  public var strayLine: [UInt8]?
  /// What ``MessageTrace`` reads.
  public var trace = TraceFields()
  /// Further fields, as they were sent.
  public var further = FurtherFields()

  public init() {}
}

extension HeaderSummary {
  /// The moment that the Date field names (RFC 5322 section 3.6.1); nil where it names none.
  public var originationTime: CaptureTime? {
    date.flatMap { TraceDate.time($0.utf8.span) }
  }
}
