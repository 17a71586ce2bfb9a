import Testing
import TestSupport
import Wire

@Test(
  arguments: [
    ("2001:db8:0:0:0:0:0:1", 0x2001_0db8_0000_0000, 1, "2001:db8::1"),
    ("one zero group stays", 0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1"),
    ("first of equal runs", 0x2001_0000_0000_0001, 0x0001_0000_0000_0001, "2001::1:1:0:0:1"),
    ("all zero", 0, 0, "::"), ("loopback", 0, 1, "::1"), ("mapped", 0, 0xffff_c000_0207, "::ffff:192.0.2.7"),
  ] as [(String, UInt64, UInt64, String)])
func `IPv6 text is the one of RFC 5952`(_ name: String, high: UInt64, low: UInt64, text: String) {
  #expect(IPAddress(ipv6High: high, low: low).description == text)
}

@Test func `an endpoint reads as address and port`() {
  #expect(Endpoint(address: IPAddress(ipv4: 0xc000_0207), port: 25).description == "192.0.2.7:25")
  #expect(Endpoint(address: IPAddress(ipv6High: 0, low: 1), port: 25).description == "[::1]:25")
}

@Test(arguments: UInt64(0)..<128)
func `the checksum is that of a plain loop`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  // High octets carry most often.
  let lowest: UInt8 = seed % 3 == 0 ? 0xf0 : 0
  let count = Int.random(in: 0...(seed % 2 == 0 ? 70 : 1500), using: &random)
  let bytes = (0..<count).map { _ in UInt8.random(in: lowest...255, using: &random) }
  var sum: UInt64 = 0
  for offset in stride(from: 0, to: bytes.count, by: 2) {
    sum += UInt64(bytes[offset]) << 8 | (offset + 1 < bytes.count ? UInt64(bytes[offset + 1]) : 0)
  }
  #expect(foldedChecksum(bytes.span.internetChecksumSum) == foldedChecksum(sum))
}

@Test(arguments: Array(stride(from: 0, through: 60, by: 4)))
func `the checksum of a header is the same in both ways`(count: Int) {
  var random = SplitMix64(seed: UInt64(count))
  for lowest in [0, 0xf0, 0xff] as [UInt8] {
    let bytes = (0..<count).map { _ in UInt8.random(in: lowest...255, using: &random) }
    #expect(bytes.span.headerChecksumSum == bytes.span.internetChecksumSum)
  }
}

@Test(arguments: UInt64(0)..<200)
func `a byte behind a small one is found as a plain loop finds it`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  // Lengths around that of a vector and of a block, and hits from everywhere to nowhere.
  let count = Int.random(in: 0...(seed % 2 == 0 ? 70 : 1000), using: &random)
  let rare = [4, 40, 400, 4000][Int(seed / 2 % 4)]
  let bytes = (0..<count).map { _ -> UInt8 in
    switch Int.random(in: 0..<rare, using: &random) {
    case 0: 0x2e
    case 1: [0x00, 0x0a, 0x0d, 0x0e].randomElement(using: &random) ?? 0
    default: [0x2e, 0x61, 0xff].randomElement(using: &random) ?? 0
    }
  }
  for start in -1...(count + 1) {
    let places = start < 0 ? 0..<0 : min(start + 1, count)..<count
    let plain = places.first { bytes[$0] == 0x2e && bytes[$0 - 1] <= 0x0d }
    #expect(bytes.span.firstIndex(of: 0x2e, behindAtMost: 0x0d, from: start) == plain)
  }
}

@Test(arguments: [(2, 0, 1), (2, 2, 3), (2, 4, nil), (9, 0, nil), (1, -1, nil)] as [(UInt8, Int, Int?)])
func `searching stays inside the span`(byte: UInt8, start: Int, found: Int?) {
  let bytes: [UInt8] = [1, 2, 3, 2]
  let index = bytes.span.firstIndex(of: byte, from: start)
  #expect(index == found)
}

@Test(arguments: [("220 mx", 0, true), ("22", 0, false), ("x220 ", 1, true), ("220 ", 1, false), ("220 ", 9, false)])
func `a prefix is compared within bounds`(text: String, start: Int, matches: Bool) {
  let bytes = Array(text.utf8)
  let found = bytes.span.hasBytes("220 ", at: start)
  #expect(found == matches)
}

@Test(arguments: UInt64(0)..<64)
func `plain text ends where a plain loop finds it`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let kinds: [ClosedRange<UInt8>] = [0x20...0x7e, 0x20...0x7e, 0x1f...0x23, 0x5b...0x5d, 0x7e...0x80, 0...255]
  for _ in 0..<200 {
    let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
    let plain = Int.random(in: 0...30, using: &random)
    let bytes =
      [UInt8](repeating: 0x61, count: plain)
      + (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: kind, using: &random) }
    let start = Int.random(in: 0...bytes.count, using: &random)
    let expected =
      bytes[start...].firstIndex { $0 < 0x20 || $0 > 0x7e || $0 == 0x22 || $0 == 0x5c } ?? bytes.count
    let found = bytes.span.endOfPlainText(from: start)
    #expect(found == expected)
  }
}

@Test(
  arguments: [
    (0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (0x2001_0db8_0000_0000, 0, "2001:db8::"), (0, 0x0000_0000_0001_0000, "::1:0"),
    (0x0001_0000_0000_0000, 0x0001_0000_0000_0000, "1::1:0:0:0"), (0x0010_0a00_00bc_0000, 0x1, "10:a00:bc::1"),
  ] as [(UInt64, UInt64, String)])
func `IPv6 groups lose their zeros`(high: UInt64, low: UInt64, text: String) {
  #expect(IPAddress(ipv6High: high, low: low).description == text)
}

@Test(arguments: [(0, "0.0.0.0"), (0xffff_ffff, "255.255.255.255"), (0x0a64_0901, "10.100.9.1")] as [(UInt32, String)])
func `IPv4 text is dotted decimal`(address: UInt32, text: String) {
  #expect(IPAddress(ipv4: address).description == text)
}

@Test func `writing replaces the bytes that stand there`() {
  var bytes = [UInt8](repeating: 0x2e, count: 9)
  var room = bytes.mutableSpan
  room.write("ab", "", "cd", at: 1)
  let more: [UInt8] = [0x65, 0x66]
  room.write(more.span, at: 7)
  #expect(String(decoding: bytes, as: UTF8.self) == ".abcd..ef")
}

@Test(arguments: [(-1, 0), (3, 2), (5, 0), (.max, 1)] as [(Int, Int)])
func `writing outside the bytes stops the process`(offset: Int, length: Int) async {
  let (offset, length) = (offset, length)
  await #expect(processExitsWith: .failure) { [offset, length] in
    var bytes = [UInt8](repeating: 0, count: 4)
    let source = [UInt8](repeating: 1, count: length)
    var room = bytes.mutableSpan
    room.write(source.span, at: offset)
  }
}
