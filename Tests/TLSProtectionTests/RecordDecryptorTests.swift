import TestSupport
import Testing

@testable import TLSProtection

/// One way to protect records, with both its ends.
struct Protection: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let make: @Sendable () throws -> (RecordSealer, RecordDecryptor)

  static let all: [Protection] =
    [UInt16(0x1301), 0x1302, 0x1303, 0x1304, 0x1305].map(tls13)
    + [UInt16(0xc02f), 0xc030, 0xcca8, 0xc09c, 0xc0a1].map { upToTLS12($0, .tls12) }
    + [false, true].flatMap { encryptThenMAC in
      [UInt16(0x002f), 0x0035].flatMap { code in
        [TLSVersion.tls10, .tls11, .tls12].map { upToTLS12(code, $0, encryptThenMAC: encryptThenMAC) }
      } + [UInt16(0xc027), 0xc028].map { upToTLS12($0, .tls12, encryptThenMAC: encryptThenMAC) }
    } + [UInt16(0x0001), 0x0002, 0x003b, 0x00b1].map { upToTLS12($0, .tls12) }

  static func tls13(_ code: UInt16) -> Protection {
    Protection(testDescription: "TLS 1.3, suite 0x" + String(code, radix: 16)) {
      let suite = try CipherSuite.lookUp(code)
      let secret = [UInt8](repeating: 0x5a, count: suite.hash.length)
      return (
        RecordSealer.tls13(suite, secret: secret),
        try RecordDecryptor(tls13: suite, trafficSecret: Secret(secret))
      )
    }
  }

  static func upToTLS12(_ code: UInt16, _ version: TLSVersion, encryptThenMAC: Bool = false) -> Protection {
    let order = encryptThenMAC ? ", encrypt-then-MAC" : ""
    return Protection(testDescription: "\(version), suite 0x" + String(code, radix: 16) + order) {
      let suite = try CipherSuite.lookUp(code)
      let mac = [UInt8](repeating: 0x11, count: 48)
      let key: [UInt8]
      let kind: RecordSealer.Kind
      switch suite.cipher {
      case .aead(let cipher):
        key = [UInt8](repeating: 0x22, count: cipher.keyLength)
        let iv = [UInt8](repeating: 0x33, count: cipher == .chaCha20Poly1305 ? 12 : 4)
        kind = .aead(cipher, key: key, iv: iv, nonceOffset: 0xffff_ffff_ffff_fffe)
      case .cbc(let keyLength, let hash):
        key = [UInt8](repeating: 0x22, count: keyLength)
        kind = .cbc(
          mac: hash, macKey: mac, key: key, iv: [UInt8](repeating: 0x33, count: 16), version: version,
          encryptThenMAC: encryptThenMAC)
      case .null(let hash):
        key = []
        kind = .null(mac: hash, macKey: mac)
      }
      let iv = [UInt8](repeating: 0x33, count: 16)
      let ivLength = suite.cipher == .aead(.chaCha20Poly1305) ? 12 : 16
      let keys = SideKeys(mac: Secret(mac), key: Secret(key), iv: Array(iv.prefix(ivLength)))
      return (
        RecordSealer(kind: kind),
        RecordDecryptor(version: version, cipher: suite.cipher, keys: keys, encryptThenMAC: encryptThenMAC)
      )
    }
  }

  static let header = RecordHeader(contentType: 23, version: 0x0303)
}

@Suite struct `Record decryptor` {
  @Test(arguments: Protection.all)
  func `content of any length opens, and padding goes`(_ protection: Protection) throws {
    var (sealer, decryptor) = try protection.make()
    var plaintext: [UInt8] = []
    for length in [0, 1, 11, 12, 15, 16, 17, 100, 16_383, 16_384] {
      for padding in [0, 1, 14] {
        let content = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        sealer.padding = padding
        let fragment = sealer.seal(content)
        #expect(try decryptor.open(Protection.header, fragment, into: &plaintext) == 23)
        #expect(plaintext == content)
      }
    }
  }

  @Test(arguments: Protection.all)
  func `a record with any bit changed is refused, and changes nothing`(_ protection: Protection) throws {
    var (sealer, decryptor) = try protection.make()
    var plaintext: [UInt8] = []
    _ = try decryptor.open(Protection.header, sealer.seal(Array("MAIL".utf8)), into: &plaintext)
    let content = Array("RCPT TO:<ann@kestrel.example>".utf8)
    sealer.padding = 1
    let fragment = sealer.seal(content)
    for bit in 0..<(fragment.count * 8) {
      var damaged = fragment
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: RecordFailure.notAuthentic, "bit \(bit)") {
        try decryptor.open(Protection.header, damaged, into: &plaintext)
      }
      #expect(plaintext.isEmpty)
    }
    for header in [RecordHeader(contentType: 23, version: 0x0301), RecordHeader(contentType: 22, version: 0x0303)] {
      #expect(throws: RecordFailure.self) { try decryptor.open(header, fragment, into: &plaintext) }
    }
    #expect(try decryptor.open(Protection.header, fragment, into: &plaintext) == 23)
    #expect(plaintext == content)
  }

  @Test(arguments: Protection.all)
  func `a record opens once, and only in its place`(_ protection: Protection) throws {
    var (sealer, decryptor) = try protection.make()
    var plaintext: [UInt8] = []
    let first = sealer.seal([1])
    let second = sealer.seal([2])
    #expect(throws: RecordFailure.notAuthentic) {
      try decryptor.open(Protection.header, second, into: &plaintext)
    }
    _ = try decryptor.open(Protection.header, first, into: &plaintext)
    #expect(throws: RecordFailure.notAuthentic) {
      try decryptor.open(Protection.header, first, into: &plaintext)
    }
    _ = try decryptor.open(Protection.header, second, into: &plaintext)
    #expect(plaintext == [2])
  }

  @Test(arguments: Protection.all, [UInt64(1), 2])
  func `any bytes of any length are refused`(_ protection: Protection, _ seed: UInt64) throws {
    var (_, decryptor) = try protection.make()
    var random = SplitMix64(seed: seed)
    var plaintext: [UInt8] = []
    let lengths = Array(0...100) + [16_384, 16_640, 16_641, 18_432, 18_433, 65_535, 100_000]
    for length in lengths {
      let fragment = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(throws: RecordFailure.self) {
        try decryptor.open(Protection.header, fragment, into: &plaintext)
      }
      #expect(throws: RecordFailure.self) {
        try decryptor.resynchronize(Protection.header, fragment, afterLosing: 100, into: &plaintext)
      }
      decryptor.pass(over: fragment)
      #expect(plaintext.isEmpty)
    }
  }

  @Test(arguments: Protection.all)
  func `a record that went by unopened is counted`(_ protection: Protection) throws {
    var (sealer, decryptor) = try protection.make()
    var plaintext: [UInt8] = []
    decryptor.pass(over: sealer.seal(Array("damaged".utf8)))
    do {
      _ = try decryptor.open(Protection.header, sealer.seal([3]), into: &plaintext)
      #expect(plaintext == [3])
    } catch {
      #expect(error == .firstBlockLost)
    }
    _ = try decryptor.open(Protection.header, sealer.seal([4]), into: &plaintext)
    #expect(plaintext == [4])
  }

  @Test func `records longer than any may be are refused`() throws {
    var plaintext: [UInt8] = []
    for protection in [Protection.tls13(0x1301), .upToTLS12(0xc02f, .tls12), .upToTLS12(0x002f, .tls12)] {
      var (sealer, decryptor) = try protection.make()
      let long = sealer.seal([UInt8](repeating: 0, count: 16_385))
      #expect(throws: RecordFailure.contentTooLong) {
        try decryptor.open(Protection.header, long, into: &plaintext)
      }
      #expect(plaintext.isEmpty)
      let longer = sealer.seal([UInt8](repeating: 0, count: 20_000))
      #expect(throws: RecordFailure.tooLong) {
        try decryptor.open(Protection.header, longer, into: &plaintext)
      }
    }
  }

  @Test func `TLS 1.3 wants a content type inside and out`() throws {
    var (sealer, decryptor) = try Protection.tls13(0x1301).make()
    var plaintext: [UInt8] = []
    let alert = sealer.seal([1, 0], contentType: 21)
    #expect(throws: RecordFailure.notProtected) {
      try decryptor.open(RecordHeader(contentType: 21, version: 0x0303), alert, into: &plaintext)
    }
    #expect(try decryptor.open(Protection.header, alert, into: &plaintext) == 21)
    let padding = sealer.seal([0, 0, 0], contentType: 0)
    #expect(throws: RecordFailure.noContentType) {
      try decryptor.open(Protection.header, padding, into: &plaintext)
    }
    #expect(plaintext.isEmpty)
  }

  @Test func `a KeyUpdate changes the keys and starts the numbers anew`() throws {
    let suite = try CipherSuite.lookUp(0x1302)
    var secret = Secret([UInt8](repeating: 9, count: 48))
    var decryptor = try RecordDecryptor(tls13: suite, trafficSecret: secret)
    var plaintext: [UInt8] = []
    for generation in 0..<3 {
      var sealer = RecordSealer.tls13(suite, secret: secret.exposed())
      for index in 0..<2 {
        let content = [UInt8(generation), UInt8(index)]
        #expect(try decryptor.open(Protection.header, sealer.seal(content), into: &plaintext) == 23)
        #expect(plaintext == content)
      }
      secret = TrafficKeys.next(secret, suite)
      decryptor.nextGeneration()
    }
  }

  @Test func `padding that is not what it says is refused although the MAC is right`() throws {
    // What encrypts is a sender that knows the keys: content, MAC, then padding of which one octet is another.
    let key = [UInt8](repeating: 0x22, count: 16)
    let macKey = [UInt8](repeating: 0x11, count: 20)
    let keys = SideKeys(mac: Secret(macKey), key: Secret(key), iv: [])
    let content = Array("DATA\r\n".utf8)
    let code = RecordSealer.code(
      RecordSealer.octets(0, 8) + [23, 3, 3, 0, UInt8(content.count)] + content, .sha1, macKey)
    var decryptor = RecordDecryptor(
      version: .tls12, cipher: .cbc(keyLength: 16, mac: .sha1), keys: keys, encryptThenMAC: false)
    var plaintext: [UInt8] = []
    let iv = [UInt8](repeating: 1, count: 16)
    func fragment(_ padding: [UInt8]) -> [UInt8] { iv + RecordSealer.cbc(content + code + padding, key, iv) }
    let wrong: [[UInt8]] = [
      [4, 5, 5, 5, 5, 5], [5, 5, 5, 5, 4, 5], [5, 5, 5, 5, 5, 4], [5, 5, 5, 5, 5, 6], [5, 5, 5, 5, 5, 255],
      [5, 5, 5, 5, 5, 31], [0, 0, 0, 0, 0, 0],
    ]
    for padding in wrong {
      #expect(throws: RecordFailure.notAuthentic) {
        try decryptor.open(Protection.header, fragment(padding), into: &plaintext)
      }
    }
    let right = [UInt8](repeating: 5, count: 6)
    #expect(try decryptor.open(Protection.header, fragment(right), into: &plaintext) == 23)
    #expect(plaintext == content)
  }

  @Test func `a decryptor shows no keys`() throws {
    for protection in Protection.all {
      let (_, decryptor) = try protection.make()
      #expect("\(decryptor)" == "decryptor at record 0")
      var dumped = ""
      dump(decryptor, to: &dumped)
      #expect(!dumped.contains("SymmetricKey") && dumped.count < 100)
    }
  }
}
