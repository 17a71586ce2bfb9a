import Foundation
import MIMEParts
import TestSupport
import Testing

private let isSlow = ProcessInfo.processInfo.environment["SMTPSCOPE_SLOW_TESTS"] == "1"

@Test(arguments: [
  "Content-Type: multipart/mixed; boundary=\"b%\"\n\n--b%\n", "Content-Type: message/rfc822\n\n",
  "Content-Type: message/rfc822; name=x\n\n",
])
func `ten thousand levels are followed to a bound`(level: String) {
  let text = (0..<10_000).map { level.replacing("%", with: String($0)) }.joined()
  let read = PartsRead(text + "Content-Type: text/plain\n\nx\n")
  #expect(read.problems.contains(.nestedTooDeep))
  #expect(read.contents.parts.count <= 2 * MIMELimits().depth)
}

@Test func `very many parts are counted, and a bound of them listed`() {
  let count = isSlow ? 250_000 : 20_000
  let begin = threadTime
  let reader = MIMEReader()
  reader.receive(Array("Content-Type: multipart/mixed; boundary=b\r\n\r\n".utf8).span)
  let part = Array("--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n".utf8)
  for _ in 0..<count { reader.receive(part.span) }
  let contents = reader.finish(isWhole: true)
  #expect(contents.leafCount == count)
  #expect(contents.parts.count == MIMELimits().listedParts)
  #expect(contents.problems.map(\.kind) == [.tooManyParts, .neverClosed])
  // Seconds; were all looked at for each, it would be hours.
  #expect(threadTime - begin < 300 * Double(Sanitizer.patience))
}

@Test(arguments: ["X: ", "Content-Type: a/b; ", "", "\t"])
func `a header without end takes bounded room`(field: String) {
  let reader = MIMEReader()
  reader.receive(Array("Subject: a\r\n".utf8).span)
  let line = Array((field + String(repeating: "a", count: 1000) + (field.isEmpty ? "" : "\r\n")).utf8)
  for _ in 0..<2000 { reader.receive(line.span) }
  reader.receive(Array("\r\n\r\nbody".utf8).span)
  let contents = reader.finish(isWhole: true)
  #expect(contents.leafCount == 1)
}

@Test(arguments: ["(", "()", "(a ) ", "(;", "x=(;", "x=(a)b "])
func `a field of parentheses takes linear time`(piece: String) {
  let message = { (count: Int) in
    PartsRead.bytes("Content-Type: a/b; \(String(repeating: piece, count: count / piece.utf8.count))\n\nx")
  }
  let small = message(20_000)
  let large = message(80_000)
  let read = { (bytes: [UInt8]) in
    let reader = MIMEReader()
    reader.receive(bytes.span)
    _ = reader.finish(isWhole: true)
  }
  #expect(growth(enough: 6, small: { read(small) }, large: { read(large) }) < 6)
}

@Test func `a long name is cut and told`() {
  let read = PartsRead("Content-Type: a/b; name=\(String(repeating: "n", count: 100_000))\n\nx")
  #expect(read.contents.parts.first?.name?.count == MIMELimits().nameBytes)
  #expect(read.problems == [.nameTooLong])
}

/// Each piece behind a quotation mark that is never closed ends at its semicolon, without a look at all that follows.
@Test func `semicolons behind an open quotation mark take linear time`() {
  var limits = MIMELimits()
  limits.parameters = .max
  let message = { (count: Int) in
    PartsRead.bytes("Content-Type: x/y; \"\\\";\(String(repeating: "\\\";", count: count))\n\nx")
  }
  let small = message(4000)
  let large = message(16_000)
  let read = { (bytes: [UInt8]) in
    let reader = MIMEReader(limits: limits)
    reader.receive(bytes.span)
    _ = reader.finish(isWhole: true)
  }
  #expect(growth(enough: 6, small: { read(small) }, large: { read(large) }) < 6)
}

@Test(arguments: [(499, "n", []), (500, nil, [MIMEProblem.Kind.tooManyParameters])])
func `what stands between semicolons is counted, whatever it is`(
  _ set: (pieces: Int, name: String?, problems: [MIMEProblem.Kind])
) {
  let read = PartsRead("Content-Type: a/b;\(String(repeating: "x;", count: set.pieces)) name=n\n\nx")
  #expect(read.contents.parts.first?.name == set.name)
  #expect(read.problems == set.problems)
}

@Test func `closing parentheses behind an address take linear time`() {
  var limits = MIMELimits()
  limits.urlBytes = .max
  let message = { (count: Int) in
    PartsRead.bytes("Content-Type: text/plain\n\nhttp://a\(String(repeating: ")]", count: count))\n")
  }
  let small = message(2000)
  let large = message(8000)
  let read = { (bytes: [UInt8]) in
    let reader = MIMEReader(limits: limits)
    reader.receive(bytes.span)
    #expect(reader.finish(isWhole: true).urls == ["http://a"])
  }
  #expect(growth(enough: 6, small: { read(small) }, large: { read(large) }) < 6)
}

@Test func `a boundary longer than a bound is none`() {
  let long = String(repeating: "b", count: 2000)
  let read = PartsRead("Content-Type: multipart/mixed; boundary=\(long)\n\n--\(long)\n\nx\n--\(long)--\n")
  #expect(read.problems == [.boundaryMissing])
}

@Test func `named messages within each other are hashed to a bound`() {
  let text = String(repeating: "Content-Type: message/rfc822; name=x\n\n", count: 10) + "\nx"
  let read = PartsRead(text)
  #expect(read.contents.parts.count { $0.sha256 == nil } == 10 - MIMELimits().hashedContainers)
  #expect(read.problems.contains(.notHashed))
}

@Test(arguments: 0..<(isSlow ? 2000 : 500))
func `changed messages never trap, however they are cut`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let all = Structure.all
  var bytes = all[Int.random(in: 0..<all.count, using: &random)].bytes
  if Bool.random(using: &random) { bytes += all[Int.random(in: 0..<all.count, using: &random)].bytes }
  for _ in 0..<Int.random(in: 0...6, using: &random) where !bytes.isEmpty {
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: bytes[place] = [0, 0x0a, 0x0d, 0x20, 0x22, 0x2d, 0x3b, 0x3d, 0x80, 0xff].randomElement(using: &random) ?? 0
    case 1: bytes.remove(at: place)
    default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: place)
    }
  }
  let whole = PartsRead(bytes)
  let cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
  #expect(PartsRead(bytes, cuts: cuts) == whole)
  #expect(PartsRead(bytes, cuts: Array(bytes.indices)) == whole)
  _ = PartsRead(bytes, cuts: cuts, isWhole: false, hole: cuts.first)
}

@Test(.enabled(if: isSlow))
func `a part of a hundred megabytes takes no more room than a small one`() throws {
  let reader = MIMEReader()
  reader.receive(Array("Content-Type: a/b; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n".utf8).span)
  let lines = PartsRead.bytes(base64([UInt8](repeating: 7, count: 57 * 200)))
  func peak() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(Int(line.split(separator: " ").dropFirst().first ?? ""))
  }
  for _ in 0..<100 { reader.receive(lines.span) }
  let before = try peak()
  var passed = 0
  while passed < 137 << 20 {
    reader.receive(lines.span)
    passed += lines.count
  }
  #expect(try peak() - before < 20_000)
  #expect(reader.finish(isWhole: true).parts.first?.byteCount ?? 0 > 100 << 20)
}
