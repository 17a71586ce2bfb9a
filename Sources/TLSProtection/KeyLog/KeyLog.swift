private import Synchronization
internal import Wire

/// The secrets of all key logs that were read: files as `SSLKEYLOGFILE` writes them (RFC 9850), growing or not, and the
/// blocks of captures. A reference that may be written and read by several threads; each source is read by a `KeyLogReader`.
public final class KeyLog: Sendable {
  private let limits: KeyLogLimits
  private let state = Mutex(State())

  /// Without secrets; readers fill it, within these limits.
  public init(limits: KeyLogLimits = KeyLogLimits()) {
    self.limits = limits
  }

  /// What is known of the connection whose ClientHello has this random; nil when that is nothing.
  public func secrets(for clientRandom: HandshakeRandom) -> SessionSecrets? {
    state.withLock { $0.sessions[clientRandom] }
  }

  /// The premaster secret that an old `RSA` line tells, by the first eight octets of the encrypted one in the
  /// ClientKeyExchange as a number in network order.
  public func premasterSecret(encryptedStart: UInt64) -> Secret? {
    state.withLock { $0.premasters[encryptedStart] }
  }

  /// Whether there are, or were, secrets of sessions of TLS 1.2 and below.
  public var tellsMasterSecrets: Bool { state.withLock { $0.tellsMasterSecrets } }

  /// How much there is.
  public var summary: KeyLogSummary {
    state.withLock { state in
      KeyLogSummary(
        sessions: state.sessions.count, secrets: state.secrets, premasters: state.premasters.count,
        dropped: state.dropped)
    }
  }

  func keep(_ kind: KeyLogLine.Kind, _ secret: Secret, of random: HandshakeRandom) {
    state.withLock { state in
      if let earlier = state.sessions[random]?[kind] {
        if earlier != secret { state.sessions[random]?[kind] = secret }
        return
      }
      state.makeRoom(within: limits.secrets)
      if state.sessions[random] == nil { state.arrivals.append(random) }
      if kind == .master { state.tellsMasterSecrets = true }
      state.sessions[random, default: SessionSecrets()][kind] = secret
      state.secrets += 1
    }
  }

  func keep(premaster secret: Secret, encryptedStart: UInt64) {
    state.withLock { state in
      // Without order among them: nobody writes these lines in any number.
      guard state.premasters.count < limits.secrets else {
        state.dropped += 1
        return
      }
      state.premasters[encryptedStart] = secret
    }
  }

  private struct State {
    var sessions: [HandshakeRandom: SessionSecrets] = [:]
    var premasters: [UInt64: Secret] = [:]
    /// The sessions in the order in which they came.
    var arrivals = Queue<HandshakeRandom>()
    var secrets = 0
    var dropped = 0
    var tellsMasterSecrets = false

    mutating func makeRoom(within limit: Int) {
      while secrets >= limit, let oldest = arrivals.popFirst() {
        let count = sessions.removeValue(forKey: oldest)?.count ?? 0
        secrets -= count
        dropped += count
      }
    }
  }
}

extension KeyLog: CustomStringConvertible, CustomReflectable {
  /// How much there is; no secret.
  public var description: String { "key log of \(summary.sessions) sessions" }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// How much the key logs hold.
public struct KeyLogSummary: Equatable, Sendable {
  /// Connections that something is known of.
  public var sessions: Int
  /// Their secrets.
  public var secrets: Int
  /// Premaster secrets of old `RSA` lines.
  public var premasters: Int
  /// Secrets that had to go because there were more than the limit.
  public var dropped: Int

  /// Made of the four counts.
  public init(sessions: Int, secrets: Int, premasters: Int, dropped: Int) {
    self.sessions = sessions
    self.secrets = secrets
    self.premasters = premasters
    self.dropped = dropped
  }
}
