public import TLSProtection

/// What a run has to decrypt with: key logs and private keys. All sessions share it.
public final class TLSSecrets: Sendable {
  /// The secrets of sessions, by their client randoms; it may grow while sessions are read.
  public let keyLog: KeyLog
  /// Keys of servers, for sessions whose keys were sent encrypted to them (RFC 5246 section 7.4.7.1).
  public let privateKeys: [RSADecryptionKey]

  /// Somebody gave them, so that each session is told whether they served; what captures bring along is only used.
  private let areGiven: Bool

  /// Made of key log and servers' keys. `areGiven`: a person gave them, and they did not just come with a capture.
  public init(keyLog: KeyLog, privateKeys: [RSADecryptionKey] = [], areGiven: Bool = true) {
    self.keyLog = keyLog
    self.privateKeys = privateKeys
    self.areGiven = areGiven
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
  /// Nothing is known of this client random.
  case noSecret
  /// There is a secret, and it opens nothing.
  case secretDoesNotFit
  case suiteNotSupported(String)
  case versionNotSupported(String)

  /// As records and reports say it.
  public var words: String {
    switch self {
    case .used: "used"
    case .hellosNotSeen: "the hellos were not captured"
    case .noSecret: "no secret for this client random"
    case .secretDoesNotFit: "the secret does not fit"
    case .suiteNotSupported(let name): "cipher suite not supported: \(name)"
    case .versionNotSupported(let name): "version not supported: \(name)"
    }
  }
}
