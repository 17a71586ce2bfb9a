import Crypto
import TLSProtection
import Testing
import Wire

@testable import TLSProtection

@Suite struct `Key schedules` {
  /// The vectors that were sent to the TLS working group's list, which other implementations check as well.
  @Test(arguments: [
    (
      HashKind.sha256, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
      """
      e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17
      abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66
      """
    ),
    (
      HashKind.sha384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
      """
      7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700
      884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a2
      6066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f
      """
    ),
  ])
  func `PRF of TLS 1.2`(_ hash: HashKind, _ secret: String, _ seed: String, _ output: String) {
    let expected = hex(output)
    let secret = Secret(hex(secret))
    let found = PseudorandomFunction.sha2(hash).output(
      secret, label: "test label", seed: hex(seed), count: expected.count)
    #expect(found == expected)
  }

  @Test func `PRF of TLS 1.0`() {
    let expected = hex(
      """
      d3d4d1e349b5d515044666d51de32bab258cb521b6b053463e354832fd976754443bcf9a296519bc289abcbc1187e4ebd31e602353776c40
      8aafb74cbc85eff69255f9788faa184cbb957a9819d84a5d7eb006eb459d3ae8de9810454b8b2d8f1afbc655a8c9a013
      """)
    let secret = Secret([UInt8](repeating: 0xab, count: 48))
    let found = PseudorandomFunction.md5AndSHA1.output(
      secret, label: "PRF Testvector", seed: [UInt8](repeating: 0xcd, count: 64), count: expected.count)
    #expect(found == expected)
  }

  @Test func `the halves of an odd secret share an octet`() {
    // RFC 2246 section 5: of five octets, the first three and the last three.
    let secret = Secret([1, 2, 3, 4, 5])
    let seed: [UInt8] = [9]
    let found = PseudorandomFunction.md5AndSHA1.output(secret, label: "x", seed: seed, count: 16)
    let labelled = Array("x".utf8) + seed
    let first = expansion(labelled, .md5, [1, 2, 3])
    let second = expansion(labelled, .sha1, [3, 4, 5])
    #expect(found == zip(first, second).map { $0 ^ $1 })
  }

  private func expansion(_ seed: [UInt8], _ hash: HashKind, _ key: [UInt8]) -> [UInt8] {
    RecordSealer.code(RecordSealer.code(seed, hash, key) + seed, hash, key)
  }

  /// RFC 8448's keys; its section 3 also derives secrets with contexts.
  @Test(arguments: RFC8448Traces.all)
  func `traffic keys of RFC 8448`(_ trace: Vector) throws {
    let suite = try CipherSuite.lookUp(0x1301)
    var checked = 0
    for epoch in RFC8448Tests.epochs where !trace[epoch + "-secret"].isEmpty {
      let secret = trace.secret(epoch + "-secret")
      if !trace[epoch + "-key"].isEmpty {
        #expect(TrafficKeys.key(secret, suite, .aes128GCM).exposed() == trace[epoch + "-key"])
        checked += 1
      }
      if !trace[epoch + "-iv"].isEmpty {
        #expect(TrafficKeys.iv(secret, suite).exposed() == trace[epoch + "-iv"])
        checked += 1
      }
    }
    #expect(checked >= 4)
  }

  @Test func `labels and contexts of RFC 8448`() {
    // Section 3: from the handshake secret and the hash of both Hellos.
    let handshake = hex("1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac")
    let hash = hex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8")
    let found = TrafficKeys.expand(
      SymmetricKey(data: handshake), .sha256, label: Array("c hs traffic".utf8), context: hash, length: 32)
    #expect(
      Secret(key: found).exposed() == hex("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"))
  }

  @Test func `the next generation is as long as the hash`() throws {
    for (code, length) in [(UInt16(0x1301), 32), (0x1302, 48), (0x1303, 32)] {
      let suite = try CipherSuite.lookUp(code)
      let secret = Secret([UInt8](repeating: 7, count: length))
      let next = TrafficKeys.next(secret, suite)
      #expect(next.count == length)
      #expect(next != secret)
      // RFC 8446 sections 7.1 and 7.2, written out.
      let info = [0, UInt8(length), 17] + Array("tls13 traffic upd".utf8) + [0]
      let hash: HashKind = length == 48 ? .sha384 : .sha256
      #expect(next.exposed() == RecordSealer.code(info + [1], hash, [UInt8](repeating: 7, count: length)))
    }
  }

  @Test func `a secret of another length or version makes no keys`() throws {
    let tls13 = try CipherSuite.lookUp(0x1302)
    let tls12 = try CipherSuite.lookUp(0xc02f)
    let short = Secret([UInt8](repeating: 1, count: 32))
    #expect(throws: ProtectionFailure.secretLength(32)) { try RecordDecryptor(tls13: tls13, trafficSecret: short) }
    #expect(throws: ProtectionFailure.suiteOfOtherVersion) { try RecordDecryptor(tls13: tls12, trafficSecret: short) }
    let random = try #require(HandshakeRandom([UInt8](repeating: 2, count: 32)))
    for (version, suite) in [(TLSVersion.tls12, tls13), (.tls13, tls12), (.tls11, tls12)] {
      #expect(throws: ProtectionFailure.suiteOfOtherVersion) {
        try ConnectionKeys(
          version: version, suite: suite, master: short, clientRandom: random, serverRandom: random,
          encryptThenMAC: false)
      }
    }
  }
}
