public import DKIM
public import MIMEParts
public import MailMessages
public import Wire

/// One mail transaction (RFC 5321 section 3.3): it begins with a MAIL command, also with one that was refused.
public struct Transaction: Sendable {
  /// In the session, from 1.
  public var id: Int
  /// The reverse-path without angle brackets, empty for the null reverse-path; nil where the capture lost the command.
  public var reversePath: [UInt8]?
  /// The words behind the path of MAIL, as they were sent: `SIZE=1000`, `BODY=8BITMIME` (RFC 5321 section 4.1.1.11).
  public var parameters: [[UInt8]] = []
  /// The reply to MAIL; nil where none came or the capture lost it.
  public var mailReply: ReplyRecord?
  /// The RCPTs, in order, also those that were refused.
  public var recipients: [Recipient] = []
  /// How the text was sent; nil where nothing shows that any was.
  public var transfer: Transfer?
  /// The reply to DATA itself, or to the chunks before the last one.
  public var dataReply: ReplyRecord?
  /// The reply to the end of the data. LMTP: the last recipient's.
  public var endReply: ReplyRecord?
  /// What became of the mail for all its recipients together.
  public var outcome = Outcome.unknown
  /// The finding that explains the outcome best; nil where it was accepted, or nothing explains it.
  public var cause: FindingID?
  /// The outcome in one plain sentence; nil where it was accepted.
  public var explanation: String?
  /// What was transferred of the message; nil where nothing was.
  public var message: Message?
  /// The frame, by its number in its file, that ended the first command of it that was seen.
  public var firstFrame: Int
  /// When that was.
  public var start: CaptureTime
  /// The time of its last command, end of text or reply.
  public var end: CaptureTime

  /// DATA (RFC 5321 section 4.1.1.4) or BDAT (RFC 3030).
  public enum Transfer: String, Sendable {
    case data
    case bdat
  }

  /// The table stands in `contract.md`; `TransactionOutcome.swift` reads like it.
  public enum Outcome: String, Sendable, CaseIterable {
    case accepted
    case partiallyAccepted = "partially_accepted"
    case refused
    case deferred
    case aborted
    case lost
    case unknown
  }
}

extension Transaction {
  // Records are made by the initializer that the compiler writes: out of one of ours, what is large is copied.

  /// A transaction that begins and ends at `start` as long as nothing follows.
  public init(id: Int, reversePath: [UInt8]?, firstFrame: Int, start: CaptureTime) {
    self.init(id: id, reversePath: reversePath, firstFrame: firstFrame, start: start, end: start)
  }
}

/// One RCPT command and what became of the mail for it.
public struct Recipient: Sendable {
  /// What became of the mail for one recipient.
  public enum Outcome: String, Sendable {
    case accepted
    case refused
    case deferred
    case unanswered
  }

  /// The forward-path without angle brackets.
  public var address: [UInt8]
  /// The words behind the path of RCPT, as they were sent: `NOTIFY=NEVER` (RFC 3461 section 4.1).
  public var parameters: [[UInt8]]
  /// The reply to RCPT.
  public var reply: ReplyRecord?
  /// LMTP: this recipient's reply after the data (RFC 2033 section 4.2).
  public var dataReply: ReplyRecord?
  /// What became of it in the end: by the reply to RCPT, and then by that to the text.
  public var outcome = Outcome.unanswered
}

extension Recipient {
  /// A recipient and what the server said to it.
  public init(address: [UInt8], parameters: [[UInt8]], reply: ReplyRecord? = nil) {
    self.init(address: address, parameters: parameters, reply: reply, dataReply: nil)
  }
}

/// A message as far as it was transferred.
public struct Message: Sendable {
  /// Dot-stuffing undone, line ends as on the wire, without the terminating dot line.
  public var byteCount: Int
  /// False where bytes are missing or the end never came.
  public var isComplete: Bool
  /// Bytes missing from the capture inside the message.
  public var missingBytes: Int
  /// What `MessageOutput.beginMessage` named it.
  public var outputKey: Int?
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
  public var sha256: String? { shared.texts.sha256 }

  /// What the header section says, decoded.
  public var header: HeaderSummary {
    get { shared.texts.header }
    set { texts.header = newValue }
  }

  // One field alone, without a copy of all of them.

  /// The header section's ``HeaderSummary/subject``.
  public var subject: String? { shared.texts.header.subject }
  /// The header section's ``HeaderSummary/from``.
  public var from: String? { shared.texts.header.from }
  /// The header section's ``HeaderSummary/to``.
  public var to: String? { shared.texts.header.to }
  /// The header section's ``HeaderSummary/date``.
  public var date: String? { shared.texts.header.date }
  /// The header section's ``HeaderSummary/messageID``.
  public var messageID: String? { shared.texts.header.messageID }

  /// The way that its header section tells, read anew each time.
  public var trace: MessageTrace { MessageTrace(texts.header) }

  /// What became of the check of its DKIM signatures, in the order of their fields.
  public var signatures: [SignatureReport] {
    get { shared.texts.signatures }
    set { texts.signatures = newValue }
  }

  /// Signatures behind those, which were not looked at.
  public var furtherSignatures: Int {
    get { shared.texts.furtherSignatures }
    set { texts.furtherSignatures = newValue }
  }

  /// Its parts; nil where they were not asked for.
  public var contents: MIMEContents? {
    get { shared.texts.contents }
    set { texts.contents = newValue }
  }

  /// A DKIM signature holds the hash of this very body, to its last octet.
  public var isProvenWhole: Bool { signatures.contains { $0.provesWholeBody } }

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
  public var lastFrame: Int? { shared.texts.lastFrame }

  /// When its first and its last captured byte passed; nil where there is none.
  public var times: (first: CaptureTime, last: CaptureTime)? { shared.texts.times }

  /// Where its missing bytes are; nil where none are missing.
  public var holes: Holes? {
    get { shared.texts.holes }
    set { texts.holes = newValue }
  }

  /// A message with what was counted, hashed and read of it as it passed.
  public init(
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
  public struct Hole: Equatable, Sendable {
    /// How many bytes of the message stand before it.
    public var offset: Int
    /// How many bytes are missing there.
    public var byteCount: Int

    /// A hole of `byteCount` bytes behind the first `offset` ones that were captured.
    public init(offset: Int, byteCount: Int) {
      self.offset = offset
      self.byteCount = byteCount
    }
  }

  /// The holes of a message; a class, so that the many that have none hold a nil.
  public final class Holes: Sendable {
    /// The first ones, in their order.
    public let listed: [Hole]
    /// How many more there are.
    public let further: Int

    /// Holes that are listed, and how many there are beyond them.
    public init(listed: [Hole], further: Int = 0) {
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
