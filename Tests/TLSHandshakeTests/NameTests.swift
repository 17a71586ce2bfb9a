import Foundation
import TLSHandshake
import Testing

@Test func `numbers without a name are shown as such`() {
  var named = 0
  for code in UInt16.min...UInt16.max {
    let name = CipherSuiteID(code).name
    if name.hasPrefix("TLS_") {
      named += 1
    } else {
      let digits = String(code, radix: 16)
      #expect(name == "0x" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
  }
  #expect(named == 326)
}

@Test(.enabled(if: OpenSSLSuites.areThere, "there is no openssl to compare names with"))
func `suites have the names that OpenSSL has for them`() {
  #expect(OpenSSLSuites.all.count > 100)
  for suite in OpenSSLSuites.all { #expect(CipherSuiteID(suite.code).name == suite.name) }
}

/// What `openssl ciphers` lists: the registry's numbers and names, come by another way than ours.
private enum OpenSSLSuites {
  static let all: [(code: UInt16, name: String)] = read()
  static var areThere: Bool { !all.isEmpty }

  private static func read() -> [(code: UInt16, name: String)] {
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    openssl.arguments = ["openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:eNULL@SECLEVEL=0"]
    let output = Pipe()
    openssl.standardOutput = output
    openssl.standardError = FileHandle.nullDevice
    guard (try? openssl.run()) != nil else { return [] }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    openssl.waitUntilExit()
    // `0x13,0x02 - TLS_AES_256_GCM_SHA384 - TLS_AES_256_GCM_SHA384 TLSv1.3 …`
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      let bytes = words.first?.split(separator: ",").compactMap { UInt16($0.dropFirst(2), radix: 16) } ?? []
      guard bytes.count == 2, words.count > 2, words[2].hasPrefix("TLS_") else { return nil }
      return (bytes[0] << 8 | bytes[1], String(words[2]))
    }
  }
}

@Test(
  arguments: [
    // RFC 9325 section 4.1 says what must not be negotiated, and why.
    ("TLS_RSA_WITH_NULL_SHA", 0x0002, .noEncryption), ("TLS_RSA_EXPORT_WITH_RC4_40_MD5", 0x0003, .export),
    ("TLS_ECDHE_RSA_WITH_RC4_128_SHA", 0xc011, .rc4), ("TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", 0x0016, .shortBlocks),
    ("TLS_RSA_WITH_IDEA_CBC_SHA", 0x0007, .shortBlocks), ("TLS_RSA_WITH_DES_CBC_SHA", 0x0009, .shortBlocks),
    ("TLS_DH_anon_WITH_AES_128_CBC_SHA", 0x0034, .anonymous),
    ("TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009c, .noForwardSecrecy),
    ("TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", 0xc00e, .noForwardSecrecy),
    ("TLS_DH_RSA_WITH_AES_128_CBC_SHA", 0x0031, .noForwardSecrecy),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f, nil), ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 0x009e, nil),
    ("TLS_AES_128_GCM_SHA256", 0x1301, nil), ("TLS_SM4_GCM_SM3", 0x00c6, nil), ("TLS_SM4_CCM_SM3", 0x00c7, nil),
    ("TLS_ECDHE_RSA_WITH_NULL_SHA", 0xc010, .noEncryption), ("no suite", 0x9999, nil),
  ] as [(String, UInt16, CipherSuiteID.Weakness?)])
func `why a suite is not held to be safe`(name: String, code: UInt16, weakness: CipherSuiteID.Weakness?) {
  #expect(CipherSuiteID(code).weakness == weakness)
}

@Test func `signals and values of no meaning are told from suites`() {
  // RFC 5746 section 3.3, RFC 7507 section 2; RFC 8701 section 2.
  #expect((0...UInt16.max).filter { CipherSuiteID($0).isSignal } == [0x00ff, 0x5600])
  let grease = (UInt16(0)...15).map { $0 << 12 | 0x0a00 | $0 << 4 | 0x0a }
  #expect((0...UInt16.max).filter { CipherSuiteID($0).isGREASE } == grease)
  #expect((0...UInt16.max).filter { NamedGroup($0).isGREASE } == grease)
  #expect((0...UInt16.max).filter { SignatureScheme($0).isGREASE } == grease)
}

@Test(
  arguments: [
    (0x0002, "SSL 2.0"), (0x0300, "SSL 3.0"), (0x0301, "TLS 1.0"), (0x0302, "TLS 1.1"), (0x0303, "TLS 1.2"),
    (0x0304, "TLS 1.3"),
    (0x7f00, "TLS 1.3 draft 0"), (0x7f17, "TLS 1.3 draft 23"), (0x7fff, "TLS 1.3 draft 255"), (0x0305, "0x0305"),
    (0x0000, "0x0000"),
    (0xffff, "0xffff"), (0x8000, "0x8000"), (0x7eff, "0x7eff"),
  ] as [(UInt16, String)])
func `versions have the names that people use`(code: UInt16, name: String) {
  #expect(ProtocolVersion(code).name == name)
  #expect(ProtocolVersion(code).isTLS13 == name.hasPrefix("TLS 1.3"))
}

@Test func `versions are ordered by age, the drafts of TLS 1.3 behind TLS 1.2`() {
  let codes: [UInt16] = [0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x7f12, 0x7f1c, 0x0304]
  let versions = codes.map { ProtocolVersion($0) }
  #expect(versions.reversed().sorted() == versions)
  #expect(ProtocolVersion.ssl3 < .tls10 && .tls10 < .tls11 && .tls11 < .tls12 && .tls12 < ProtocolVersion.tls13)
}

@Test(
  arguments: [
    // RFC 8446 section 4.2.7, RFC 8422 section 5.1.1, RFC 7919 section 2, RFC 8734; drafts of hybrid groups.
    (1, "sect163k1"), (14, "sect571r1"), (15, "secp160k1"), (16, "secp160r1"), (17, "secp160r2"), (18, "secp192k1"),
    (19, "secp192r1"),
    (20, "secp224k1"), (21, "secp224r1"), (22, "secp256k1"), (23, "secp256r1"), (24, "secp384r1"), (25, "secp521r1"),
    (26, "brainpoolP256r1"), (28, "brainpoolP512r1"), (29, "x25519"), (30, "x448"), (31, "brainpoolP256r1tls13"),
    (33, "brainpoolP512r1tls13"), (41, "curveSM2"), (256, "ffdhe2048"), (257, "ffdhe3072"), (258, "ffdhe4096"),
    (259, "ffdhe6144"),
    (260, "ffdhe8192"), (4587, "SecP256r1MLKEM768"), (4588, "X25519MLKEM768"), (4589, "SecP384r1MLKEM1024"),
    (0x6399, "X25519Kyber768Draft00"), (0xff01, "arbitrary_explicit_prime_curves"),
    (0xff02, "arbitrary_explicit_char2_curves"),
    (0, "0x0000"), (34, "0x0022"), (261, "0x0105"),
  ] as [(UInt16, String)])
func `groups have the registry's names`(code: UInt16, name: String) {
  #expect(NamedGroup(code).name == name)
}

@Test(
  arguments: [
    // RFC 8446 section 4.2.3; before it a hash and an algorithm, RFC 5246 section 7.4.1.4.1.
    (0x0101, "rsa_pkcs1_md5"), (0x0201, "rsa_pkcs1_sha1"), (0x0202, "dsa_sha1"), (0x0203, "ecdsa_sha1"),
    (0x0301, "rsa_pkcs1_sha224"),
    (0x0302, "dsa_sha224"), (0x0303, "ecdsa_sha224"), (0x0401, "rsa_pkcs1_sha256"), (0x0402, "dsa_sha256"),
    (0x0403, "ecdsa_secp256r1_sha256"), (0x0501, "rsa_pkcs1_sha384"), (0x0502, "dsa_sha384"),
    (0x0503, "ecdsa_secp384r1_sha384"),
    (0x0601, "rsa_pkcs1_sha512"), (0x0602, "dsa_sha512"), (0x0603, "ecdsa_secp521r1_sha512"),
    (0x0804, "rsa_pss_rsae_sha256"),
    (0x0805, "rsa_pss_rsae_sha384"), (0x0806, "rsa_pss_rsae_sha512"), (0x0807, "ed25519"), (0x0808, "ed448"),
    (0x0809, "rsa_pss_pss_sha256"), (0x080a, "rsa_pss_pss_sha384"), (0x080b, "rsa_pss_pss_sha512"),
    (0x081a, "ecdsa_brainpoolP256r1tls13_sha256"), (0x081c, "ecdsa_brainpoolP512r1tls13_sha512"), (0x0102, "0x0102"),
    (0xfe00, "0xfe00"),
  ] as [(UInt16, String)])
func `signature schemes have the registry's names`(code: UInt16, name: String) {
  #expect(SignatureScheme(code).name == name)
}

@Test(
  arguments: [
    // RFC 8446 section 6, RFC 5246 section 7.2, RFC 6066 section 9, RFC 7507 section 2, RFC 7301 section 3.2.
    (0, "close_notify"), (10, "unexpected_message"), (20, "bad_record_mac"), (21, "decryption_failed"),
    (22, "record_overflow"),
    (30, "decompression_failure"), (40, "handshake_failure"), (41, "no_certificate"), (42, "bad_certificate"),
    (43, "unsupported_certificate"), (44, "certificate_revoked"), (45, "certificate_expired"),
    (46, "certificate_unknown"),
    (47, "illegal_parameter"), (48, "unknown_ca"), (49, "access_denied"), (50, "decode_error"), (51, "decrypt_error"),
    (60, "export_restriction"), (70, "protocol_version"), (71, "insufficient_security"), (80, "internal_error"),
    (86, "inappropriate_fallback"), (90, "user_canceled"), (100, "no_renegotiation"), (109, "missing_extension"),
    (110, "unsupported_extension"), (111, "certificate_unobtainable"), (112, "unrecognized_name"),
    (113, "bad_certificate_status_response"), (114, "bad_certificate_hash_value"), (115, "unknown_psk_identity"),
    (116, "certificate_required"), (120, "no_application_protocol"), (121, "ech_required"), (1, "alert 1"),
    (255, "alert 255"),
  ] as [(UInt8, String)])
func `alerts have the registry's names`(code: UInt8, name: String) {
  #expect(AlertDescription(code).name == name)
}
