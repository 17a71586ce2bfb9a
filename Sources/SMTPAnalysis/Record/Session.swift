public import TCPStreams
public import Wire

/// Everything that is told about one SMTP connection when it has ended.
///
/// The records of this folder are what reports are made from; `contract.md`'s JSON is their shape. Text that came from
/// the network is kept as bytes, so that each report can escape it as its medium needs.
public struct Session: Sendable {
  /// In order of the sessions' first packets, from 1.
  public var id: Int
  /// The two hosts, and what TCP shows of the connection between them.
  public var connection: ConnectionFacts
  /// Which of the protocols is spoken, as far as the dialogue tells.
  public var kind: ProtocolKind
  /// What the client came for.
  public var purpose = Purpose.mail
  /// Which commands it used that tell one kind of client from another.
  public var requests: Requests = []
  /// Addresses told by a proxy in front of the dialogue.
  public var proxy: ProxyPreamble?
  /// The server's greeting; nil where none was seen.
  public var greeting: Greeting?
  /// The last HELO, EHLO or LHLO that the server accepted, else the last that was said.
  public var helo: Hello?
  /// The service extensions that the server listed, a line of its EHLO reply each.
  public var extensions = TextLines()
  /// What became of TLS; nil where it was neither asked for nor begun.
  public var tls: TLSUse?
  /// The AUTH exchanges, in order, also those that came to nothing.
  public var authentications: [Authentication] = []
  /// The mails that were tried, in order, up to `AnalysisLimits.transactionsPerSession`.
  public var transactions: [Transaction] = []
  /// What the time was spent with, in order.
  public var phases: [Phase] = []
  /// Whether the client took its leave (RFC 5321 section 4.1.1.10), and what the server said to it.
  public var hasQuit = false
  /// The reply to the last QUIT; nil where none came.
  public var quitReply: ReplyRecord?
  /// With `AnalysisOptions.keepsDialogue` only.
  public var dialogue: [DialogueLine] = []
  /// What is wrong, odd or worth knowing, in the order in which it was found.
  public var findings: [Finding] = []
  /// What became of the session as a whole.
  public var verdict: Verdict
  /// Who the two hosts are; nil where no name server's answer in the capture says it.
  public var names: SessionNames?
  /// The client told the server that it speaks for another host (XCLIENT): from then on names are that one's.
  public var speaksForAnother = false
  /// What this session tells of earlier ones, which were reported before it could be known.
  public var hindsight: [Hindsight] = []

  /// What is not in the record for the limits' sake.
  public var omitted = Omitted()

  /// Whether there is a finding of this kind.
  func hasFinding(_ id: FindingID) -> Bool {
    let all = findings.span
    for index in all.indices where all[index].id == id { return true }
    return false
  }

  /// What a session had more of than is kept: `AnalysisLimits`.
  public struct Omitted: Equatable, Sendable {
    /// Mails beyond ``AnalysisLimits/transactionsPerSession``.
    public var transactions = 0
    /// Recipients beyond ``AnalysisLimits/recipientsPerTransaction`` or ``AnalysisLimits/recipientsPerSession``.
    public var recipients = 0
    /// Lines beyond ``AnalysisLimits/dialogueLines``.
    public var dialogueLines = 0
    /// Logins beyond ``AnalysisLimits/loginsPerSession``.
    public var logins = 0

    /// Nothing.
    public init() {}

    mutating func add(_ other: Omitted) {
      transactions += other.transactions
      recipients += other.recipients
      dialogueLines += other.dialogueLines
      logins += other.logins
    }
  }

  /// The protocol of the dialogue; `unknown` where neither a greeting nor a known command was seen.
  public enum ProtocolKind: String, Sendable {
    case smtp
    case lmtp
    case unknown
  }
}

extension Session {
  /// A session of a connection, in which nothing was said yet.
  public init(id: Int, connection: consuming ConnectionFacts, kind: ProtocolKind, verdict: Verdict) {
    self.init(id: id, connection: connection, kind: kind, purpose: .mail, verdict: verdict)
  }
}

/// A PROXY line (v1 or v2), a SOCKS or an HTTP CONNECT exchange in front of the dialogue.
public struct ProxyPreamble: Equatable, Sendable {
  /// Which proxy protocol it is; the raw value is its name in reports.
  public enum Kind: String, Sendable {
    case proxyV1 = "proxy_v1"
    case proxyV2 = "proxy_v2"
    case socks4
    case socks5
    case httpConnect = "http_connect"
  }

  /// The protocol that was spoken to the proxy or by it.
  public var kind: Kind
  /// The client as the proxy saw it.
  public var source: String?
  /// Where the connection was to lead; a host name where the proxy was given one.
  public var destination: String?

  /// A preamble with the addresses that it tells.
  public init(kind: Kind, source: String? = nil, destination: String? = nil) {
    self.kind = kind
    self.source = source
    self.destination = destination
  }
}

/// The server's first reply (RFC 5321 section 3.1).
public struct Greeting: Sendable {
  /// The reply as it came, with the code 220 where the server welcomes.
  public var reply: ReplyRecord
  /// From the end of the handshake (or the first packet) to the first byte of the greeting, in nanoseconds.
  public var delay: Int64?

  /// A greeting and what the client waited for it.
  public init(reply: ReplyRecord, delay: Int64?) {
    self.reply = reply
    self.delay = delay
  }

  /// Where in the text of its lines the name stands that the server gives itself (section 4.2): the first word, where it
  /// has a dot.
  var serverName: Range<Int>? {
    guard !reply.lines.isEmpty else { return nil }
    let text = reply.lines.joined.span.extracting(reply.lines.octets(of: 0))
    let end = text.firstIndex(of: 0x20) ?? text.count
    guard let dot = text.firstIndex(of: 0x2e), dot < end else { return nil }
    return 0..<end
  }
}

/// A reply as it is reported (RFC 5321 section 4.2).
///
/// A transaction, its recipients and the exchanges share it: copying one counts a single reference.
public struct ReplyRecord: Sendable {
  /// Its three digits (section 4.2.1); 0 where the first line has none.
  public let code: Int
  private var content: Content

  private final class Content: Sendable {
    let enhanced: EnhancedStatus?
    let lines: TextLines
    let frame: Int
    let time: CaptureTime
    let delay: Int64?

    init(enhanced: EnhancedStatus?, lines: TextLines, frame: Int, time: CaptureTime, delay: Int64?) {
      self.enhanced = enhanced
      self.lines = lines
      self.frame = frame
      self.time = time
      self.delay = delay
    }
  }

  /// What stands at the head of its first line that has one (RFC 2034), e.g. 5.1.1; taken off the text of no line.
  public var enhanced: EnhancedStatus? {
    get { content.enhanced }
    set { self = ReplyRecord(code: code, enhanced: newValue, lines: lines, frame: frame, time: time, delay: delay) }
  }
  /// The text of each line behind its code, without the line end.
  public var lines: TextLines {
    _read { yield content.lines }
    set { self = ReplyRecord(code: code, enhanced: enhanced, lines: newValue, frame: frame, time: time, delay: delay) }
  }
  /// The frame with its first byte, by its number in its file.
  public var frame: Int { content.frame }
  /// When its first byte was sent.
  public var time: CaptureTime { content.time }
  /// From the last byte of what it answers to its own first byte, in nanoseconds.
  public var delay: Int64? { content.delay }

  /// A reply's parts; the frame and the time are those of its first byte.
  public init(code: Int, enhanced: EnhancedStatus?, lines: TextLines, frame: Int, time: CaptureTime, delay: Int64?) {
    self.code = code
    content = Content(enhanced: enhanced, lines: lines, frame: frame, time: time, delay: delay)
  }
}

/// HELO, EHLO or LHLO with its argument.
public struct Hello: Sendable {
  /// In upper case.
  public var verb: String
  /// What the client calls itself: a host name or an address literal (RFC 5321 section 4.1.1.1), as it was sent.
  public var argument: [UInt8]
  /// When it was said.
  public var moment: (frame: Int, time: CaptureTime)?

  /// A verb and what the client called itself with it.
  public init(verb: String, argument: [UInt8], at moment: (frame: Int, time: CaptureTime)? = nil) {
    self.verb = verb
    self.argument = argument
    self.moment = moment
  }
}

/// One AUTH exchange (RFC 4954). The secret is never in here.
public struct Authentication: Sendable {
  /// How the exchange ended.
  public enum Outcome: String, Sendable {
    case accepted
    case refused
    case cancelled
    case unanswered
  }

  /// In upper case.
  public var mechanism: [UInt8]
  /// Who the client says it is; nil where the mechanism does not tell that in readable form.
  public var username: [UInt8]?
  /// The code of the reply that ended it; nil where none came.
  public var code: Int?
  /// Whether the server believed the client.
  public var outcome: Outcome
  /// Whether it went without TLS, so that anybody on the way could read it.
  public var isInClear: Bool

  /// What is known of an exchange that has ended.
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
  /// What stood in that place of the dialogue.
  public enum Content: Equatable, Sendable {
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

  /// The side that said it.
  public var from: Peer
  /// What it said, or what stands for it.
  public var content: Content
  /// When it was said.
  public var time: CaptureTime
  /// The frame that carried it, by its number in its file.
  public var frame: Int

  /// A line of one side, and where it stands in the capture.
  public init(from: Peer, content: Content, time: CaptureTime, frame: Int) {
    self.from = from
    self.content = content
    self.time = time
    self.frame = frame
  }
}

/// What became of a session, in one word and one sentence.
public struct Verdict: Sendable {
  /// The word: of several mails' outcomes, what they come to together.
  public enum Outcome: String, Sendable {
    case delivered
    case partial
    case refused
    case deferred
    case failed
    case nothingSent = "nothing_sent"
    case unknown
  }

  /// The word for it.
  public var outcome: Outcome
  /// One plain sentence; parts that came from the network are escaped already.
  public var message: String
  /// The finding that explains it best; nil where all was delivered, or nothing explains it.
  public var cause: FindingID?

  /// A word, its sentence, and the finding behind both.
  public init(outcome: Outcome, message: String, cause: FindingID? = nil) {
    self.outcome = outcome
    self.message = message
    self.cause = cause
  }
}
