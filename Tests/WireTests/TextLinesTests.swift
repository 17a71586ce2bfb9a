import Testing

@testable import Wire

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

private func texts(_ lines: TextLines) -> [String] { lines.map { String(decoding: $0, as: UTF8.self) } }

@Test(
  arguments: [
    [], [""], ["", ""], ["one"], ["one", ""], ["", "two"], ["one", "two", "three"],
    // No line from the wire holds a line feed; what is put in stays one line all the same.
    ["one\ntwo", "three"], Array(repeating: "line", count: 300),
  ])
func `lines come out as they were put in`(lines: [String]) {
  let kept = TextLines(lines.map(bytes))
  #expect(kept.count == lines.count && kept.isEmpty == lines.isEmpty)
  #expect(texts(kept) == lines)
  #expect(String(decoding: kept.joined, as: UTF8.self) == lines.joined(separator: "\n"))
  #expect(kept.first == lines.first.map(bytes) && kept.last == lines.last.map(bytes))
  #expect(kept == TextLines(lines.map(bytes)))
}

@Test(arguments: 0...5, -1...6)
func `those behind the first one stop at the limit`(count: Int, limit: Int) {
  let lines = (0..<count).map { "line \($0)" }
  let kept = TextLines(lines.map(bytes)).behindFirst(limit: limit)
  #expect(texts(kept) == Array(lines.dropFirst().prefix(max(limit, 0))))
  #expect(kept == TextLines(lines.dropFirst().prefix(max(limit, 0)).map(bytes)))
}

@Test func `a line is looked for where it lies`() {
  let lines: TextLines = [bytes("SIZE 10"), bytes(""), bytes("8BITMIME")]
  #expect(lines.hasLine { $0.count == 0 } && !lines.hasLine { $0.count == 1 })
  #expect(lines.firstLine { $0.count > 0 && $0[0] == 0x38 } == bytes("8BITMIME"))
  #expect(lines.firstLine { $0.count > 100 } == nil)
  var lengths: [Int] = []
  lines.forEachLine { lengths.append($0.count) }
  #expect(lengths == [7, 0, 8])
  #expect(TextLines(line: bytes("alone").span) == [bytes("alone")])
  #expect(TextLines().octets(of: 0) == 0..<0)
}

@Test func `one empty line is not none`() {
  #expect(TextLines([bytes("")]) != TextLines())
}
