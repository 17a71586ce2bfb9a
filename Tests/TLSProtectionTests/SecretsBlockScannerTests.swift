import TestSupport
import Testing

@testable import TLSProtection

@Suite struct `Secrets blocks of a pcapng` {
  private static let line = "CLIENT_RANDOM \(String(repeating: "0b", count: 32)) \(String(repeating: "0c", count: 48))"
  private static let other = "CLIENT_RANDOM \(String(repeating: "0d", count: 32)) \(String(repeating: "0c", count: 48))"

  /// A file as it is written by a machine of either byte order.
  private struct File {
    var bytes: [UInt8] = []
    let isBigEndian: Bool

    init(bigEndian: Bool) {
      isBigEndian = bigEndian
      section()
    }

    mutating func section() {
      block(0x0a0d_0d0a, number(0x1a2b_3c4d, 4) + number(1, 2) + number(0, 2) + [UInt8](repeating: 0xff, count: 8))
    }

    mutating func block(_ type: UInt64, _ body: [UInt8]) {
      let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
      let length = number(UInt64(padded.count + 12), 4)
      bytes += number(type, 4) + length + padded + length
    }

    mutating func secrets(_ text: String, type: UInt64 = 0x544c_534b) {
      let octets = Array(text.utf8)
      block(10, number(type, 4) + number(UInt64(octets.count), 4) + octets)
    }

    func number(_ value: UInt64, _ count: Int) -> [UInt8] {
      let octets = RecordSealer.octets(value, count)
      return isBigEndian ? octets : octets.reversed()
    }
  }

  private func scan(_ pieces: [ArraySlice<UInt8>]) -> (KeyLog, SecretsBlockScanner) {
    let log = KeyLog()
    var scanner = SecretsBlockScanner()
    for piece in pieces { scanner.receive(piece.span, into: log) }
    return (log, scanner)
  }

  private func file(bigEndian: Bool) -> [UInt8] {
    var file = File(bigEndian: bigEndian)
    file.block(1, [UInt8](repeating: 0, count: 8))
    file.secrets(Self.line)
    file.block(6, [UInt8](repeating: 10, count: 61))
    file.secrets("wireguard", type: 0x5747_4b4c)
    file.secrets("")
    var second = File(bigEndian: !bigEndian)
    second.secrets("# x\n\(Self.other)\n")
    return file.bytes + second.bytes
  }

  @Test(arguments: [false, true])
  func `key logs are found in either byte order, however the bytes are cut`(_ bigEndian: Bool) {
    let bytes = file(bigEndian: bigEndian)
    for size in Array(1...64) + [bytes.count] {
      let pieces = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
      let (log, scanner) = scan(pieces)
      #expect(log.summary.sessions == 2)
      #expect(scanner.keyLogs == 3 && scanner.otherSecrets == 1 && !scanner.isLost)
    }
  }

  @Test func `other bytes are lost at once`() {
    for bytes in [
      [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0], [UInt8](repeating: 0, count: 20), Array("a line of text".utf8),
    ] {
      #expect(scan([bytes[...]]).1.isLost)
    }
    var file = File(bigEndian: false)
    file.bytes[8] = 0
    #expect(scan([file.bytes[...]]).1.isLost)
  }

  @Test(arguments: [UInt64(0), 4, 8, 11, 0xffff_fff0, 0xffff_ffff])
  func `no length does harm`(_ length: UInt64) {
    var file = File(bigEndian: true)
    file.bytes += file.number(10, 4) + file.number(length, 4) + file.number(0x544c_534b, 4) + file.number(length, 4)
    file.bytes += Array((Self.line + "\n").utf8)
    let (log, scanner) = scan([file.bytes[...]])
    // A block of four gigabytes cannot be told from one that is all there yet.
    #expect(scanner.isLost == (length < 12))
    #expect(log.summary.sessions == 0)
  }

  @Test(arguments: 0..<200)
  func `damage does no harm`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var bytes = file(bigEndian: seed % 2 == 0)
    for _ in 0...(seed % 6) {
      bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
    }
    let (log, scanner) = scan([bytes[...]])
    #expect(log.summary.sessions <= 2)
    #expect(scanner.keyLogs <= 5)
  }
}
