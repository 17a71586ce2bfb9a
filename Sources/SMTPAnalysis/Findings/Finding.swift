public import Wire

/// Something that is wrong, odd or worth knowing, with what shows it.
public struct Finding: Equatable, Sendable {
  /// Which kind it is, by the catalogue.
  public var id: FindingID
  /// The catalogue's, unless the circumstances make it more or less.
  public var severity: Severity
  /// The transaction that it belongs to; nil where it belongs to the session.
  public var transaction: Int?
  /// The frame that shows it.
  public var frame: Int?
  /// When that frame was captured.
  public var time: CaptureTime?
  /// A sentence with the particulars; what came from the network is escaped in it, and cut where it has no end.
  public var message: String
  /// The bytes that show it, as they were sent, the first 4096 of them; secrets are masked in them.
  public var evidence: [UInt8]?
  /// Whether the server took what it is about all the same: then it kept no mail from arriving.
  var isBorne = false

  /// Whether both say the same of the same place, in the same words.
  public static func == (left: Finding, right: Finding) -> Bool {
    left.id == right.id && left.severity == right.severity && left.transaction == right.transaction
      && left.frame == right.frame && left.time == right.time && left.message == right.message
      && left.evidence == right.evidence
  }
}

extension Finding {
  /// A finding of this kind that `moment` shows; without a severity it has the catalogue's.
  public init(
    _ id: FindingID, severity: Severity? = nil, transaction: Int? = nil, at moment: (frame: Int, time: CaptureTime)?,
    message: String, evidence: [UInt8]? = nil
  ) {
    // A sentence that ends with a quotation has the quotation's full stop.
    let octets = message.utf8.span
    let count = octets.count
    let endsTwice =
      count >= 3 && octets[count - 3] != 0x2e && octets[count - 2] == 0x2e && octets[count - 1] == 0x2e
    self.init(
      id: id, severity: severity ?? id.entry.severity, transaction: transaction, frame: moment?.frame,
      time: moment?.time, message: Self.bounded(endsTwice ? String(message.dropLast()) : message),
      evidence: evidence.map { $0.count <= Self.longest ? $0 : Array($0.prefix(Self.longest)) })
  }

  /// Octets of evidence, and of a sentence: a peer may send a line of 64 kB, or a reply of megabytes, which the record
  /// has besides. What servers write in earnest has hundreds.
  static let longest = 4096

  /// No more than that of a sentence.
  static func bounded(_ message: String) -> String {
    guard message.utf8.count > longest else { return message }
    var end = message.utf8.index(message.startIndex, offsetBy: longest)
    while end.samePosition(in: message.unicodeScalars) == nil { end = message.utf8.index(before: end) }
    return message[..<end] + "..."
  }
}

/// How much a finding matters.
public enum Severity: String, CaseIterable, Comparable, Sendable {
  /// Worth knowing.
  case info
  /// A violation or a risk.
  case warning
  /// Mail was not delivered, or will break.
  case error

  /// From what is worth knowing up to what costs mail.
  public static func < (left: Severity, right: Severity) -> Bool {
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
///
/// A class, for it is asked for with every finding and never changes.
public final class CatalogueEntry: Sendable {
  /// The kind of finding that it describes.
  public let id: FindingID
  /// How much that matters, unless the circumstances make it more or less.
  public let severity: Severity
  /// What it means, in a few words: `the mail may be delivered twice`.
  public let title: String
  /// What happened and why, in one to four sentences.
  public let explanation: String
  /// What must be true in the capture.
  public let seenWhen: String
  /// What the reader can do.
  public let whatToDo: String
  /// `RFC 5321 section 4.5.3.2.6`; the first is the finding's `reference`.
  public let references: [String]

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
