public import TCPStreams
public import Wire

/// Everything that is told about one SMTP connection when it has ended.
///
/// The records of this folder are what reports are made from; `contract.md`'s JSON is their shape. Text that came from
/// the network is kept as bytes, so that each report can escape it as its medium needs.
public struct Session: Sendable {
  /// In order of the sessions' first packets, from 1.
  public var id: Int
  public var connection: ConnectionFacts
  public var kind: ProtocolKind
  /// What the client came for.
  public var purpose = Purpose.mail
  /// Which commands it used that tell one kind of client from another.
  public var requests: Requests = []
  /// Addresses told by a proxy in front of the dialogue.
  public var proxy: ProxyPreamble?
  public var greeting: Greeting?
  /// The last HELO, EHLO or LHLO that the server accepted, else the last that was said.
  public var helo: Hello?
  /// The service extensions that the server listed, a line of its EHLO reply each.
  public var extensions: [[UInt8]] = []
  public var tls: TLSUse?
  public var authentications: [Authentication] = []
  public var transactions: [Transaction] = []
  /// What the time was spent with, in order.
  public var phases: [Phase] = []
  /// Whether the client took its leave (RFC 5321 section 4.1.1.10), and what the server said to it.
  public var hasQuit = false
  public var quitReply: ReplyRecord?
  /// With `AnalysisOptions.keepsDialogue` only.
  public var dialogue: [DialogueLine] = []
  /// What is wrong, odd or worth knowing, in the order in which it was found.
  public var findings: [Finding] = []
  public var verdict: Verdict
  /// Who the two hosts are; nil where no name server's answer in the capture says it.
  public var names: SessionNames?
  /// The client told the server that it speaks for another host (XCLIENT): from then on names are that one's.
  public var speaksForAnother = false
  /// What this session tells of earlier ones, which were reported before it could be known.
  public var hindsight: [Hindsight] = []

  /// What is not in the record for the limits' sake.
  public var omitted = Omitted()

  public init(id: Int, connection: ConnectionFacts, kind: ProtocolKind, verdict: Verdict) {
    self.id = id
    self.connection = connection
    self.kind = kind
    self.verdict = verdict
  }

  /// What a session had more of than is kept: `AnalysisLimits`.
  public struct Omitted: Equatable, Sendable {
    /// Mails beyond ``AnalysisLimits/transactionsPerSession``.
    public var transactions = 0
    /// Recipients beyond ``AnalysisLimits/recipientsPerTransaction``.
    public var recipients = 0
    /// Lines beyond ``AnalysisLimits/dialogueLines``.
    public var dialogueLines = 0

    /// Nothing.
    public init() {}

    mutating func add(_ other: Omitted) {
      transactions += other.transactions
      recipients += other.recipients
      dialogueLines += other.dialogueLines
    }
  }

  public enum ProtocolKind: String, Sendable {
    case smtp
    case lmtp
    case unknown
  }
}

/// A PROXY line (v1 or v2), a SOCKS or an HTTP CONNECT exchange in front of the dialogue.
public struct ProxyPreamble: Equatable, Sendable {
  public enum Kind: String, Sendable {
    case proxyV1 = "proxy_v1"
    case proxyV2 = "proxy_v2"
    case socks4
    case socks5
    case httpConnect = "http_connect"
  }

  public var kind: Kind
  /// The client as the proxy saw it.
  public var source: String?
  /// Where the connection was to lead; a host name where the proxy was given one.
  public var destination: String?

  public init(kind: Kind, source: String? = nil, destination: String? = nil) {
    self.kind = kind
    self.source = source
    self.destination = destination
  }
}

/// The server's first reply (RFC 5321 section 3.1).
public struct Greeting: Sendable {
  public var reply: ReplyRecord
  /// From the end of the handshake (or the first packet) to the first byte of the greeting, in nanoseconds.
  public var delay: Int64?

  public init(reply: ReplyRecord, delay: Int64?) {
    self.reply = reply
    self.delay = delay
  }
}

/// A reply as it is reported (RFC 5321 section 4.2).
///
/// A transaction, its recipients and the exchanges share it: copying one counts a single reference.
public struct ReplyRecord: Sendable {
  public let code: Int
  private var content: Content

  private final class Content: Sendable {
    let enhanced: String?
    let lines: [[UInt8]]
    let frame: Int
    let time: CaptureTime
    let delay: Int64?

    init(enhanced: String?, lines: [[UInt8]], frame: Int, time: CaptureTime, delay: Int64?) {
      self.enhanced = enhanced
      self.lines = lines
      self.frame = frame
      self.time = time
      self.delay = delay
    }
  }

  /// RFC 2034, e.g. "5.1.1"; taken off the text of no line.
  public var enhanced: String? {
    get { content.enhanced }
    set { self = ReplyRecord(code: code, enhanced: newValue, lines: lines, frame: frame, time: time, delay: delay) }
  }
  /// The text of each line behind its code, without the line end.
  public var lines: [[UInt8]] {
    get { content.lines }
    set { self = ReplyRecord(code: code, enhanced: enhanced, lines: newValue, frame: frame, time: time, delay: delay) }
  }
  public var frame: Int { content.frame }
  public var time: CaptureTime { content.time }
  /// From the last byte of what it answers to its own first byte, in nanoseconds.
  public var delay: Int64? { content.delay }

  public init(code: Int, enhanced: String?, lines: [[UInt8]], frame: Int, time: CaptureTime, delay: Int64?) {
    self.code = code
    content = Content(enhanced: enhanced, lines: lines, frame: frame, time: time, delay: delay)
  }
}

/// HELO, EHLO or LHLO with its argument.
public struct Hello: Sendable {
  /// In upper case.
  public var verb: String
  public var argument: [UInt8]
  /// When it was said.
  public var moment: (frame: Int, time: CaptureTime)?

  public init(verb: String, argument: [UInt8], at moment: (frame: Int, time: CaptureTime)? = nil) {
    self.verb = verb
    self.argument = argument
    self.moment = moment
  }
}

/// One AUTH exchange (RFC 4954). The secret is never in here.
public struct Authentication: Sendable {
  public enum Outcome: String, Sendable {
    case accepted
    case refused
    case cancelled
    case unanswered
  }

  /// In upper case.
  public var mechanism: [UInt8]
  public var username: [UInt8]?
  public var code: Int?
  public var outcome: Outcome
  public var isInClear: Bool

  public init(mechanism: [UInt8], username: [UInt8]?, code: Int?, outcome: Outcome, isInClear: Bool) {
    self.mechanism = mechanism
    self.username = username
    self.code = code
    self.outcome = outcome
    self.isInClear = isInClear
  }
}

/// One line of the dialogue, fit to be shown: secrets are masked already unless they were asked for.
public struct DialogueLine: Sendable {
  public enum Content: Sendable {
    /// What was said, without its line end.
    case line([UInt8])
    /// So many bytes of message text stood here.
    case message(bytes: Int)
    /// So many bytes are missing here.
    case gap(bytes: Int)
    /// So many bytes of TLS followed.
    case encrypted(bytes: Int)
    /// What the TLS handshake came to.
    case handshake(String)
    /// The side closed its direction.
    case closed
  }

  public var from: Peer
  public var content: Content
  public var time: CaptureTime
  public var frame: Int

  public init(from: Peer, content: Content, time: CaptureTime, frame: Int) {
    self.from = from
    self.content = content
    self.time = time
    self.frame = frame
  }
}

/// What became of a session, in one word and one sentence.
public struct Verdict: Sendable {
  public enum Outcome: String, Sendable {
    case delivered
    case partial
    case refused
    case deferred
    case failed
    case nothingSent = "nothing_sent"
    case unknown
  }

  public var outcome: Outcome
  /// One plain sentence; parts that came from the network are escaped already.
  public var message: String
  /// The finding that explains it best; nil where all was delivered, or nothing explains it.
  public var cause: FindingID?

  public init(outcome: Outcome, message: String, cause: FindingID? = nil) {
    self.outcome = outcome
    self.message = message
    self.cause = cause
  }
}
