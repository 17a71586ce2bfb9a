public import TLSProtection

/// What a run has to decrypt with: key logs and private keys. All sessions share it.
public final class TLSSecrets: Sendable {
  /// The secrets of sessions, by their client randoms; it may grow while sessions are read.
  public let keyLog: KeyLog
  /// Keys of servers, for sessions whose keys were sent encrypted to them (RFC 5246 section 7.4.7.1).
  public let privateKeys: [RSADecryptionKey]

  /// Somebody gave them, so that each session is told whether they served; what captures bring along is only used.
  private let areGiven: Bool
  /// The secrets of a session may come while it goes on, so that its records wait for them.
  let mayGrow: Bool
  /// What was learnt of sessions that may be resumed; nil where nobody keeps it.
  let resumable: ResumableSessions?

  /// Made of key log and servers' keys. `areGiven`: a person gave them, and they did not just come with a capture. `mayGrow`:
  /// what is said of a session is written into the log while it goes on.
  public convenience init(
    keyLog: KeyLog, privateKeys: [RSADecryptionKey] = [], areGiven: Bool = true, mayGrow: Bool = false
  ) {
    self.init(keyLog, privateKeys, areGiven: areGiven, mayGrow: mayGrow, nil)
  }

  private init(
    _ keyLog: KeyLog, _ privateKeys: [RSADecryptionKey], areGiven: Bool, mayGrow: Bool, _ resumable: ResumableSessions?
  ) {
    self.keyLog = keyLog
    self.privateKeys = privateKeys
    self.areGiven = areGiven
    self.mayGrow = mayGrow
    self.resumable = resumable
  }

  /// The same secrets with a memory of their own for the sessions that they open, which later ones may resume. It is one of
  /// so many that share what may be kept in all.
  public func remembering(asOneOf memories: Int) -> TLSSecrets {
    let limit = ResumableSessions.mostNames / max(1, memories)
    return TLSSecrets(
      keyLog, privateKeys, areGiven: areGiven, mayGrow: mayGrow, ResumableSessions(limit: limit))
  }

  /// Which earlier connections may have to tell the secret of a later one.
  public enum Dependence: Sendable {
    /// None: each session has secrets of its own.
    case noOther
    /// Those between the same hosts: a log may name a session and not those that resume it, which whoever wrote it has seen
    /// go to the same server.
    case sameHosts
    /// Any: a private key opens no resumed session without the one that it goes on with, and a client may have moved.
    case all
  }

  /// Which connections must be read in their order for that.
  public var dependence: Dependence {
    if hasPremasters { return .all }
    // What will be in a log that grows is not known.
    return keyLog.tellsMasterSecrets || areGiven && keyLog.summary.sessions == 0 ? .sameHosts : .noOther
  }

  /// Whether it is of any use to look for a session's keys.
  public var mayServe: Bool { areGiven || keyLog.summary.sessions > 0 }

  /// Whether premaster secrets may come from anywhere, so that the messages that they are tied to must be kept.
  var hasPremasters: Bool { !privateKeys.isEmpty || keyLog.summary.premasters > 0 }
}

/// Whether a session could be decrypted, and why not.
public enum KeyUse: Hashable, Sendable {
  case used
  /// The hellos, which tell whose secrets are needed, are not in the capture whole.
  case hellosNotSeen
  /// The client's hello was refused: there is nothing to decrypt.
  case nothingAgreed
  /// Nothing is known of this client random.
  case noSecret
  /// It resumes a session whose secret is not known, so that a private key is of no use.
  case earlierSessionNotKnown
  /// There is a secret, and it opens nothing.
  case secretDoesNotFit
  case suiteNotSupported(String)
  case versionNotSupported(String)

  /// As records and reports say it.
  public var words: String {
    switch self {
    case .used: "used"
    case .hellosNotSeen: "the hellos were not captured"
    case .nothingAgreed: "the handshake failed before there were keys"
    case .noSecret: "no secret for this client random"
    case .earlierSessionNotKnown: "it resumes an earlier session whose secret is not known"
    case .secretDoesNotFit: "the secret does not fit"
    case .suiteNotSupported(let name): "cipher suite not supported: \(name)"
    case .versionNotSupported(let name): "version not supported: \(name)"
    }
  }
}
