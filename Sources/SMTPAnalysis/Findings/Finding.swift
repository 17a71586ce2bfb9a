package import Wire

/// Something that is wrong, odd or worth knowing, with what shows it.
package struct Finding: Equatable, Sendable {
  package var id: FindingID
  /// The catalogue's, unless the circumstances make it more or less.
  package var severity: Severity
  /// The transaction that it belongs to; nil where it belongs to the session.
  package var transaction: Int?
  /// The frame that shows it.
  package var frame: Int?
  package var time: CaptureTime?
  /// A sentence with the particulars; what came from the network is escaped in it.
  package var message: String
  /// The bytes that show it, as they were sent; secrets are masked in them.
  package var evidence: [UInt8]?

  package init(
    _ id: FindingID, severity: Severity? = nil, transaction: Int? = nil, at moment: (frame: Int, time: CaptureTime)?,
    message: String, evidence: [UInt8]? = nil
  ) {
    self.id = id
    self.severity = severity ?? id.entry.severity
    self.transaction = transaction
    frame = moment?.frame
    time = moment?.time
    self.message = message
    self.evidence = evidence
  }

  package static func == (left: Finding, right: Finding) -> Bool {
    left.id == right.id && left.severity == right.severity && left.transaction == right.transaction
      && left.frame == right.frame && left.time == right.time && left.message == right.message
      && left.evidence == right.evidence
  }
}

/// How much a finding matters.
package enum Severity: String, CaseIterable, Comparable, Sendable {
  /// Worth knowing.
  case info
  /// A violation or a risk.
  case warning
  /// Mail was not delivered, or will break.
  case error

  package static func < (left: Severity, right: Severity) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .error: 2
    }
  }
}

/// What the catalogue says of a finding. Code, `explain`, the documentation and the JSON Schema all read it here.
package struct CatalogueEntry: Sendable {
  package var id: FindingID
  package var severity: Severity
  /// What it means, in a few words: `the mail may be delivered twice`.
  package var title: String
  /// What happened and why, in one to four sentences.
  package var explanation: String
  /// What must be true in the capture.
  package var seenWhen: String
  /// What the reader can do.
  package var whatToDo: String
  /// `RFC 5321 section 4.5.3.2.6`; the first is the finding's `reference`.
  package var references: [String]

  init(
    _ id: FindingID, _ severity: Severity, _ title: String, explanation: String, seenWhen: String, whatToDo: String,
    references: [String]
  ) {
    self.id = id
    self.severity = severity
    self.title = title
    self.explanation = explanation
    self.seenWhen = seenWhen
    self.whatToDo = whatToDo
    self.references = references
  }
}
