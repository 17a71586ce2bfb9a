internal import Crypto
internal import FoundationEssentials

/// What a traffic secret of TLS 1.3 becomes (RFC 8446 section 7).
enum TrafficKeys {
  /// HKDF-Expand-Label(secret, label, "", length) (RFC 8446 section 7.1).
  static func expand(_ secret: Secret, _ hash: HashKind, label: String, length: Int) -> Secret {
    Secret(key: expand(secret.key, hash, label: Array(label.utf8), context: [], length: length))
  }

  /// HKDF-Expand-Label(secret, label, context, length). Labels and contexts are ours: far below the 255 octets that fit.
  static func expand(
    _ secret: SymmetricKey, _ hash: HashKind, label: [UInt8], context: [UInt8], length: Int
  ) -> SymmetricKey {
    let full = Array("tls13 ".utf8) + label
    var info: [UInt8] = []
    info.append(bigEndian: UInt16(truncatingIfNeeded: length))
    info.append(UInt8(truncatingIfNeeded: full.count))
    info += full
    info.append(UInt8(truncatingIfNeeded: context.count))
    info += context
    return switch hash {
    case .sha384: HKDF<SHA384>.expand(pseudoRandomKey: secret, info: info, outputByteCount: length)
    // No suite of TLS 1.3 has another hash.
    case .md5, .sha1, .sha256: HKDF<SHA256>.expand(pseudoRandomKey: secret, info: info, outputByteCount: length)
    }
  }

  /// The key of the records (section 7.3).
  static func key(_ secret: Secret, _ suite: CipherSuite, _ cipher: AEADCipher) -> Secret {
    expand(secret, suite.hash, label: "key", length: cipher.keyLength)
  }

  /// What the nonces are made from (sections 5.3 and 7.3).
  static func iv(_ secret: Secret, _ suite: CipherSuite) -> Secret {
    expand(secret, suite.hash, label: "iv", length: 12)
  }

  /// application_traffic_secret_N+1 (section 7.2).
  static func next(_ secret: Secret, _ suite: CipherSuite) -> Secret {
    expand(secret, suite.hash, label: "traffic upd", length: suite.hash.length)
  }
}
