/// What key logs tell of one connection.
public struct SessionSecrets: Sendable, Equatable {
  /// The master secret of TLS 1.2 and below (`CLIENT_RANDOM`).
  public internal(set) var master: Secret?
  /// TLS 1.3 (RFC 8446 section 7.1): what 0-RTT data is under.
  public internal(set) var clientEarlyTraffic: Secret?
  /// TLS 1.3: what the client's part of the handshake is under.
  public internal(set) var clientHandshakeTraffic: Secret?
  /// TLS 1.3: what the server's part of the handshake is under.
  public internal(set) var serverHandshakeTraffic: Secret?
  /// TLS 1.3: what the client's data is under until its first KeyUpdate.
  public internal(set) var clientTraffic: Secret?
  /// TLS 1.3: what the server's data is under until its first KeyUpdate.
  public internal(set) var serverTraffic: Secret?

  /// Whether all is known that opens what passes in TLS 1.3, but for early data.
  public var opensTLS13: Bool {
    clientHandshakeTraffic != nil && serverHandshakeTraffic != nil && clientTraffic != nil && serverTraffic != nil
  }

  /// How many secrets are known.
  var count: Int {
    [master, clientEarlyTraffic, clientHandshakeTraffic, serverHandshakeTraffic, clientTraffic, serverTraffic]
      .count { $0 != nil }
  }

  subscript(kind: KeyLogLine.Kind) -> Secret? {
    get {
      switch kind {
      case .master: master
      case .clientEarlyTraffic: clientEarlyTraffic
      case .clientHandshakeTraffic: clientHandshakeTraffic
      case .serverHandshakeTraffic: serverHandshakeTraffic
      case .clientTraffic: clientTraffic
      case .serverTraffic: serverTraffic
      }
    }
    set {
      switch kind {
      case .master: master = newValue
      case .clientEarlyTraffic: clientEarlyTraffic = newValue
      case .clientHandshakeTraffic: clientHandshakeTraffic = newValue
      case .serverHandshakeTraffic: serverHandshakeTraffic = newValue
      case .clientTraffic: clientTraffic = newValue
      case .serverTraffic: serverTraffic = newValue
      }
    }
  }
}
