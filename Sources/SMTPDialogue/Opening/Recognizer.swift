public import Wire

/// Tells by what is said whether a connection carries mail, and steps over what a proxy says first.
///
/// It keeps the first bytes of both sides until it knows, and gives them back then. On a mail port everything is mail and
/// only a preamble is looked for.
public struct Recognizer: Sendable {
  /// What is known so far of what a connection carries.
  public enum Verdict: Equatable, Sendable {
    case undecided
    case notMail
    /// Mail; the sides are the wrong way round where the capture began late and the ports were guessed wrong.
    case mail(Preamble?, sidesAreSwapped: Bool)
  }

  /// A run of bytes that was kept.
  public struct Kept: Sendable {
    /// The side that sent it.
    public var peer: Peer
    /// What was sent, without any of the preamble once that was taken off.
    public var bytes: [UInt8]
    /// When it was sent.
    public var moment: Moment

    /// A run of one side's bytes and when it came.
    public init(peer: Peer, bytes: [UInt8], moment: Moment) {
      self.peer = peer
      self.bytes = bytes
      self.moment = moment
    }
  }

  /// What was kept, in the order in which it came; the preamble is taken off by `takeKept`.
  private var kept: [Kept] = []
  private var client: [UInt8] = []
  private var server: [UInt8] = []
  private let isMailPort: Bool
  private let sawOpening: Bool
  /// How many bytes of both sides are looked at: who has not said by then that this is mail does not speak SMTP.
  static let limit = 12_288

  /// - Parameters:
  ///   - isMailPort: Whether the server's port is one for mail, so that all is taken for mail.
  ///   - sawOpening: Whether the connection was seen from its beginning; else the sides may be the wrong way round.
  public init(isMailPort: Bool, sawOpening: Bool) {
    self.isMailPort = isMailPort
    self.sawOpening = sawOpening
  }

  /// Takes the next bytes of one side, and keeps them.
  public mutating func receive(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) -> Verdict {
    kept.append(Kept(peer: peer, bytes: Array(bytes), moment: moment))
    switch peer {
    case .client: client.append(bytes)
    case .server: server.append(bytes)
    }
    let verdict = verdict
    guard verdict == .undecided, client.count + server.count > Self.limit else { return verdict }
    return isMailPort ? .mail(nil, sidesAreSwapped: false) : .notMail
  }

  /// The bytes that were kept, without the preamble's.
  public mutating func takeKept(behind preamble: Preamble?) -> [Kept] {
    var skip = [Peer.client: preamble?.clientLength ?? 0, .server: preamble?.serverLength ?? 0]
    defer {
      kept = []
      client = []
      server = []
    }
    return kept.compactMap { run in
      let dropped = min(skip[run.peer, default: 0], run.bytes.count)
      skip[run.peer, default: 0] -= dropped
      guard dropped < run.bytes.count else { return nil }
      return Kept(peer: run.peer, bytes: Array(run.bytes.dropFirst(dropped)), moment: run.moment)
    }
  }

  private var verdict: Verdict {
    var preamble: Preamble?
    if sawOpening || isMailPort {
      switch PreambleReading(client: client, server: server) {
      case .none: break
      case .undecided: return .undecided
      case .found(let found): preamble = found
      }
    }
    if isMailPort { return .mail(preamble, sidesAreSwapped: false) }
    let client = Array(client.dropFirst(preamble?.clientLength ?? 0))
    let server = Array(server.dropFirst(preamble?.serverLength ?? 0))
    switch Self.isMail(client: client, server: server, sawOpening: sawOpening) {
    case true?: return .mail(preamble, sidesAreSwapped: false)
    case nil: return .undecided
    case false?: break
    }
    guard !sawOpening else { return .notMail }
    return switch Self.isMail(client: server, server: client, sawOpening: false) {
    case true?: .mail(preamble, sidesAreSwapped: true)
    case nil: .undecided
    case false?: .notMail
    }
  }

  /// Whether this is mail; nil while it may be.
  private static func isMail(client: [UInt8], server: [UInt8], sawOpening: Bool) -> Bool? {
    if server.isEmpty, client.isEmpty { return nil }
    let said = clientSpeaksSMTP(client, sawOpening: sawOpening)
    guard !server.isEmpty else { return said }
    guard let greets = looksLikeReply(server, sawOpening: sawOpening) else { return said == false ? false : nil }
    guard greets else { return said == true && !sawOpening ? true : false }
    if said == true { return true }
    // FTP greets with 220 too; a server that names its protocol need not wait for the client.
    if sawOpening, namesSMTP(server) { return true }
    return said
  }

  /// Whether the first words of a client are SMTP's; nil while they may become so.
  private static func clientSpeaksSMTP(_ client: [UInt8], sawOpening: Bool) -> Bool? {
    guard !client.isEmpty else { return nil }
    var line = Array(client.prefix { $0 != 0x0a })
    let isWhole = line.count < client.count
    if line.last == 0x0d { line.removeLast() }
    if isWhole {
      let command = Command(line: line, moment: Moment(time: CaptureTime(nanoseconds: 0), frame: 0))
      // RFC 5321 section 3.1: HELO or EHLO begins; a word of text that is a verb of other protocols too says nothing.
      if command.verb.isHello || command.verb.beginsTransaction || command.verb == .rcpt {
        return command.isUnmistakable || command.verb == .ehlo || command.verb == .helo
      }
      return false
    }
    for word in ["EHLO ", "HELO ", "LHLO ", "MAIL FROM:", "RCPT TO:", "EHLO\r", "HELO\r"] {
      let length = min(word.utf8.count, line.count)
      if equalsIgnoringCase(line.prefix(length), word.utf8.prefix(length)) { return line.count < 2048 ? nil : false }
    }
    return false
  }

  /// Whether a server's first bytes are a reply that may open a mail session; nil while they may become one.
  private static func looksLikeReply(_ server: [UInt8], sawOpening: Bool) -> Bool? {
    let isDigit: (UInt8) -> Bool = { $0 >= 0x30 && $0 <= 0x39 }
    guard server.prefix(3).allSatisfy(isDigit) else { return false }
    guard server.count >= 4 else { return nil }
    guard let code = ReplyAssembler.code(of: server.span.extracting(0..<3)) else { return false }
    return sawOpening ? code == 220 || code == 421 || code == 521 || code == 554 : true
  }

  private static func namesSMTP(_ server: [UInt8]) -> Bool {
    let line = server.prefix { $0 != 0x0a }
    guard line.count < server.count else { return false }
    return line.indices.contains { index in
      line.endIndex - index >= 4
        && (equalsIgnoringCase(line[index..<(index + 4)], "SMTP".utf8)
          || equalsIgnoringCase(line[index..<(index + 4)], "LMTP".utf8))
    }
  }
}
