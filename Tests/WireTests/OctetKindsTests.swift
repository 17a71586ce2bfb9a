import TestSupport
import Testing
import Wire

/// Text with line ends, odd ones among them, and now and then an octet that text should not hold.
private func text(seed: UInt64) -> [UInt8] {
  var random = SplitMix64(seed: seed)
  let kinds: [[UInt8]] = [[0x0d, 0x0a], [0x0a], [0x0d], [0x00], [0x80], [0xff], [0x0d, 0x0d, 0x0a]]
  let pieces = Int.random(in: 0...12, using: &random)
  return (0..<pieces).flatMap { _ in
    let line = [UInt8](repeating: 0x61, count: Int.random(in: 0...90, using: &random))
    let kind = Int.random(in: 0..<4, using: &random) > 0 ? 0 : Int.random(in: 0..<kinds.count, using: &random)
    return line + kinds[kind]
  }
}

@Test(arguments: UInt64(0)..<200)
func `octets are told as a plain loop tells them`(seed: UInt64) {
  let bytes = text(seed: seed)
  let kinds = bytes.span.octetKinds
  #expect(kinds.contains(.eightBit) == bytes.contains { $0 >= 0x80 })
  #expect(bytes.span.hasEightBit == bytes.contains { $0 >= 0x80 })
  #expect(kinds.contains(.nul) == bytes.contains(0))
  let isOdd = zip(bytes, bytes.dropFirst()).contains { ($0 == 0x0d) != ($1 == 0x0a) }
  #expect(kinds.contains(.oddLineEnd) == isOdd)
  #expect(bytes.span.count(of: 0x0a) == bytes.count { $0 == 0x0a })
  #expect(bytes.span.lastIndex(of: 0x0a) == bytes.lastIndex(of: 0x0a))
}

// Around the width of a vector, and that of a block.
@Test(arguments: Array(0..<48) + Array(250..<300), [UInt8](arrayLiteral: 0x00, 0x80, 0x0a, 0x0d))
func `one octet is found wherever it stands`(place: Int, octet: UInt8) {
  for count in (place + 1)...(place + 40) {
    var bytes = [UInt8](repeating: 0x61, count: count)
    bytes[place] = octet
    let kinds = bytes.span.octetKinds
    // The first octet may be the LF of a CR before the bytes, the last the CR of an LF behind them.
    let isOdd = octet == 0x0a && place > 0 || octet == 0x0d && place < count - 1
    let expected: OctetKinds = octet == 0 ? .nul : octet == 0x80 ? .eightBit : isOdd ? .oddLineEnd : []
    #expect(kinds.subtracting(.longLine) == expected)
    #expect(bytes.span.count(of: octet) == 1)
    #expect(bytes.span.hasEightBit == (octet == 0x80))
    #expect(bytes.span.lastIndex(of: octet) == place)
  }
}

@Test(arguments: [0, 1, 15, 100, 255, 256, 300])
func `a stretch without a line end is not passed over`(before: Int) {
  let line = [UInt8](repeating: 0x61, count: 60) + [0x0d, 0x0a]
  for length in stride(from: OctetKinds.longestSureStretch + 1, to: 1200, by: 31) {
    let stretch = [UInt8](repeating: 0x61, count: length)
    let bytes = [UInt8](repeating: 0x62, count: before) + [0x0d, 0x0a] + stretch + [0x0d, 0x0a] + line
    #expect(bytes.span.octetKinds == .longLine)
  }
  let short = Array(repeatElement(line, count: 40).joined())
  #expect(short.span.octetKinds == [])
}

@Test(arguments: [0, 1, 254, 255, 256, 4079, 4080, 4081, 9000])
func `counting does not overflow a lane`(count: Int) {
  let bytes = [UInt8](repeating: 0x0a, count: count)
  #expect(bytes.span.count(of: 0x0a) == count)
}
