/// The keys of both sides after a handshake of TLS 1.2 or below, full or abbreviated: each side's are taken into use by its
/// ChangeCipherSpec. A renegotiation makes new ones.
public struct ConnectionKeys: Sendable {
  /// Opens what the client sends.
  public var client: RecordDecryptor
  /// Opens what the server sends.
  public var server: RecordDecryptor

  /// The keys from the master secret and the randoms of this handshake (RFC 5246 section 6.3). `encryptThenMAC`: whether
  /// both sides agreed on that extension (RFC 7366), which matters in CBC mode only.
  public init(
    version: TLSVersion, suite: CipherSuite, master: Secret, clientRandom: HandshakeRandom,
    serverRandom: HandshakeRandom, encryptThenMAC: Bool
  ) throws(ProtectionFailure) {
    guard version < .tls13, suite.keyExchange != .tls13 else { throw .suiteOfOtherVersion }
    if case .aead = suite.cipher, version < .tls12 { throw .suiteOfOtherVersion }
    let lengths = KeyBlockLengths(version: version, cipher: suite.cipher)
    let seed = serverRandom.octets + clientRandom.octets
    var block = PseudorandomFunction(version: version, suite: suite).output(
      master, label: "key expansion", seed: seed, count: 2 * lengths.sum)
    defer { block.wipe() }
    let bounds = lengths.bounds
    func part(_ range: Range<Int>) -> Secret { Secret(block.span.extracting(range)) }
    let clientKeys = SideKeys(
      mac: part(bounds.clientMAC), key: part(bounds.clientKey), iv: Array(block[bounds.clientIV]))
    let serverKeys = SideKeys(
      mac: part(bounds.serverMAC), key: part(bounds.serverKey), iv: Array(block[bounds.serverIV]))
    client = RecordDecryptor(version: version, cipher: suite.cipher, keys: clientKeys, encryptThenMAC: encryptThenMAC)
    server = RecordDecryptor(version: version, cipher: suite.cipher, keys: serverKeys, encryptThenMAC: encryptThenMAC)
  }
}

/// Why no keys came of a secret.
public enum ProtectionFailure: Error, Equatable, Sendable {
  /// The suite is none of this version of TLS.
  case suiteOfOtherVersion
  /// The secret is not as long as the hash of the suite: it is another suite's.
  case secretLength(Int)
}

/// What one side has of the key block.
struct SideKeys {
  var mac: Secret
  var key: Secret
  /// An IV of TLS 1.0's CBC, or the part of an AEAD's nonce that is not sent.
  var iv: [UInt8]
}

/// How the key block is cut: both MAC keys, both keys, both IVs, the client's before the server's.
private struct KeyBlockLengths {
  var mac = 0
  var key = 0
  var iv = 0

  init(version: TLSVersion, cipher: RecordCipher) {
    switch cipher {
    case .aead(let cipher):
      key = cipher.keyLength
      // RFC 7905 section 2 for ChaCha20; the others send eight octets of the nonce (RFC 5288 section 3).
      iv = cipher == .chaCha20Poly1305 ? 12 : 4
    case .cbc(let keyLength, let hash):
      mac = hash.length
      key = keyLength
      // From TLS 1.1 on each record brings its IV.
      iv = version == .tls10 ? 16 : 0
    case .null(let hash): mac = hash.length
    }
  }

  var sum: Int { mac + key + iv }

  var bounds:
    (
      clientMAC: Range<Int>, serverMAC: Range<Int>, clientKey: Range<Int>, serverKey: Range<Int>, clientIV: Range<Int>,
      serverIV: Range<Int>
    )
  {
    let keys = 2 * mac
    let ivs = keys + 2 * key
    return (
      0..<mac, mac..<keys, keys..<(keys + key), (keys + key)..<ivs, ivs..<(ivs + iv), (ivs + iv)..<(ivs + 2 * iv)
    )
  }
}
