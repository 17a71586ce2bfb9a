import TestSupport
import Testing
import Wire

@Test(
  arguments: [
    ("plain text: ~!@", "plain text: ~!@"), ("Grüße, 東京, 👍, café", "Grüße, 東京, 👍, café"),
    ("\u{1b}[2J\u{1b}]8;;http://evil\u{7}", #"\x1b[2J\x1b]8;;http://evil\x07"#),
    ("ok\r\n250 forged", #"ok\x0d\x0a250 forged"#), ("a\0b\tc\u{7f}", #"a\x00b\x09c\x7f"#),
    ("\u{9b}31m", #"\u{9b}31m"#), ("a\u{202e}cod.exe\u{2066}", #"a\u{202e}cod.exe\u{2066}"#),
    ("a\u{200b}\u{200d}\u{feff}b", #"a\u{200b}\u{200d}\u{feff}b"#), ("\u{e0041}", #"\u{e0041}"#),
    ("a\u{2028}b\u{2029}c\u{85}", #"a\u{2028}b\u{2029}c\u{85}"#),
    ("\u{3164}\u{ad}\u{fffe}", #"\u{3164}\u{ad}\u{fffe}"#),
    ("e\u{301}", "e\u{301}"), ("\u{301}e", #"\u{301}e"#),
    ("e\u{301}\u{301}\u{301}\u{301}\u{301}", #"e\#u{301}\#u{301}\#u{301}\#u{301}\u{301}"#),
  ])
func `what does not show as itself is escaped`(text: String, visible: String) {
  #expect(Array(String(visible: text).unicodeScalars) == Array(visible.unicodeScalars))
}

@Test(
  arguments: [
    ([0x63, 0xe9], #"c\xe9"#), ([0x9b, 0x33], #"\x9b3"#), ([0xc0, 0x80], #"\xc0\x80"#),  // overlong NUL
    ([0xed, 0xa0, 0x80], #"\xed\xa0\x80"#),  // a surrogate
    ([0xf4, 0x90, 0x80, 0x80], #"\xf4\x90\x80\x80"#), ([0xe2, 0x82], #"\xe2\x82"#), ([0xff], #"\xff"#),
    ([0xe2, 0x1b], #"\xe2\x1b"#), ([0xc2, 0xc2, 0x9b], #"\xc2\u{9b}"#),
  ] as [([UInt8], String)])
func `bytes that are not UTF-8 are escaped one by one`(bytes: [UInt8], visible: String) {
  #expect(String(visible: bytes.span) == visible)
}

/// Reads the escapes back.
private func decoded(_ visible: String) -> [UInt8]? {
  var bytes: [UInt8] = []
  var rest = Substring(visible)
  while let character = rest.unicodeScalars.popFirst() {
    guard character == "\\", let kind = rest.unicodeScalars.first, "\\xu".unicodeScalars.contains(kind) else {
      bytes += Array(String(character).utf8)
      continue
    }
    rest.unicodeScalars.removeFirst()
    switch kind {
    case "x":
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    case "u":
      guard let end = rest.firstIndex(of: "}"), let number = UInt32(rest[..<end].dropFirst(), radix: 16),
        let scalar = Unicode.Scalar(number)
      else { return nil }
      bytes += Array(String(scalar).utf8)
      rest = rest[rest.index(after: end)...]
    default: bytes.append(UInt8(ascii: "\\"))
    }
  }
  return bytes
}

@Test(arguments: [#"DOMAIN\user"#, #"C:\temp"#, #"\x1b"#, #"\\x1b"#, "\\\u{1b}", #"\\"#, "\\", "\\é", "\\\u{202e}"])
func `the bytes can be told from the visible text`(text: String) {
  #expect(decoded(String(visible: text)) == Array(text.utf8))
}

@Test(arguments: UInt64(0)..<200)
func `whatever comes is inert, can be read back, and needs no second pass`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let pieces: [[UInt8]] = [
    [0x5c], [0x78], [0x75], [0x1b, 0x5b], [0x0d, 0x0a], [0xe2, 0x80, 0xae], [0xc2, 0x9b], [0xcc, 0x81], [0x41], [0xed],
  ]
  var bytes: [UInt8] = []
  for _ in 0..<Int.random(in: 0...40, using: &random) {
    bytes +=
      Bool.random(using: &random)
      ? [UInt8.random(in: 0...255, using: &random)] : pieces.randomElement(using: &random) ?? []
  }
  let visible = String(visible: bytes.span)
  #expect(visible.unicodeScalars.allSatisfy { !VisibleText.isHidden($0.value) })
  #expect(decoded(visible) == bytes)
  var again: [UInt8] = []
  VisibleText.append(visible.utf8.span, to: &again, doublesBackslash: false)
  #expect(again == Array(visible.utf8))
  var ascii: [UInt8] = []
  VisibleText.append(bytes.span, to: &ascii, keepsUnicode: false)
  #expect(ascii.allSatisfy { (0x20..<0x7f).contains($0) })
  #expect(decoded(String(decoding: ascii, as: UTF8.self)) == bytes)
}

@Test(arguments: UInt64(0)..<200)
func `code points are decoded as the standard library decodes them`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let leads: [UInt8] = [
    0x41, 0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x9f, 0xa0, 0x8f, 0x90,
  ]
  let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in leads.randomElement(using: &random) ?? 0 }
  var repaired = String.UnicodeScalarView()
  var offset = 0
  while offset < bytes.count {
    let (codePoint, length) = VisibleText.decodeScalar(bytes.span, at: offset)
    repaired.append(codePoint.flatMap { Unicode.Scalar($0) } ?? "\u{fffd}")
    offset += length
  }
  #expect(Array(repaired) == Array(String(decoding: bytes, as: UTF8.self).unicodeScalars))
}

@Test(arguments: [("abc", 3), ("東京", 4), ("e\u{301}", 1), ("👍", 2), ("→✓◐", 3), ("", 0)])
func `text has the width that terminals give it`(text: String, width: Int) {
  #expect(VisibleText.displayWidth(of: text) == width)
}

@Test(
  arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("東京都", 5, "東京…"), ("東京都", 4, "東…"), ("abc", 1, "…"),
    ("abc", 0, ""),
  ])
func `cut text ends in its last column`(text: String, columns: Int, cut: String) {
  #expect(VisibleText.truncated(text, columns: columns) == cut)
}
