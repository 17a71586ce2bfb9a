package import DKIM
package import MIMEParts
package import MailMessages
package import Wire

/// One mail transaction (RFC 5321 section 3.3): it begins with a MAIL command, also with one that was refused.
package struct Transaction: Sendable {
  /// In the session, from 1.
  package var id: Int
  /// The reverse-path without angle brackets, empty for the null reverse-path; nil where the capture lost the command.
  package var reversePath: [UInt8]?
  package var parameters: [[UInt8]] = []
  package var mailReply: ReplyRecord?
  package var recipients: [Recipient] = []
  package var transfer: Transfer?
  /// The reply to DATA itself, or to the chunks before the last one.
  package var dataReply: ReplyRecord?
  /// The reply to the end of the data. LMTP: the last recipient's.
  package var endReply: ReplyRecord?
  package var outcome = Outcome.unknown
  /// The finding that explains the outcome best; nil where it was accepted, or nothing explains it.
  package var cause: FindingID?
  /// The outcome in one plain sentence; nil where it was accepted.
  package var explanation: String?
  package var message: Message?
  package var firstFrame: Int
  package var start: CaptureTime
  package var end: CaptureTime

  package init(id: Int, reversePath: [UInt8]?, firstFrame: Int, start: CaptureTime) {
    self.id = id
    self.reversePath = reversePath
    self.firstFrame = firstFrame
    self.start = start
    end = start
  }

  package enum Transfer: String, Sendable {
    case data
    case bdat
  }

  /// The table stands in `contract.md`; `TransactionOutcome.swift` reads like it.
  package enum Outcome: String, Sendable, CaseIterable {
    case accepted
    case partiallyAccepted = "partially_accepted"
    case refused
    case deferred
    case aborted
    case lost
    case unknown
  }
}

/// One RCPT command and what became of the mail for it.
package struct Recipient: Sendable {
  package enum Outcome: String, Sendable {
    case accepted
    case refused
    case deferred
    case unanswered
  }

  /// The forward-path without angle brackets.
  package var address: [UInt8]
  package var parameters: [[UInt8]]
  /// The reply to RCPT.
  package var reply: ReplyRecord?
  /// LMTP: this recipient's reply after the data (RFC 2033 section 4.2).
  package var dataReply: ReplyRecord?
  package var outcome = Outcome.unanswered

  package init(address: [UInt8], parameters: [[UInt8]], reply: ReplyRecord? = nil) {
    self.address = address
    self.parameters = parameters
    self.reply = reply
  }
}

/// A message as far as it was transferred.
package struct Message: Sendable {
  /// Dot-stuffing undone, line ends as on the wire, without the terminating dot line.
  package var byteCount: Int
  /// False where bytes are missing or the end never came.
  package var isComplete: Bool
  /// Bytes missing from the capture inside the message.
  package var missingBytes: Int
  /// What `MessageOutput.beginMessage` named it.
  package var outputKey: Int?
  /// All of its text, shared: transactions are copied often.
  private var shared: Shared

  private final class Shared: Sendable {
    let texts: Texts

    init(_ texts: Texts) {
      self.texts = texts
    }
  }

  private struct Texts: Sendable {
    var sha256: String?
    var header: HeaderSummary
    var lastFrame: Int?
    var holes: Holes?
    var times: (first: CaptureTime, last: CaptureTime)?
    var signatures: [SignatureReport] = []
    var furtherSignatures = 0
    var contents: MIMEContents?
  }

  private var texts: Texts {
    get { shared.texts }
    set { shared = Shared(newValue) }
  }

  /// In lower-case hexadecimal; nil with `--no-hash`.
  package var sha256: String? { shared.texts.sha256 }

  /// What the header section says, decoded.
  package var header: HeaderSummary {
    get { shared.texts.header }
    set { texts.header = newValue }
  }

  /// The way that its header section tells, read anew each time.
  package var trace: MessageTrace { MessageTrace(texts.header) }

  /// What became of the check of its DKIM signatures, in the order of their fields.
  package var signatures: [SignatureReport] {
    get { shared.texts.signatures }
    set { texts.signatures = newValue }
  }

  /// Signatures behind those, which were not looked at.
  package var furtherSignatures: Int {
    get { shared.texts.furtherSignatures }
    set { texts.furtherSignatures = newValue }
  }

  /// Its parts; nil where they were not asked for.
  package var contents: MIMEContents? {
    get { shared.texts.contents }
    set { texts.contents = newValue }
  }

  /// A DKIM signature holds the hash of this very body, to its last octet.
  package var isProvenWhole: Bool { signatures.contains { $0.provesWholeBody } }

  /// Checks signatures that wait for their key, where the file has it.
  mutating func verify(with keys: KeyFile) {
    guard !signatures.isEmpty else { return }
    var checked = signatures
    for index in checked.indices {
      if let key = keys.key(for: checked[index]) { checked[index].verify(with: key, from: .file) }
    }
    signatures = checked
  }

  /// The frame of its last byte that was captured; nil where there is none.
  package var lastFrame: Int? { shared.texts.lastFrame }

  /// When its first and its last captured byte passed; nil where there is none.
  package var times: (first: CaptureTime, last: CaptureTime)? { shared.texts.times }

  /// Where its missing bytes are; nil where none are missing.
  package var holes: Holes? {
    get { shared.texts.holes }
    set { texts.holes = newValue }
  }

  package init(
    byteCount: Int, sha256: String?, isComplete: Bool, header: HeaderSummary, missingBytes: Int, lastFrame: Int? = nil,
    holes: Holes? = nil, times: (first: CaptureTime, last: CaptureTime)? = nil
  ) {
    self.byteCount = byteCount
    self.isComplete = isComplete
    self.missingBytes = missingBytes
    shared = Shared(Texts(sha256: sha256, header: header, lastFrame: lastFrame, holes: holes, times: times))
  }
}

extension Message {
  /// Bytes that are missing from the capture.
  package struct Hole: Equatable, Sendable {
    /// How many bytes of the message stand before it.
    package var offset: Int
    package var byteCount: Int

    package init(offset: Int, byteCount: Int) {
      self.offset = offset
      self.byteCount = byteCount
    }
  }

  /// The holes of a message; a class, so that the many that have none hold a nil.
  package final class Holes: Sendable {
    /// The first ones, in their order.
    package let listed: [Hole]
    /// How many more there are.
    package let further: Int

    package init(listed: [Hole], further: Int = 0) {
      self.listed = listed
      self.further = further
    }

    /// These and one more; two without a byte between them are one.
    func adding(_ hole: Hole, limit: Int) -> Holes {
      var listed = listed
      if let last = listed.last, last.offset == hole.offset {
        listed[listed.count - 1].byteCount += hole.byteCount
        return Holes(listed: listed, further: further)
      }
      guard listed.count < limit else { return Holes(listed: listed, further: further + 1) }
      listed.append(hole)
      return Holes(listed: listed)
    }
  }
}
