import TLSProtection
import Testing

@Suite struct `Cipher suites` {
  @Test(arguments: [
    (UInt16(0x1301), RecordCipher.aead(.aes128GCM), HashKind.sha256, KeyExchange.tls13),
    (0x1302, .aead(.aes256GCM), .sha384, .tls13),
    (0xc02f, .aead(.aes128GCM), .sha256, .other),
    (0xc030, .aead(.aes256GCM), .sha384, .other),
    (0x009d, .aead(.aes256GCM), .sha384, .rsa),
    (0xcca8, .aead(.chaCha20Poly1305), .sha256, .other),
    (0xc09d, .aead(.aes256CCM), .sha256, .rsa),
    (0xc0ae, .aead(.aes128CCM8), .sha256, .other),
    (0x002f, .cbc(keyLength: 16, mac: .sha1), .sha256, .rsa),
    // What Postfix uses where nobody asks for certificates.
    (0x0034, .cbc(keyLength: 16, mac: .sha1), .sha256, .other),
    (0xc019, .cbc(keyLength: 32, mac: .sha1), .sha256, .other),
    (0x003d, .cbc(keyLength: 32, mac: .sha256), .sha256, .rsa),
    (0xc027, .cbc(keyLength: 16, mac: .sha256), .sha256, .other),
    (0xc028, .cbc(keyLength: 32, mac: .sha384), .sha384, .other),
    (0x0002, .null(mac: .sha1), .sha256, .rsa),
  ])
  func `what a suite is made of`(
    _ code: UInt16, _ cipher: RecordCipher, _ hash: HashKind, _ keyExchange: KeyExchange
  ) throws {
    let suite = try CipherSuite.lookUp(code)
    #expect(suite.code == code && suite.cipher == cipher && suite.hash == hash && suite.keyExchange == keyExchange)
  }

  @Test(arguments: [
    (UInt16(0x0000), UnsupportedSuite.unprotected), (0x0003, .export), (0x0005, .rc4), (0xc011, .rc4),
    (0x000a, .tripleDES), (0xc012, .tripleDES), (0x0009, .des), (0x0007, .idea), (0x0096, .seed), (0x0041, .camellia),
    (0xc076, .camellia), (0xc050, .aria), (0xc100, .gost), (0x00c6, .sm4), (0xc0b4, .integrityOnly),
    (0x00ff, .unknown(0x00ff)), (0x0a0a, .unknown(0x0a0a)),
  ])
  func `what is not supported is named`(_ code: UInt16, _ reason: UnsupportedSuite) {
    #expect(throws: reason) { try CipherSuite.lookUp(code) }
  }

  @Test func `every code has an answer`() {
    var supported = 0
    for code in UInt16.min...UInt16.max {
      do {
        supported += try CipherSuite.lookUp(code).code == code ? 1 : 0
      } catch {
        #expect(!error.name.isEmpty)
      }
    }
    #expect(supported > 140)
    #expect(UnsupportedSuite.unknown(0x00ff).name == "unknown suite 0x00ff")
  }
}
