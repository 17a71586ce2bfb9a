package import TCPStreams
package import Wire

/// Everything that is told about one SMTP connection when it has ended.
///
/// The records of this folder are what reports are made from; `contract.md`'s JSON is their shape. Text that came from
/// the network is kept as bytes, so that each report can escape it as its medium needs.
package struct Session: Sendable {
  /// In order of the sessions' first packets, from 1.
  package var id: Int
  package var connection: ConnectionFacts
  package var kind: ProtocolKind
  /// What the client came for.
  package var purpose = Purpose.mail
  /// Which commands it used that tell one kind of client from another.
  package var requests: Requests = []
  /// Addresses told by a proxy in front of the dialogue.
  package var proxy: ProxyPreamble?
  package var greeting: Greeting?
  /// The last HELO, EHLO or LHLO that the server accepted, else the last that was said.
  package var helo: Hello?
  /// The service extensions that the server listed, a line of its EHLO reply each.
  package var extensions: [[UInt8]] = []
  package var tls: TLSUse?
  package var authentications: [Authentication] = []
  package var transactions: [Transaction] = []
  /// What the time was spent with, in order.
  package var phases: [Phase] = []
  /// Whether the client took its leave (RFC 5321 section 4.1.1.10), and what the server said to it.
  package var hasQuit = false
  package var quitReply: ReplyRecord?
  /// With `AnalysisOptions.keepsDialogue` only.
  package var dialogue: [DialogueLine] = []
  /// What is wrong, odd or worth knowing, in the order in which it was found.
  package var findings: [Finding] = []
  package var verdict: Verdict
  /// Who the two hosts are; nil where no name server's answer in the capture says it.
  package var names: SessionNames?
  /// The client told the server that it speaks for another host (XCLIENT): from then on names are that one's.
  package var speaksForAnother = false
  /// What this session tells of earlier ones, which were reported before it could be known.
  package var hindsight: [Hindsight] = []

  package init(id: Int, connection: ConnectionFacts, kind: ProtocolKind, verdict: Verdict) {
    self.id = id
    self.connection = connection
    self.kind = kind
    self.verdict = verdict
  }

  package enum ProtocolKind: String, Sendable {
    case smtp
    case lmtp
    case unknown
  }
}

/// A PROXY line (v1 or v2), a SOCKS or an HTTP CONNECT exchange in front of the dialogue.
package struct ProxyPreamble: Equatable, Sendable {
  package enum Kind: String, Sendable {
    case proxyV1 = "proxy_v1"
    case proxyV2 = "proxy_v2"
    case socks4
    case socks5
    case httpConnect = "http_connect"
  }

  package var kind: Kind
  /// The client as the proxy saw it.
  package var source: String?
  /// Where the connection was to lead; a host name where the proxy was given one.
  package var destination: String?

  package init(kind: Kind, source: String? = nil, destination: String? = nil) {
    self.kind = kind
    self.source = source
    self.destination = destination
  }
}

/// The server's first reply (RFC 5321 section 3.1).
package struct Greeting: Sendable {
  package var reply: ReplyRecord
  /// From the end of the handshake (or the first packet) to the first byte of the greeting, in nanoseconds.
  package var delay: Int64?

  package init(reply: ReplyRecord, delay: Int64?) {
    self.reply = reply
    self.delay = delay
  }
}

/// A reply as it is reported (RFC 5321 section 4.2).
///
/// A transaction, its recipients and the exchanges share it: copying one counts a single reference.
package struct ReplyRecord: Sendable {
  package let code: Int
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
  package var enhanced: String? {
    get { content.enhanced }
    set { self = ReplyRecord(code: code, enhanced: newValue, lines: lines, frame: frame, time: time, delay: delay) }
  }
  /// The text of each line behind its code, without the line end.
  package var lines: [[UInt8]] {
    get { content.lines }
    set { self = ReplyRecord(code: code, enhanced: enhanced, lines: newValue, frame: frame, time: time, delay: delay) }
  }
  package var frame: Int { content.frame }
  package var time: CaptureTime { content.time }
  /// From the last byte of what it answers to its own first byte, in nanoseconds.
  package var delay: Int64? { content.delay }

  package init(code: Int, enhanced: String?, lines: [[UInt8]], frame: Int, time: CaptureTime, delay: Int64?) {
    self.code = code
    content = Content(enhanced: enhanced, lines: lines, frame: frame, time: time, delay: delay)
  }
}

/// HELO, EHLO or LHLO with its argument.
package struct Hello: Sendable {
  /// In upper case.
  package var verb: String
  package var argument: [UInt8]
  /// When it was said.
  package var moment: (frame: Int, time: CaptureTime)?

  package init(verb: String, argument: [UInt8], at moment: (frame: Int, time: CaptureTime)? = nil) {
    self.verb = verb
    self.argument = argument
    self.moment = moment
  }
}

/// One AUTH exchange (RFC 4954). The secret is never in here.
package struct Authentication: Sendable {
  package enum Outcome: String, Sendable {
    case accepted
    case refused
    case cancelled
    case unanswered
  }

  /// In upper case.
  package var mechanism: [UInt8]
  package var username: [UInt8]?
  package var code: Int?
  package var outcome: Outcome
  package var isInClear: Bool

  package init(mechanism: [UInt8], username: [UInt8]?, code: Int?, outcome: Outcome, isInClear: Bool) {
    self.mechanism = mechanism
    self.username = username
    self.code = code
    self.outcome = outcome
    self.isInClear = isInClear
  }
}

/// One line of the dialogue, fit to be shown: secrets are masked already unless they were asked for.
package struct DialogueLine: Sendable {
  package enum Content: Sendable {
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

  package var from: Peer
  package var content: Content
  package var time: CaptureTime
  package var frame: Int

  package init(from: Peer, content: Content, time: CaptureTime, frame: Int) {
    self.from = from
    self.content = content
    self.time = time
    self.frame = frame
  }
}

/// What became of a session, in one word and one sentence.
package struct Verdict: Sendable {
  package enum Outcome: String, Sendable {
    case delivered
    case partial
    case refused
    case deferred
    case failed
    case nothingSent = "nothing_sent"
    case unknown
  }

  package var outcome: Outcome
  /// One plain sentence; parts that came from the network are escaped already.
  package var message: String
  /// The finding that explains it best; nil where all was delivered, or nothing explains it.
  package var cause: FindingID?

  package init(outcome: Outcome, message: String, cause: FindingID? = nil) {
    self.outcome = outcome
    self.message = message
    self.cause = cause
  }
}
