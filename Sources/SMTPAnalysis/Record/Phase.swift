internal import SMTPDialogue
public import Wire

/// A stretch of a session with one purpose, and whose turn it was in it.
///
/// The phases of a session follow each other without a hole: each begins where the reply before it ended and lasts to the
/// end of its own last reply, so that a pause of the client belongs to the phase of the command that it sent then. A
/// session of several mails has the mail's phases once for each.
public struct Phase: Equatable, Sendable {
  /// What the time was spent with, by what the client asked for.
  public enum Kind: String, CaseIterable, Sendable {
    /// The TCP handshake; all of it the network's.
    case connect
    case greeting
    case ehlo
    /// STARTTLS with its reply, and the TLS handshake.
    case tls
    case auth
    /// MAIL.
    case sender
    /// RCPT.
    case recipients
    /// DATA, its 354 and the text; BDAT and its octets.
    case data
    /// From the end of the data to the reply.
    case endOfData = "end_of_data"
    case quit
    /// RSET, NOOP and what else is said.
    case other
  }

  /// What this stretch was spent with.
  public var kind: Kind
  /// The transaction that it belongs to, by its id.
  public var transaction: Int?
  /// When it began: where the one before it ended.
  public var start: CaptureTime
  /// Whose turn it was in it, in nanoseconds of client, server and network.
  public var times: TurnTimes

  /// A stretch from `start` on that lasts for as long as `times` say in all.
  public init(_ kind: Kind, transaction: Int? = nil, start: CaptureTime, times: TurnTimes) {
    self.kind = kind
    self.transaction = transaction
    self.start = start
    self.times = times
  }

  /// In nanoseconds.
  public var duration: Int64 { times.total }
  /// When the next one begins.
  public var end: CaptureTime { start.advanced(byNanoseconds: duration) }
}

extension Phase.Kind {
  /// The phase that a command belongs to.
  init(_ verb: Verb) {
    switch verb {
    case .helo, .ehlo, .lhlo: self = .ehlo
    case .starttls, .xAnonymousTLS: self = .tls
    case .auth, .xExps: self = .auth
    case .mail, .send, .soml, .saml: self = .sender
    case .rcpt: self = .recipients
    case .data, .bdat: self = .data
    case .quit: self = .quit
    default: self = .other
    }
  }
}
