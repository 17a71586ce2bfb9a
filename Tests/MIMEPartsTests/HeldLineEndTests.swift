import Testing
import Wire

@testable import MIMEParts

/// What `HeldLineEnd` holds back of content, in the octets of CRLF.
private func held(of text: String) -> (count: Int, octets: Range<Int>) {
  var lineEnd = HeldLineEnd()
  let count = lineEnd.hold(endOfContent: Array(text.utf8).span)
  return (count, lineEnd.release())
}

@Test(arguments: [
  ("a\r\n", 1, 0..<2), ("a\n", 1, 1..<2), ("a\r", 1, 0..<1), ("a", 1, 0..<0), ("\r\n", 0, 0..<2), ("\n", 0, 1..<2),
  ("\r", 0, 0..<1), ("", 0, 0..<0), ("\r\r\n", 1, 0..<2), ("\n\n", 1, 1..<2), ("\n\r", 1, 0..<1),
])
func `of content one line end is held, and it may be half of one`(text: String, count: Int, octets: Range<Int>) {
  #expect(held(of: text).count == count)
  #expect(held(of: text).octets == octets)
}

@Test func `a line of the structure has no half line end`() {
  var lineEnd = HeldLineEnd()
  let cut = lineEnd.hold(endOfLine: Array("--a\r".utf8).span)
  #expect(cut == 4)
  #expect(lineEnd.isEmpty)
  let whole = lineEnd.hold(endOfLine: Array("--a\r\n".utf8).span)
  #expect(whole == 3)
  #expect(!lineEnd.isEmpty)
  let octets = lineEnd.release()
  #expect(octets == 0..<2)
  #expect(lineEnd.isEmpty)
}

@Test(arguments: [("a\r", true), ("a\n", false), ("a\r\n", false), ("a", false)])
func `an LF belongs to the CR before it, and to nothing else`(text: String, takesLF: Bool) {
  var lineEnd = HeldLineEnd()
  _ = lineEnd.hold(endOfContent: Array(text.utf8).span)
  let taken = [0x0d, 0x0a, 0x0a].map { lineEnd.takes($0) }
  #expect(taken == [false, takesLF, false])
}

@Test func `content's line end is the leaf's too, a structure's is not`() {
  var lineEnd = HeldLineEnd()
  _ = lineEnd.hold(endOfContent: Array("a\r\n".utf8).span)
  #expect(lineEnd.isLeafs)
  _ = lineEnd.hold(endOfLine: Array("a\r\n".utf8).span)
  #expect(!lineEnd.isLeafs)
}
