import MIMEParts
import TestSupport
import Testing

@Test(
  arguments: [
    ([0x25, 0x50, 0x44, 0x46, 0x2d, 0x31], "application/pdf"),
    ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "image/png"),
    ([0xff, 0xd8, 0xff, 0xe0], "image/jpeg"), (Array("GIF89a".utf8), "image/gif"),
    (
      [0x50, 0x4b, 3, 4] + Array("..............................word/document.xml[Content_Types].xml".utf8),
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    ([0x50, 0x4b, 3, 4, 0, 0], "application/zip"),
    (
      [0x50, 0x4b, 3, 4] + Array("..mimetypeapplication/vnd.oasis.opendocument.text".utf8),
      "application/vnd.oasis.opendocument.text"
    ),
    ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "application/x-ole-storage"),
    (Array("RIFF....WEBP".utf8), "image/webp"), (Array("RIFF....none".utf8), nil),
    (Array("MZ".utf8) + [UInt8](repeating: 0, count: 70), "application/vnd.microsoft.portable-executable"),
    (Array("MZungu is a town".utf8), nil), (Array("BM is not a bitmap".utf8), nil),
    ([UInt8](repeating: 0, count: 257) + Array("ustar".utf8), "application/x-tar"),
    (Array("  <!DOCTYPE HTML>".utf8), "text/html"), (Array("just text".utf8), nil), ([], nil),
    ([0x78, 0x9f, 0x3e, 0x22], "application/ms-tnef"),
  ] as [([UInt8], String?)])
func `what a part's bytes look like`(bytes: [UInt8], type: String?) {
  let read = PartsRead("Content-Type: a/b; name=x\nContent-Transfer-Encoding: base64\n\n" + base64(bytes))
  #expect(read.contents.parts.first?.sniffedType == type)
}

@Test func `hashes`() {
  let part = PartsRead("Content-Type: a/b; name=x\n\nabc").contents.parts.first
  #expect(part?.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  #expect(part?.md5 == "900150983cd24fb0d6963f7d28e17f72")
}

@Test(
  arguments: [
    ("text/plain", "see http://a.example/x?y=1&z=2.", ["http://a.example/x?y=1&z=2"]),
    (
      "text/plain", "<https://a.example>, (http://b.example/(c)) \"ftp://d.example\"",
      [
        "https://a.example", "http://b.example/(c)", "ftp://d.example",
      ]
    ),
    ("text/plain", "http://a.example http://a.example\nhttp://a.example", ["http://a.example"]),
    ("text/plain", "://x http:// http://, a://b c:/d x:y", []),
    ("text/plain", "xn+http://a.example", ["xn+http://a.example"]),
    (
      "text/plain", "(http://a.example/(b)).) [http://c.example/d]] http://[::1]]",
      ["http://a.example/(b)", "http://c.example/d", "http://[::1]]"]
    ),
    (
      "text/html", "<a href=\"http://a.example/?b=1&amp;c=2\">http://d.example&nbsp;x</a>",
      [
        "http://a.example/?b=1&c=2", "http://d.example",
      ]
    ),
    ("text/html", "<a href='http://a.example/&#x41;&#66;'>", ["http://a.example/AB"]),
    ("text/html", "http://a.example/&copy;&#xffffffffff;&", ["http://a.example/&copy;&#xffffffffff;&"]),
    ("application/x", "http://a.example", []),
  ] as [(String, String, [String])])
func `addresses in text`(type: String, text: String, urls: [String]) {
  let message = PartsRead.bytes("Content-Type: \(type)\n\n\(text)\n")
  #expect(PartsRead(message).contents.urls == urls)
  #expect(PartsRead(message, cuts: Array(message.indices)).contents.urls == urls)
  for cut in message.indices { #expect(PartsRead(message, cuts: [cut]).contents.urls == urls) }
}

/// TNEF, written attribute by attribute.
private struct TNEF {
  var bytes: [UInt8] = [0x78, 0x9f, 0x3e, 0x22, 1, 0]

  mutating func add(_ id: UInt32, level: UInt8 = 2, _ value: [UInt8]) {
    bytes += [level] + Self.word(id) + Self.word(UInt32(value.count)) + value
    let sum = value.reduce(UInt16(0)) { $0 &+ UInt16($1) }
    bytes += [UInt8(sum & 255), UInt8(sum >> 8)]
  }

  static func word(_ value: UInt32) -> [UInt8] { [0, 8, 16, 24].map { UInt8(value >> $0 & 255) } }

  static func property(_ id: UInt16, _ type: UInt16, _ value: [UInt8]) -> [UInt8] {
    let padding = [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    return [UInt8(type & 255), UInt8(type >> 8), UInt8(id & 255), UInt8(id >> 8)] + word(1)
      + word(UInt32(value.count)) + value + padding
  }

  static var two: TNEF {
    var tnef = TNEF()
    tnef.add(0x0006_9007, level: 1, word(1252) + word(0))
    tnef.add(0x0006_9002, [UInt8](repeating: 0, count: 14))
    tnef.add(0x0001_8010, Array("A~1.TXT\0".utf8))
    tnef.add(0x0006_800f, Array("hello".utf8))
    let name = "café.txt\0".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    tnef.add(0x0006_9005, word(2) + [0x03, 0, 0x05, 0x37] + word(1) + property(0x3707, 0x1f, name))
    tnef.add(0x0006_9002, [UInt8](repeating: 0, count: 14))
    tnef.add(0x0001_8010, Array("caf".utf8) + [0xe9, 0])
    tnef.add(0x0006_800f, (0...255).map { UInt8($0) })
    return tnef
  }
}

private func tnefMessage(_ bytes: [UInt8]) -> [UInt8] {
  PartsRead.bytes(
    "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n" + base64(bytes))
}

@Test func `attachments within TNEF`() {
  let message = tnefMessage(TNEF.two.bytes)
  let read = PartsRead(message)
  #expect(read.contents.parts.map(\.name) == ["winmail.dat", "café.txt", "café"])
  #expect(read.contents.parts.map(\.path) == ["1", "1.1", "1.2"])
  #expect(Array(read.bodies.dropFirst()) == [Array("hello".utf8), (0...255).map { UInt8($0) }])
  #expect(read.problems == [])
  for cut in stride(from: 0, to: message.count, by: 7) { #expect(PartsRead(message, cuts: [cut]) == read) }
}

@Test func `a message within TNEF is opened in turn`() {
  var outer = TNEF()
  outer.add(0x0006_9002, [UInt8](repeating: 0, count: 14))
  outer.add(0x0006_9005, TNEF.word(1) + TNEF.property(0x3701, 0x0d, [UInt8](repeating: 7, count: 16) + TNEF.two.bytes))
  let read = PartsRead(tnefMessage(outer.bytes))
  #expect(read.contents.parts.map(\.path) == ["1", "1.1", "1.1.1", "1.1.2"])
}

@Test func `an attachment within TNEF may be an empty file`() {
  var tnef = TNEF()
  tnef.add(0x0006_9002, [UInt8](repeating: 0, count: 14))
  tnef.add(0x0001_8010, Array("empty.txt\0".utf8))
  tnef.add(0x0006_800f, [])
  let read = PartsRead(tnefMessage(tnef.bytes))
  #expect(read.contents.parts.map(\.name) == ["winmail.dat", "empty.txt"])
  #expect(read.bodies.last == [] && read.contents.parts.last?.isIncomplete == false)
}

@Test(
  arguments: [
    (932, [0x93, 0xfa], "日"), (936, [0xd6, 0xd0], "中"), (949, [0xc7, 0xd1], "한"), (950, [0xa4, 0xa4], "中"),
    (65001, [0xc3, 0xa9], "é"), (437, [0x82], "é"), (850, [0x82], "é"), (1251, [0xe9], "й"), (20866, [0xca], "й"),
    (21866, [0xa4], "є"), (28591, [0xe9], "é"), (28592, [0xb1], "ą"), (28605, [0xa4], "€"),
    (50220, Array("\u{1b}$BF|\u{1b}(B".utf8), "日"), (50221, Array("\u{1b}$BF|\u{1b}(B".utf8), "日"),
    (51932, [0xc6, 0xfc], "日"), (51949, [0xc7, 0xd1], "한"), (54936, [0xd6, 0xd0], "中"),
  ] as [(UInt32, [UInt8], String)])
func `names within TNEF are in its code page`(page: UInt32, name: [UInt8], text: String) {
  var tnef = TNEF()
  tnef.add(0x0006_9007, level: 1, TNEF.word(page) + TNEF.word(0))
  tnef.add(0x0006_9002, [UInt8](repeating: 0, count: 14))
  tnef.add(0x0001_8010, name + [0])
  tnef.add(0x0006_800f, [1])
  #expect(PartsRead(tnefMessage(tnef.bytes)).contents.parts.last?.name == text)
}

@Test(arguments: [false, true])
func `a message within TNEF that is longer than is kept is listed as far as it is`(isBehindBound: Bool) {
  var limits = MIMELimits()
  limits.tnefAttributeBytes = 132
  var outer = TNEF()
  outer.add(0x0006_9002, [UInt8](repeating: 0, count: 14))
  outer.add(0x0001_8010, Array("FWD.MSG\0".utf8))
  let picture = TNEF.property(0x3709, 0x102, [UInt8](repeating: 1, count: isBehindBound ? 300 : 4))
  let object = TNEF.property(0x3701, 0x0d, [UInt8](repeating: 7, count: 16) + TNEF.two.bytes)
  outer.add(0x0006_9005, TNEF.word(2) + picture + object)
  outer.add(0x0006_9002, [UInt8](repeating: 0, count: 14))
  outer.add(0x0006_800f, [1])
  let read = PartsRead(tnefMessage(outer.bytes), limits: limits)
  let inner = isBehindBound ? [] : ["*1.1.1 A~1.TXT"]
  let parts = read.contents.parts.map { ($0.isIncomplete ? "*" : "") + $0.path + " " + ($0.name ?? "") }
  #expect(parts == ["1 winmail.dat", "*1.1 FWD.MSG"] + inner + ["1.2 "])
  #expect(read.contents.parts.dropFirst().first?.problems == [.attributeTooLong])
}

@Test(arguments: 0..<200)
func `TNEF that was cut or changed never traps`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var bytes = TNEF.two.bytes
  for _ in 0..<4 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
  bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
  #expect(PartsRead(tnefMessage(bytes)).contents.parts.count >= 1)
}

@Test func `TNEF that is none is told`() {
  #expect(PartsRead(tnefMessage(Array("no TNEF".utf8))).problems == [.badTNEF])
  #expect(PartsRead(tnefMessage(Array(TNEF.two.bytes.dropLast(3)))).problems == [.badTNEF])
}

/// Of a character's two bytes either may be a line feed's.
@Test(
  arguments: [("utf-16", true), ("utf-16", false), ("utf-16be", true), ("utf-16le", false)],
  [1, 2, 3, 7, 100_000])
func `text in UTF-16 becomes UTF-8, however it comes`(_ set: (charset: String, isBigEndian: Bool), step: Int) throws {
  let text = "\u{10a} Zeile\r\n\u{0a0a}\u{1f600} und 中文\r\n"
  let bytes = ((set.charset == "utf-16" ? "\u{feff}" : "") + text).utf16.flatMap { unit -> [UInt8] in
    let pair = [UInt8(unit >> 8), UInt8(unit & 255)]
    return set.isBigEndian ? pair : pair.reversed()
  }
  let message = PartsRead.bytes(
    "Content-Type: text/plain; charset=\(set.charset)\nContent-Transfer-Encoding: base64\n\n" + base64(bytes) + "\n")
  let read = PartsRead(message, cuts: Array(stride(from: step, to: message.count, by: step)))
  #expect(read.texts == [text])
  let part = try #require(read.contents.parts.first)
  #expect(part.isConverted && part.byteCount == bytes.count)
}

/// A line of 90 KB in a character set of several bytes a character, and what stands in it.
private let longLines: [(charset: String, bytes: [UInt8], text: String)] = [
  ("shift_jis", [0x93, 0xfa, 0x96, 0x7b, 0x61], "日本a"),
  ("gb18030", [0xd6, 0xd0, 0x81, 0x30, 0x81, 0x31, 0x78], "中\u{81}x"),
  ("big5", [0xa4, 0xa4, 0xa4, 0xe5, 0x2e], "中文."),
  ("euc-kr", [0xc7, 0xd1, 0xb1, 0xdb, 0x2e], "한글."),
  ("iso-2022-jp", [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x1b, 0x28, 0x42, 0x61], "日本a"),
]

@Test(arguments: longLines.indices, [1, 7, 1460, 1_000_000])
func `a long line loses no character, however it comes`(set: Int, step: Int) {
  let (charset, bytes, text) = longLines[set]
  let count = 90_000 / bytes.count
  var message = Array("Content-Type: text/plain; charset=\(charset)\r\n\r\n".utf8)
  for _ in 0..<count { message += bytes }
  let read = PartsRead(message, cuts: Array(stride(from: step, to: message.count, by: step)))
  #expect(read.texts == [String(repeating: text, count: count)])
}

@Test(
  arguments: [
    // A shift that the line's end does not undo, and what is in no character set.
    ("iso-2022-jp", Array("a\u{1b}$BF|\r\nK\\\u{1b}(B\r\nplain\r\n".utf8), "a日\r\n本\r\nplain\r\n"),
    ("gb18030", [0xff, 0x20, 0xd6, 0xd0, 0x0d, 0x0a, 0xd6], "\u{fffd} 中\r\n\u{fffd}"),
    ("utf-16le", [0x00, 0xdc, 0x61, 0x00, 0x3d, 0xd8, 0x62, 0x00, 0x63], "\u{fffd}a\u{fffd}b\u{fffd}"),
  ] as [(String, [UInt8], String)])
func `what cannot be decoded is the same, however it comes`(charset: String, bytes: [UInt8], text: String) {
  let message = Array("Content-Type: text/plain; charset=\(charset)\r\n\r\n".utf8) + bytes
  let whole = PartsRead(message)
  #expect(whole.texts == [text])
  for cut in message.indices { #expect(PartsRead(message, cuts: [cut]) == whole) }
  #expect(PartsRead(message, cuts: Array(message.indices)) == whole)
}

@Test(arguments: [1, 100, 1_000_000])
func `text that is not in its character set keeps its ASCII from the same place on`(step: Int) {
  let line: [UInt8] = [0xff, 0x78, 0xd6, 0xd0, 0x0d, 0x0a]
  var message = Array("Content-Type: text/plain; charset=gb18030\r\n\r\n".utf8)
  for _ in 0..<1100 { message += line }
  let read = PartsRead(message, cuts: Array(stride(from: step, to: message.count, by: step)))
  let decoded = String(repeating: "\u{fffd}x中\r\n", count: 999) + "\u{fffd}x\u{fffd}\u{fffd}\r\n"
  #expect(read.texts == [decoded + String(repeating: "\u{fffd}x\u{fffd}\u{fffd}\r\n", count: 100)])
}

@Test func `a comment is no part of a character set's name`() {
  let read = PartsRead(Array("Content-Type: text/plain; charset=iso-8859-1 (Plain text)\r\n\r\n".utf8) + [0xe9])
  #expect(read.contents.parts.map(\.charset) == ["iso-8859-1"] && read.texts == ["é"])
}
