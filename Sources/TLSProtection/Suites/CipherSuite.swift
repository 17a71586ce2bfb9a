/// What a cipher suite says about records and keys (RFC 5246 appendix C, RFC 8446 section B.4 and the IANA registry); its name
/// is for others to tell.
public struct CipherSuite: Equatable, Sendable {
  /// Its code on the wire.
  public let code: UInt16
  /// How records are protected.
  public let cipher: RecordCipher
  /// The hash of the key schedule: HKDF's in TLS 1.3, the PRF's in TLS 1.2.
  public let hash: HashKind
  /// How the premaster secret came about, as far as it matters.
  public let keyExchange: KeyExchange

  /// The suite with a code.
  public static func lookUp(_ code: UInt16) throws(UnsupportedSuite) -> CipherSuite {
    guard let suite = CipherSuite(table: code) else { throw UnsupportedSuite(code) }
    return suite
  }

  init(_ code: UInt16, _ cipher: RecordCipher, _ hash: HashKind, _ keyExchange: KeyExchange) {
    self.code = code
    self.cipher = cipher
    self.hash = hash
    self.keyExchange = keyExchange
  }
}

/// How records are protected.
public enum RecordCipher: Equatable, Sendable {
  case aead(AEADCipher)
  /// AES in CBC mode with an HMAC.
  case cbc(keyLength: Int, mac: HashKind)
  /// In clear, with an HMAC.
  case null(mac: HashKind)
}

/// A cipher that authenticates what it encrypts (RFC 5116).
public enum AEADCipher: Sendable {
  case aes128GCM, aes256GCM, chaCha20Poly1305, aes128CCM, aes256CCM, aes128CCM8, aes256CCM8

  var keyLength: Int {
    switch self {
    case .aes128GCM, .aes128CCM, .aes128CCM8: 16
    case .aes256GCM, .aes256CCM, .aes256CCM8, .chaCha20Poly1305: 32
    }
  }

  var tagLength: Int {
    switch self {
    case .aes128CCM8, .aes256CCM8: 8
    case .aes128GCM, .aes256GCM, .chaCha20Poly1305, .aes128CCM, .aes256CCM: 16
    }
  }
}

/// A hash function of TLS.
public enum HashKind: Sendable {
  case md5, sha1, sha256, sha384

  /// The octets of its output, which is also the length of an HMAC's key.
  public var length: Int {
    switch self {
    case .md5: 16
    case .sha1: 20
    case .sha256: 32
    case .sha384: 48
    }
  }
}

/// How the premaster secret came about, as far as it matters.
public enum KeyExchange: Sendable {
  /// Encrypted to the server's RSA key: who has that key can tell it (RFC 5246 section 7.4.7.1).
  case rsa
  /// In a way that no key of the server tells.
  case other
  /// TLS 1.3, whose suites do not say.
  case tls13
}

/// A version of TLS whose records can be opened.
public enum TLSVersion: UInt16, Comparable, Sendable {
  case tls10 = 0x0301
  case tls11 = 0x0302
  case tls12 = 0x0303
  case tls13 = 0x0304

  /// The older version is less.
  public static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}
