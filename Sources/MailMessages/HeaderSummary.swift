package import Wire

/// The fields of a message's header section that a report shows (RFC 5322 section 3.6), decoded to text.
package struct HeaderSummary: Equatable, Sendable {
  package var subject: String?
  package var from: String?
  package var to: String?
  package var date: String?
  package var messageID: String?
  package var form: HeaderForm = []
  /// The fields that may stand there once, and those of them that stand there more often.
  package var present: SingleFields = []
  package var repeated: SingleFields = []
  /// The beginning of the first line that is no field.
  package var strayLine: [UInt8]?
  /// What ``MessageTrace`` reads.
  package var trace = TraceFields()
  /// Further fields, as they were sent.
  package var further = FurtherFields()

  package init() {}
}

extension HeaderSummary {
  /// The moment that the Date field names (RFC 5322 section 3.6.1); nil where it names none.
  package var originationTime: CaptureTime? {
    date.flatMap { TraceDate.time($0.utf8.span) }
  }
}
