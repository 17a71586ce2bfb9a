import TLSHandshake
import TLSProtection
import Testing

/// What a suite's name says of its records and keys (RFC 5246 appendix C, RFC 5289, RFC 6655, RFC 8446 appendix B.4).
private struct NamedSuite {
  var name: String

  var hash: HashKind { name.hasSuffix("SHA384") ? .sha384 : .sha256 }

  var keyExchange: KeyExchange {
    name.hasPrefix("TLS_RSA_WITH_") ? .rsa : name.contains("_WITH_") ? .other : .tls13
  }

  private var mac: HashKind? {
    name.hasSuffix("_MD5")
      ? .md5
      : name.hasSuffix("_SHA") ? .sha1 : name.hasSuffix("_SHA256") ? .sha256 : name.hasSuffix("_SHA384") ? .sha384 : nil
  }

  var cipher: RecordCipher? {
    let isLong = name.contains("AES_256")
    guard name.contains("AES_") || name.contains("CHACHA20") || name.contains("_NULL_"), unsupported == nil else {
      return nil
    }
    if name.contains("CHACHA20") { return .aead(.chaCha20Poly1305) }
    if name.contains("_CCM_8") { return .aead(isLong ? .aes256CCM8 : .aes128CCM8) }
    if name.contains("_CCM") { return .aead(isLong ? .aes256CCM : .aes128CCM) }
    if name.contains("_GCM_") { return .aead(isLong ? .aes256GCM : .aes128GCM) }
    guard let mac else { return nil }
    return name.contains("_NULL_") ? .null(mac: mac) : .cbc(keyLength: isLong ? 32 : 16, mac: mac)
  }

  var unsupported: UnsupportedSuite? {
    let signs: [(String, UnsupportedSuite)] = [
      ("NULL_WITH_NULL", .unprotected), ("EXPORT", .export), ("RC4", .rc4), ("3DES", .tripleDES), ("_DES_", .des),
      ("IDEA", .idea),
      ("SEED", .seed), ("CAMELLIA", .camellia), ("ARIA", .aria), ("SM4", .sm4), ("GOST", .gost),
      ("TLS_SHA", .integrityOnly),
    ]
    return signs.first { name.contains($0.0) }?.1
  }
}

@Test func `what protects a suite's records is what its name says`() throws {
  var opened = 0
  for code in UInt16.min...UInt16.max {
    let named = NamedSuite(name: CipherSuiteID(code).name)
    guard named.name.hasPrefix("TLS_") else { continue }
    if let cipher = named.cipher, let suite = try? CipherSuite.lookUp(code) {
      opened += 1
      #expect(suite.code == code)
      #expect(suite.cipher == cipher, "\(named.name)")
      #expect(suite.hash == named.hash, "\(named.name)")
      #expect(suite.keyExchange == named.keyExchange, "\(named.name)")
    } else {
      #expect(throws: named.unsupported ?? .unknown(code), "\(named.name)") { try CipherSuite.lookUp(code) }
    }
  }
  #expect(opened > 140)
}
