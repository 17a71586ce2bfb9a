import MIMEParts
import TestSupport
import Testing

/// A message that is one part in this encoding.
private func part(_ encoding: String, _ body: String) -> PartsRead {
  PartsRead("Content-Type: application/octet-stream\nContent-Transfer-Encoding: \(encoding)\n\n\(body)")
}

@Test(
  arguments: [
    ("TWFu", "Man", nil), ("TWE=", "Ma", nil), ("TQ==", "M", nil), ("TWE", "Ma", nil), ("TQ", "M", nil),
    ("", "", nil), ("TW\nFu", "Man", nil), ("T W\tF u\n", "Man", nil), ("TQ==\n", "M", nil), ("TW=\n=\n", "M", nil),
    ("TWFuTWFuTWFuTWFu", "ManManManMan", nil), ("T-W#F$u", "Man", .badBase64), ("TWFuT", "Man", .badBase64),
    ("TQ==\nTWFu", "M", .dataBehindPadding), ("=TWFu", "Man", nil), ("TWFu\n\n--\nfooter", "Man~\u{8a}h", .badBase64),
    ("TWE=\n-- \n", "Ma", nil),
  ] as [(String, String, MIMEProblem.Kind?)])
func `base64 is decoded as leniently as its meaning is certain`(
  body: String, text: String, problem: MIMEProblem.Kind?
) {
  let read = part("base64", body)
  if text.utf8.allSatisfy({ $0 < 0x80 }) { #expect(read.texts == [text]) }
  #expect(read.problems == (problem.map { [$0] } ?? []))
}

@Test(arguments: 0...200)
func `base64 of any length and line length comes back`(length: Int) {
  var random = SplitMix64(seed: UInt64(length))
  let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
  for line in [4, 60, 76, 1000] {
    #expect(part("BASE64", base64(bytes, line: line)).bodies == [bytes])
  }
}

@Test(
  arguments: [
    ("a=3Db", "a=b", nil), ("caf=C3=A9", "café", nil), ("caf=c3=a9", "café", nil), ("a=\nb", "ab", nil),
    ("a= \t\nb", "ab", nil), ("a\nb\n", "a\r\nb\r\n", nil), ("a \nb", "a \r\nb", nil), ("a=", "a", nil),
    ("a=XY", "a=XY", .badQuotedPrintable), ("a=4", "a=4", .badQuotedPrintable), ("a=4Z", "a=4Z", .badQuotedPrintable),
    ("a==3D", "a==", .badQuotedPrintable), ("href=\"x\"", "href=\"x\"", .badQuotedPrintable),
    ("a= \t b", "a= \t b", .badQuotedPrintable), ("", "", nil),
  ] as [(String, String, MIMEProblem.Kind?)])
func `quoted-printable`(body: String, text: String, problem: MIMEProblem.Kind?) {
  let read = part("quoted-printable", body)
  #expect(read.texts == [text])
  #expect(read.problems == (problem.map { [$0] } ?? []))
}

@Test(arguments: ["7bit", "8bit", "Binary", "", "7-bit"])
func `what is not encoded passes as it is`(encoding: String) {
  let read = part(encoding, "one\r\n\u{e9}=3D\n")
  #expect(read.texts == ["one\r\r\n\u{e9}=3D\r\n"])
  #expect(read.problems == [])
}

@Test func `an encoding that nobody knows is told, and the bytes stay`() {
  let read = part("rot13", "abc")
  #expect(read.texts == ["abc"])
  #expect(read.problems == [.encodingUnknown])
}

private let cat = "begin 644 cat.txt\n#0V%T\n`\nend\n"

@Test func `uuencode as a transfer encoding`() {
  let read = part("x-uuencode", "hello\n" + cat)
  #expect(read.texts == ["Cat"])
  #expect(part("x-uuencode", "begin 644 cat.txt\n#0V%T\n").problems == [.badUUEncode])
}

@Test(
  arguments: [
    ("see\n" + cat + "bye\n", ["cat.txt"], ["Cat"]),
    (cat + cat, ["cat.txt", "cat.txt"], ["Cat", "Cat"]),
    ("begin 0755 a b.sh\n#0V%T\n \nend\n", ["a b.sh"], ["Cat"]),
    // Text that begins like a block and is none.
    ("begin 644 reading here\nand go on\nend\n", [], []),
    ("begin the day\n#0V%T\nend\n", [], []),
    ("begin 99 x\n#0V%T\nend\n", [], []),
  ] as [(String, [String], [String])])
func `blocks of uuencode in text`(body: String, names: [String], texts: [String]) {
  let read = PartsRead("Content-Type: text/plain\n\n" + body)
  #expect(read.contents.attachments.map(\.name) == names)
  #expect(Array(read.texts.dropFirst()) == texts)
  #expect(read.contents.attachments.allSatisfy { $0.kind == .uuencode && !$0.isIncomplete })
  #expect(read.texts.first == body.replacing("\n", with: "\r\n"))
  #expect(read.problems == [])
}

@Test func `a block of uuencode that never ends is told`() {
  let read = PartsRead("Content-Type: text/plain\n\nbegin 644 a\n#0V%T\n")
  #expect(read.contents.attachments.map(\.isIncomplete) == [true])
  #expect(read.problems == [.badUUEncode])
}

/// A block of yEnc, as RFC 5536's relatives in newsgroups have it.
private func yenc(_ bytes: [UInt8], size: Int? = nil, line: Int = 128, checksum: String) -> [UInt8] {
  var block = Array("=ybegin line=\(line) size=\(size ?? bytes.count) name=a file.bin\r\n".utf8)
  for (index, byte) in bytes.enumerated() {
    let shifted = byte &+ 42
    if [0, 0x0a, 0x0d, 0x3d, 0x2e].contains(shifted) {
      block += [0x3d, shifted &+ 64]
    } else {
      block.append(shifted)
    }
    if index % line == line - 1 { block += [0x0d, 0x0a] }
  }
  return block + Array("\r\n=yend size=\(size ?? bytes.count) crc32=\(checksum)\r\n".utf8)
}

@Test func `blocks of yEnc in text`() {
  let bytes = Array("123456789".utf8)
  let head = Array("Content-Type: text/plain\r\n\r\nlook:\r\n".utf8)
  let read = PartsRead(head + yenc(bytes, checksum: "cbf43926"))
  #expect(read.contents.attachments.map(\.name) == ["a file.bin"])
  #expect(read.bodies.last == bytes)
  #expect(read.problems == [])
  let all = (0...255).map { UInt8($0) }
  #expect(PartsRead(head + yenc(all, checksum: "29058c73")).bodies.last == all)
  #expect(PartsRead(head + yenc(all, checksum: "29058c73")).problems == [])
  #expect(PartsRead(head + yenc(all, checksum: "29058c74")).problems == [.badYEnc])
  #expect(PartsRead(head + yenc(all, size: 300, checksum: "29058c73")).problems == [.badYEnc])
}

@Test func `yEnc of another size than it says is not whole`() {
  let head = Array("Content-Type: text/plain\r\n\r\n".utf8)
  let bytes = Array("123456789".utf8)
  let short = PartsRead(head + yenc(bytes, size: 10, checksum: "cbf43926"))
  #expect(short.contents.attachments.map(\.isIncomplete) == [true] && short.problems == [.badYEnc])
  let altered = PartsRead(head + yenc(bytes, checksum: "cbf43927"))
  #expect(altered.contents.attachments.map(\.isIncomplete) == [false] && altered.problems == [.badYEnc])
}

/// Some of these have an escape, and some their line end, where the pieces are cut in which a long line is decoded.
@Test(arguments: [4093, 4094, 4095, 4096, 4097, 8192, 20_000])
func `lines of yEnc may have any length`(line: Int) {
  let bytes = (0..<30_000).map { index in (4090..<4100).contains(index) ? 0xd6 : UInt8(index % 211 + 1) }
  let message = Array("Content-Type: text/plain\r\n\r\n".utf8) + yenc(bytes, line: line, checksum: "")
  let read = PartsRead(message)
  #expect(read.bodies.last == bytes && read.contents.attachments.map(\.isIncomplete) == [false])
  #expect(read.problems == [])
  for step in [1, 1460, 4095] {
    #expect(PartsRead(message, cuts: Array(stride(from: step, to: message.count, by: step))) == read)
  }
}
