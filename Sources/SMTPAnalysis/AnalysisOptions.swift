public import DKIM
public import MIMEParts
public import TLSHandshake

/// What an analysis is asked to do besides following the dialogues.
public struct AnalysisOptions: Sendable {
  /// Server ports taken for mail without looking.
  public var mailPorts: [UInt16] = [25, 587, 465, 2525, 24]
  /// Whether other ports are recognised by what is said on them.
  public var recognizesAnyPort = true
  /// Whether sessions carry their dialogue line by line.
  public var keepsDialogue = false
  /// Whether passwords and SASL responses are shown instead of masked.
  public var revealsSecrets = false
  /// Whether messages are hashed.
  public var hashesMessages = true
  /// Whether the bodies of messages that bear DKIM signatures are hashed once more, as the signatures ask for.
  public var checksSignatures = true
  /// Keys that DKIM signatures are checked with, besides those that DNS answers in the capture tell.
  public var keys: KeyFile?
  /// Whether the fields that tell of a message's way are kept.
  public var keepsTrace = true
  /// Whether the fields are kept that name further people and messages: `HeaderSummary.further`.
  public var keepsFurtherFields = false
  /// Whether connections keep what flow monitors tell of them: `ConnectionFacts.flow`.
  public var keepsFlows = false
  /// Whether messages are taken apart and their attachments listed.
  public var listsAttachments = false
  /// Whether their other parts are listed too.
  public var listsAllParts = false
  /// What TLS is decrypted with; nil where there is nothing.
  public var secrets: TLSSecrets?
  /// Whether transactions are told as they end, besides the session that they are part of: for live traffic.
  public var tellsTransactions = false
  /// The bounds of what is kept of each session.
  public var limits = AnalysisLimits()
  /// The bounds of what is remembered across sessions.
  public var memory = MemoryLimits()

  /// Messages are hashed and their signatures checked; no dialogue is kept, no part listed, nothing decrypted.
  public init() {}
}

/// What all sessions of a shard have together: each would have a copy of its own else.
final class ShardContext {
  let options: AnalysisOptions
  let replies = ReplyReader()

  init(_ options: AnalysisOptions) {
    self.options = options
  }
}

/// The bounds of what is kept of a session until it ends.
public struct AnalysisLimits: Sendable {
  /// Transactions of one session: a connection may be used for years.
  public var transactionsPerSession = 50_000
  /// Recipients of one transaction: a client may send RCPT for ever.
  public var recipientsPerTransaction = 100_000
  /// Recipients of all transactions of one session together: each may have as many as one has.
  public var recipientsPerSession = 500_000
  /// Logins of one session: a client may guess for ever.
  public var loginsPerSession = 20_000
  /// Lines of dialogue kept of one session.
  public var dialogueLines = 200_000
  /// Bytes kept of a message's header section.
  public var headerBytes = 1 << 20
  /// Holes of one message that are kept with their places: a lossy path makes as many as it likes.
  public var holesPerMessage = 100
  /// Bytes kept of the SASL responses of one AUTH.
  public var saslBytes = 16_384
  /// Transactions of one session that are told as they end, `AnalysisOptions.tellsTransactions`: each looks at the session
  /// from its beginning, so that one of very many would cost its square. The others are told when it ends.
  public var previewsPerSession = 50
  /// Extensions kept of an EHLO reply.
  public var extensions = 200
  /// Link-layer types without a reader that are told about: a pcapng may have an interface of each number there is.
  public var unknownLinks = 16
  /// Bytes of a session's beginning that are kept until it ends or more comes, to be read in one go, at most 65,535: there
  /// are many connections at a time. None are where transactions are told as they end, or where one connection tells what
  /// another is decrypted with.
  public var unreadBytes = 4000
  /// Packet time in nanoseconds that numbering sessions waits for a silent connection to say what it is.
  public var numberingPatience: Int64 = 60_000_000_000

  /// The defaults, fit for a daemon.
  public init() {}
}

/// Takes messages as their bytes pass, at the edge: files, an archive, nothing.
///
/// A class, so that the analysis can hold it without knowing it; it is asked once a run of bytes, and only where messages
/// are extracted. One thread of the analysis asks it at a time, not always the same one.
public protocol MessageOutput: AnyObject {
  /// A message begins; the number that is given back names it among the messages of all outputs.
  func beginMessage() -> Int
  func append(_ bytes: Span<UInt8>, toMessage key: Int)
  /// So many bytes are missing before the next ones.
  func skip(_ count: Int, inMessage key: Int)
  /// The last byte has passed. The session that the message belongs to follows when it ends.
  func endMessage(_ key: Int)
  /// What takes the parts of messages that are taken apart; nil where nobody wants them.
  var parts: (any MIMEPartOutput)? { get }
}

extension MessageOutput {
  /// Nobody wants them, unless a type says otherwise.
  public var parts: (any MIMEPartOutput)? { nil }
}
