extension Secret {
  /// The master secret of a full handshake of TLS 1.2 or below (RFC 5246 section 8.1).
  public static func master(
    premaster: Secret, version: TLSVersion, suite: CipherSuite, clientRandom: HandshakeRandom,
    serverRandom: HandshakeRandom
  ) -> Secret {
    var octets = PseudorandomFunction(version: version, suite: suite).output(
      premaster, label: "master secret", seed: clientRandom.octets + serverRandom.octets, count: masterLength)
    return Secret(wiping: &octets)
  }

  /// The master secret where both sides agreed on extended_master_secret (RFC 7627 section 4). `handshakeMessages` are those
  /// of both sides with their headers, from the ClientHello to the ClientKeyExchange, both included.
  public static func extendedMaster(
    premaster: Secret, version: TLSVersion, suite: CipherSuite, handshakeMessages: Span<UInt8>
  ) -> Secret {
    // The hash of the handshake is the PRF's, and before TLS 1.2 two of them (RFC 7627 section 3).
    let sessionHash =
      version < .tls12
      ? HashKind.md5.digest(of: handshakeMessages) + HashKind.sha1.digest(of: handshakeMessages)
      : suite.hash.digest(of: handshakeMessages)
    var octets = PseudorandomFunction(version: version, suite: suite).output(
      premaster, label: "extended master secret", seed: sessionHash, count: masterLength)
    return Secret(wiping: &octets)
  }

  private static let masterLength = 48
}
