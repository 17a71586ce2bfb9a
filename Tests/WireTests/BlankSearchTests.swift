import TestSupport
import Testing
import Wire

/// What RFC 6376 section 3.4.4 may change at a place, told by its words.
private func isUneven(_ index: Int, in bytes: [UInt8]) -> Bool {
  guard bytes[index] == 0x20 else { return bytes[index] == 0x09 }
  return index + 1 == bytes.count || [0x20, 0x09, 0x0d].contains(bytes[index + 1])
}

@Test(arguments: UInt64(0)..<200)
func `blanks that canonicalization changes are found as a plain loop finds them`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let octets: [UInt8] = [0x61, 0x61, 0x61, 0x61, 0x20, 0x21, 0x0d, 0x0a, 0x09, 0x01, 0xa0, 0xff]
  let kinds = Int.random(in: 1...octets.count, using: &random)
  let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
    Int.random(in: 0..<20, using: &random) > 0 ? 0x61 : octets[Int.random(in: 0..<kinds, using: &random)]
  }
  for start in 0...bytes.count {
    let found = bytes.span.firstUnevenBlank(from: start)
    let expected = (start..<bytes.count).first { isUneven($0, in: bytes) } ?? bytes.count
    // More may be told than there is, at a space or behind it.
    #expect(found == expected || found < expected && bytes[start...found].contains(0x20))
  }
}

@Test(arguments: 0..<140, [[0x09, 0x61], [0x20, 0x20], [0x20, 0x09], [0x20, 0x0d], [0x20]] as [[UInt8]])
func `one such blank is found wherever it stands`(place: Int, blank: [UInt8]) {
  let lengths = blank.count == 1 ? [place + 1] : Array(place + blank.count...place + 140)
  for count in lengths {
    var bytes = [UInt8](repeating: 0x61, count: count)
    bytes.replaceSubrange(place..<place + blank.count, with: blank)
    #expect(bytes.span.firstUnevenBlank(from: 0) == place)
  }
}
