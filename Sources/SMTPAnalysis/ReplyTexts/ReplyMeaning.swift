/// What a refusal means. Where the words of a reply allow several, the one that stands first here counts: it is the more
/// particular, or what the others are said of.
enum ReplyMeaning: Int, Comparable, CaseIterable, Sendable {
  /// The server ends it for too many unknown or failed commands.
  case tooManyErrors
  case tooManyConnections
  case greylisted
  /// The server waited for a PROXY line, or got one that it does not know.
  case proxyExpected
  /// Out of turn or out of form: talked before the greeting, bare line feeds, improper pipelining.
  case protocolError
  /// Said to DATA for the sake of the refused recipients.
  case noValidRecipients
  /// A certificate of the client is missing.
  case clientCertificate
  case tlsRequired
  /// The mail goes round in circles.
  case loop
  case rateLimited
  case blocklisted
  case relayDenied
  /// A SASL exchange that failed before a password could be judged.
  case authSyntax
  case authFailed
  case authRequired
  case tooManyRecipients
  case mailboxFull
  case sizeExceeded
  case serverStorage
  /// The client had been silent for too long.
  case timeout
  case shuttingDown
  case policy
  /// The sender's address or domain.
  case senderUnknown
  /// The HELO name.
  case heloRefused
  case contentRefused
  /// The connecting host: its address, its name, or the certificate that it showed.
  case clientRefused
  case userMoved
  case mailboxUnknown
  /// The form of an address: what follows depends on whether it is wrong.
  case badAddress
  case badSequence
  case notUnderstood
  /// Nothing that says why.
  case unspecified

  /// What was refused decides between readings of the same words.
  enum Step: Int, Sendable {
    case greeting, hello, mail, rcpt, data, endOfData, auth, other
  }

  init(_ reply: ReplyRecord, to step: Step) {
    self = ReplyReading(of: reply, to: step).meaning
  }

  static func < (left: ReplyMeaning, right: ReplyMeaning) -> Bool { left.rawValue < right.rawValue }
}

/// A set of steps, for the tables.
struct ReplySteps: OptionSet, Sendable {
  let rawValue: UInt8

  static let greeting = ReplySteps(.greeting)
  static let hello = ReplySteps(.hello)
  static let mail = ReplySteps(.mail)
  static let rcpt = ReplySteps(.rcpt)
  static let auth = ReplySteps(.auth)
  /// DATA itself and the end of the data.
  static let data: ReplySteps = [ReplySteps(.data), ReplySteps(.endOfData)]
  /// Whatever was said, a farewell too.
  static let any = ReplySteps(rawValue: 0xff)

  init(rawValue: UInt8) { self.rawValue = rawValue }
  init(_ step: ReplyMeaning.Step) { rawValue = 1 << UInt8(step.rawValue) }
}
