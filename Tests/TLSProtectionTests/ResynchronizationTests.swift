import Testing

@testable import TLSProtection

@Suite struct `Finding the place again behind a gap` {
  private static let header = Protection.header
  private static let all = Protection.all.filter { !$0.testDescription.hasPrefix("tls10") }

  @Test(arguments: all, [1, 2, 40])
  func `the record behind the gap opens, and those behind it`(_ protection: Protection, _ lost: Int) throws {
    var (sealer, decryptor) = try protection.make()
    var plaintext: [UInt8] = []
    _ = try decryptor.open(Self.header, sealer.seal([0]), into: &plaintext)
    var bytes = 0
    for _ in 0..<lost { bytes += 5 + sealer.seal(Array("250 2.1.5 Ok\r\n".utf8)).count }
    let found = try decryptor.resynchronize(Self.header, sealer.seal([1]), afterLosing: bytes, into: &plaintext)
    #expect(found == Resynchronization(contentType: 23, skippedRecords: lost, keysUpdated: false))
    #expect(plaintext == [1])
    _ = try decryptor.open(Self.header, sealer.seal([2]), into: &plaintext)
    #expect(plaintext == [2])
  }

  @Test(arguments: all)
  func `no more records are thought lost than the bytes can have held`(_ protection: Protection) throws {
    var (sealer, decryptor) = try protection.make()
    var plaintext: [UInt8] = []
    var bytes = 0
    // The smallest records there are, each of them once too many.
    let empty = 5 + sealer.seal([]).count
    sealer.number = 0
    for _ in 0..<5 {
      _ = sealer.seal([])
      bytes += empty
    }
    let fragment = sealer.seal([1])
    var fewer = decryptor
    #expect(throws: RecordFailure.notAuthentic) {
      try fewer.resynchronize(Self.header, fragment, afterLosing: bytes - 1, into: &plaintext)
    }
    #expect(
      try decryptor.resynchronize(Self.header, fragment, afterLosing: bytes, into: &plaintext).skippedRecords == 5)
  }

  @Test(arguments: all)
  func `where nothing was lost the next record is the next`(_ protection: Protection) throws {
    var (sealer, decryptor) = try protection.make()
    var plaintext: [UInt8] = []
    let fragment = sealer.seal([1])
    let found = try decryptor.resynchronize(Self.header, fragment, afterLosing: 0, into: &plaintext)
    #expect(found.skippedRecords == 0)
  }

  @Test(arguments: all)
  func `damaged, it is refused, and the one behind it is found`(_ protection: Protection) throws {
    var (sealer, decryptor) = try protection.make()
    var plaintext: [UInt8] = []
    _ = sealer.seal([0])
    var fragment = sealer.seal(Array("354 go on\r\n".utf8))
    fragment[fragment.count - 1] ^= 1
    #expect(throws: RecordFailure.notAuthentic) {
      try decryptor.resynchronize(Self.header, fragment, afterLosing: 100, into: &plaintext)
    }
    #expect(plaintext.isEmpty)
    let next = sealer.seal([2])
    let bytes = 100 + 5 + fragment.count
    #expect(
      try decryptor.resynchronize(Self.header, next, afterLosing: bytes, into: &plaintext).skippedRecords == 2)
  }

  @Test func `in TLS 1.0 the second record behind the gap is the first that opens`() throws {
    var (sealer, decryptor) = try Protection.upToTLS12(0x002f, .tls10).make()
    var plaintext: [UInt8] = []
    _ = try decryptor.open(Self.header, sealer.seal([0]), into: &plaintext)
    let lost = sealer.seal(Array("lost".utf8))
    let first = sealer.seal(Array("DATA\r\n".utf8))
    #expect(throws: RecordFailure.notAuthentic) {
      try decryptor.resynchronize(Self.header, first, afterLosing: 5 + lost.count, into: &plaintext)
    }
    let second = sealer.seal(Array("QUIT\r\n".utf8))
    let bytes = 10 + lost.count + first.count
    let found = try decryptor.resynchronize(Self.header, second, afterLosing: bytes, into: &plaintext)
    #expect(found.skippedRecords == 2)
    #expect(plaintext == Array("QUIT\r\n".utf8))
    _ = try decryptor.open(Self.header, sealer.seal([9]), into: &plaintext)
  }

  @Test func `in TLS 1.0 with encrypt-then-MAC a record without the one before it is counted, not used`() throws {
    var (sealer, decryptor) = try Protection.upToTLS12(0x002f, .tls10, encryptThenMAC: true).make()
    var plaintext: [UInt8] = []
    _ = try decryptor.open(Self.header, sealer.seal([0]), into: &plaintext)
    let lost = sealer.seal(Array("lost".utf8))
    let first = sealer.seal(Array("DATA\r\n".utf8))
    #expect(throws: RecordFailure.firstBlockLost) {
      try decryptor.resynchronize(Self.header, first, afterLosing: 5 + lost.count, into: &plaintext)
    }
    #expect(plaintext.isEmpty)
    _ = try decryptor.open(Self.header, sealer.seal([1]), into: &plaintext)
    #expect(plaintext == [1])
    // Damaged in its last block, on which the next one's first hangs.
    var damaged = sealer.seal([2])
    damaged[15] ^= 1
    decryptor.pass(over: damaged)
    #expect(throws: RecordFailure.firstBlockLost) {
      try decryptor.open(Self.header, sealer.seal([3]), into: &plaintext)
    }
    #expect(plaintext.isEmpty)
    _ = try decryptor.open(Self.header, sealer.seal([4]), into: &plaintext)
    #expect(plaintext == [4])
  }

  @Test func `a KeyUpdate may be among what was lost`() throws {
    let suite = try CipherSuite.lookUp(0x1301)
    let secret = Secret([UInt8](repeating: 4, count: 32))
    var decryptor = try RecordDecryptor(tls13: suite, trafficSecret: secret)
    var sealer = RecordSealer.tls13(suite, secret: secret.exposed())
    var plaintext: [UInt8] = []
    _ = try decryptor.open(Self.header, sealer.seal([0]), into: &plaintext)
    var bytes = 5 + sealer.seal([24, 0, 0, 1, 0], contentType: 22).count
    sealer = RecordSealer.tls13(suite, secret: TrafficKeys.next(secret, suite).exposed())
    for _ in 0..<3 { bytes += 5 + sealer.seal([1]).count }
    let fragment = sealer.seal([2])
    let found = try decryptor.resynchronize(Self.header, fragment, afterLosing: bytes, into: &plaintext)
    #expect(found == Resynchronization(contentType: 23, skippedRecords: 3, keysUpdated: true))
    _ = try decryptor.open(Self.header, sealer.seal([3]), into: &plaintext)
    #expect(plaintext == [3])
  }

  @Test func `explicit nonces that go on counting tell the place at once`() throws {
    var (sealer, decryptor) = try Protection.upToTLS12(0xc02f, .tls12).make()
    var plaintext: [UInt8] = []
    _ = try decryptor.open(Self.header, sealer.seal([0]), into: &plaintext)
    sealer.number = 60_000
    let fragment = sealer.seal([1])
    let found = try decryptor.resynchronize(Self.header, fragment, afterLosing: 1 << 30, into: &plaintext)
    #expect(found.skippedRecords == 59_999)
  }

  @Test func `searching comes to an end, and what opens lets it go on`() throws {
    var (sealer, decryptor) = try Protection.upToTLS12(0xcca8, .tls12).make()
    var plaintext: [UInt8] = []
    let strange = [UInt8](repeating: 1, count: 16_000)
    let search = RecordDecryptor.firstSearchBudget / (strange.count + RecordDecryptor.costOfATrial)
    #expect(throws: RecordFailure.notAuthentic) {
      try decryptor.resynchronize(Self.header, strange, afterLosing: .max, into: &plaintext)
    }
    for bytes in [Int.max, 100, 0, .min] {
      #expect(throws: RecordFailure.searchedEnough) {
        try decryptor.resynchronize(Self.header, strange, afterLosing: bytes, into: &plaintext)
      }
    }
    // What needs no search goes on.
    #expect(try decryptor.open(Self.header, sealer.seal(strange), into: &plaintext) == 23)
    sealer.number += 10
    #expect(
      try decryptor.resynchronize(Self.header, sealer.seal(strange), afterLosing: .max, into: &plaintext)
        .skippedRecords == 10)
    #expect(search > 40)
  }

  @Test func `no more numbers are tried than the budget allows`() throws {
    let strange = [UInt8](repeating: 1, count: 16_000)
    let most = RecordDecryptor.firstSearchBudget / (strange.count + RecordDecryptor.costOfATrial)
    for (lost, isFound) in [(most - 1, true), (most, false)] {
      var (sealer, decryptor) = try Protection.tls13(0x1301).make()
      var plaintext: [UInt8] = []
      sealer.number = UInt64(lost)
      let fragment = sealer.seal([UInt8](repeating: 1, count: 16_000 - 17))
      #expect(fragment.count == strange.count)
      let found = try? decryptor.resynchronize(Self.header, fragment, afterLosing: .max, into: &plaintext)
      #expect((found != nil) == isFound)
    }
  }
}
