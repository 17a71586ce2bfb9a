package import DKIM
package import MIMEParts
package import TLSHandshake

/// What an analysis is asked to do besides following the dialogues.
package struct AnalysisOptions: Sendable {
  /// Server ports taken for mail without looking.
  package var mailPorts: [UInt16] = [25, 587, 465, 2525, 24]
  /// Whether other ports are recognised by what is said on them.
  package var recognizesAnyPort = true
  /// Whether sessions carry their dialogue line by line.
  package var keepsDialogue = false
  /// Whether passwords and SASL responses are shown instead of masked.
  package var revealsSecrets = false
  /// Whether messages are hashed.
  package var hashesMessages = true
  /// Whether the bodies of messages that bear DKIM signatures are hashed once more, as the signatures ask for.
  package var checksSignatures = true
  /// Keys that DKIM signatures are checked with, besides those that DNS answers in the capture tell.
  package var keys: KeyFile?
  /// Whether the fields that tell of a message's way are kept.
  package var keepsTrace = true
  /// Whether the fields are kept that name further people and messages: `HeaderSummary.further`.
  package var keepsFurtherFields = false
  /// Whether connections keep what flow monitors tell of them: `ConnectionFacts.flow`.
  package var keepsFlows = false
  /// Whether messages are taken apart and their attachments listed.
  package var listsAttachments = false
  /// Whether their other parts are listed too.
  package var listsAllParts = false
  /// What TLS is decrypted with; nil where there is nothing.
  package var secrets: TLSSecrets?
  /// Whether transactions are told as they end, besides the session that they are part of: for live traffic.
  package var tellsTransactions = false
  package var limits = AnalysisLimits()
  package var memory = MemoryLimits()

  package init() {}
}

/// The bounds of what is kept of a session until it ends.
package struct AnalysisLimits: Sendable {
  /// Transactions of one session: a connection may be used for years.
  package var transactionsPerSession = 50_000
  /// Recipients of one transaction: a client may send RCPT for ever.
  package var recipientsPerTransaction = 100_000
  /// Lines of dialogue kept of one session.
  package var dialogueLines = 200_000
  /// Bytes kept of a message's header section.
  package var headerBytes = 1 << 20
  /// Holes of one message that are kept with their places: a lossy path makes as many as it likes.
  package var holesPerMessage = 100
  /// Bytes kept of the SASL responses of one AUTH.
  package var saslBytes = 16_384
  /// Transactions of one session that are told as they end, `AnalysisOptions.tellsTransactions`: each looks at the session
  /// from its beginning, so that one of very many would cost its square. The others are told when it ends.
  package var previewsPerSession = 50
  /// Extensions kept of an EHLO reply.
  package var extensions = 200
  /// Link-layer types without a reader that are told about: a pcapng may have an interface of each number there is.
  package var unknownLinks = 16
  /// Packet time in nanoseconds that numbering sessions waits for a silent connection to say what it is.
  package var numberingPatience: Int64 = 60_000_000_000

  package init() {}
}

/// Takes messages as their bytes pass, at the edge: files, an archive, nothing.
///
/// A class, so that the analysis can hold it without knowing it; it is asked once a run of bytes, and only where messages
/// are extracted. Each thread of the analysis has one of its own.
package protocol MessageOutput: AnyObject {
  /// A message begins; the number that is given back names it among the messages of all threads.
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
  package var parts: (any MIMEPartOutput)? { nil }
}
