internal import Crypto

/// The pseudorandom function of TLS 1.2 and below.
enum PseudorandomFunction {
  /// TLS 1.2: P_hash with the hash of the suite (RFC 5246 section 5).
  case sha2(HashKind)
  /// TLS 1.0 and 1.1: P_MD5 of one half of the secret, P_SHA-1 of the other, XORed (RFC 2246 section 5).
  case md5AndSHA1

  init(version: TLSVersion, suite: CipherSuite) {
    self = version < .tls12 ? .md5AndSHA1 : .sha2(suite.hash)
  }

  /// PRF(secret, label, seed), its first `count` octets.
  func output(_ secret: Secret, label: String, seed: [UInt8], count: Int) -> [UInt8] {
    let labelled = Array(label.utf8) + seed
    switch self {
    case .sha2(let hash): return Self.expansion(of: secret.key, hash, seed: labelled, count: count)
    case .md5AndSHA1:
      // The halves share the middle octet of a secret of odd length.
      var octets = secret.exposed()
      let half = (octets.count + 1) / 2
      var first = Array(octets.prefix(half))
      var second = Array(octets.suffix(half))
      octets.wipe()
      let firstKey = Secret(wiping: &first)
      let secondKey = Secret(wiping: &second)
      var output = Self.expansion(of: firstKey.key, .md5, seed: labelled, count: count)
      var other = Self.expansion(of: secondKey.key, .sha1, seed: labelled, count: count)
      for index in output.indices { output[index] ^= other[index] }
      other.wipe()
      return output
    }
  }

  /// P_hash(secret, seed): HMAC(secret, A(1) + seed) + HMAC(secret, A(2) + seed) + …, where A(i) is HMAC(secret, A(i-1)).
  private static func expansion(of key: SymmetricKey, _ hash: HashKind, seed: [UInt8], count: Int) -> [UInt8] {
    let keyed = KeyedHash(hash, key: key)
    let nothing: [UInt8] = []
    var output: [UInt8] = []
    output.reserveCapacity(count + hash.length)
    var chained = seed
    while output.count < count {
      chained = keyed.code(of: chained.span, nothing.span)
      var part = keyed.code(of: chained.span, seed.span)
      output += part
      part.wipe()
    }
    output.removeLast(output.count - count)
    return output
  }
}
