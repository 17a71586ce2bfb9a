import MIMEParts
import TestSupport
import Testing

/// A message, and what its parts are: path, type, text.
struct Structure: CustomTestStringConvertible, Sendable {
  var name: String
  var message: String
  var parts: [String]
  var problems: [MIMEProblem.Kind] = []

  var testDescription: String { name }

  static let mixed = "Content-Type: multipart/mixed; boundary=b\n\n"

  static let all = [
    Structure(name: "no MIME", message: "Subject: a\n\nhello\n", parts: ["1 text/plain hello\r\n"]),
    Structure(name: "nothing at all", message: "", parts: ["1 text/plain "]),
    Structure(name: "a header only", message: "Subject: a\n", parts: ["1 text/plain "]),
    Structure(name: "no header", message: "\nhello", parts: ["1 text/plain hello"]),
    Structure(name: "no header and no blank line", message: "hello\nyou", parts: ["1 text/plain hello\r\nyou"]),
    Structure(
      name: "two parts",
      message: mixed + "preamble\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n\n--b--\nepilogue\n",
      parts: ["1 text/plain one", "2 text/html two\r\n"]),
    Structure(name: "no preamble", message: mixed + "--b\n\none\n--b--", parts: ["1 text/plain one"]),
    Structure(
      name: "an empty part", message: mixed + "--b\n\n--b\n--b--\n", parts: ["1 text/plain ", "2 text/plain "]),
    Structure(
      name: "blanks behind the boundary", message: mixed + "--b \t\n\none\n--b--  \n", parts: ["1 text/plain one"]),
    Structure(
      name: "lines that begin like a delimiter",
      message: mixed + "--b\n\n--bc\n--\n-- b\n---b\n --b\n--b-\n--B\nx--b\n--b--c\n--b--\n",
      parts: ["1 text/plain --bc\r\n--\r\n-- b\r\n---b\r\n --b\r\n--b-\r\n--B\r\nx--b\r\n--b--c"]),
    Structure(
      name: "one boundary is the begin of another",
      message: "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n"
        + "--bb\n\none\n--bb--\n--b\n\ntwo\n--b--\n",
      parts: ["1.1 text/plain one", "2 text/plain two"]),
    Structure(
      name: "a boundary that ends like a closing one",
      message: "Content-Type: multipart/mixed; boundary=\"b--\"\n\n--b--\n\none\n--b----\n",
      parts: ["1 text/plain one"]),
    Structure(
      name: "the closing line is missing", message: mixed + "--b\n\none\n", parts: ["1 text/plain one\r\n"],
      problems: [.neverClosed]),
    Structure(
      name: "the inner closing line is missing",
      message: mixed + "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--\n",
      parts: ["1.1 text/plain one", "2 text/plain two"], problems: [.neverClosed]),
    Structure(name: "no delimiter", message: mixed + "text\n", parts: [], problems: [.delimiterMissing]),
    Structure(
      name: "no boundary", message: "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n",
      parts: ["1 multipart/mixed --b\r\n\r\none\r\n--b--\r\n"], problems: [.boundaryMissing]),
    Structure(
      name: "an encoded multipart",
      message: "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\none\n--b--\n",
      parts: ["1 text/plain one"], problems: [.encodingNotAllowed]),
    Structure(
      name: "the inner boundary is the outer one",
      message: mixed + "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n",
      parts: ["2 text/plain one"], problems: [.delimiterMissing]),
    Structure(
      name: "a message within", message: mixed + "--b\nContent-Type: message/rfc822\n\nSubject: in\n\nhello\n--b--\n",
      parts: ["1.1 text/plain hello"]),
    Structure(
      name: "a named message within",
      message: mixed + "--b\nContent-Type: message/rfc822; name=a.eml\n\nSubject: in\n\nhello\n\n--b--\n",
      parts: ["1 message/rfc822 Subject: in\r\n\r\nhello\r\n", "1.1 text/plain hello\r\n"]),
    Structure(
      name: "a named message without a body",
      message: mixed + "--b\nContent-Type: message/rfc822; name=a.eml\n\nSubject: in\n\n\n--b--\n",
      parts: ["1 message/rfc822 Subject: in\r\n\r\n", "1.1 text/plain "]),
    Structure(
      name: "a named message without anything",
      message: mixed + "--b\nContent-Type: message/rfc822; name=a.eml\n\n--b--\n",
      parts: ["1 message/rfc822 ", "1.1 text/plain "]),
    Structure(
      name: "a multipart in a named message",
      message: mixed + "--b\nContent-Type: message/rfc822; name=a.eml\n\n"
        + "Content-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c\n\ntwo\n--c--\n--b\n\nthree\n--b--\n",
      parts: [
        "1 message/rfc822 Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\none\r\n--c\r\n\r\ntwo\r\n--c--",
        "1.1 text/plain one", "1.2 text/plain two", "2 text/plain three",
      ]),
    Structure(
      name: "an encoded message within",
      message: mixed + "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        + base64(PartsRead.bytes("Content-Type: text/html\n\nhello")) + "\n--b--\n",
      parts: ["1 message/rfc822 Content-Type: text/html\r\n\r\nhello", "1.1 text/html hello"],
      problems: [.encodingNotAllowed]),
    Structure(
      name: "a digest", message: "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\nhello\n--b--\n",
      parts: ["1.1 text/plain hello"]),
    Structure(
      name: "bare line feeds", message: "\u{0}Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n\n--b--\n",
      parts: ["1 text/plain one\n"]),
    Structure(
      name: "a line that is no field", message: "Subject: a\nwhat\nContent-Type: text/html\n\nhello",
      parts: ["1 text/html hello"]),
    Structure(
      name: "the blank line is missing", message: "Content-Type: text/html\nhello\nyou\n",
      parts: ["1 text/html hello\r\nyou\r\n"]),
    Structure(
      name: "a part without header and blank line", message: mixed + "--b\nhello\n--b--\n",
      parts: ["1 text/plain hello"]),
    Structure(
      name: "the blank line is missing before the first delimiter",
      message: "Content-Type: multipart/mixed; boundary=b\n--b\nContent-Type: text/html\n\none\n--b--\n",
      parts: ["1 text/html one"]),
    Structure(
      name: "a mailbox's line", message: "From a@b.example Mon\nContent-Type: text/html\n\none",
      parts: ["1 text/html one"]),
    Structure(
      name: "a header that begins with a continuation", message: " folded\nContent-Type: text/html\n\nhello",
      parts: ["1 text/html hello"]),
    Structure(
      name: "an indented body without a header", message: mixed + "--b\n hello\nyou\n--b--\n",
      parts: ["1 text/plain  hello\r\nyou"]),
    Structure(name: "an unknown type", message: "Content-Type: pdf\n\nhello", parts: ["1 text/plain hello"]),
    Structure(name: "type in capitals", message: "CONTENT-TYPE : TEXT/Html ; x\n\na", parts: ["1 text/html a"]),
    Structure(
      name: "two types", message: "Content-Type: text/html\nContent-Type: text/css\n\na", parts: ["1 text/html a"]),
    Structure(
      name: "a folded boundary",
      message: "Content-Type: multipart/mixed;\n\tboundary=\"b\n c\"\n\n--b c\n\na\n--b c--\n",
      parts: ["1 text/plain a"]),
    Structure(
      name: "comments",
      message: "Content-Type: (a \\) b) multipart/mixed (c); (d; \") boundary (e) = (f (g;)) b (h; i=j)\n\n"
        + "--b\nContent-Type: (x) text/html\nContent-Transfer-Encoding: (enc) base64\n\n"
        + "w6k=\n--b--\n",
      parts: ["1 text/html é"]),
    Structure(
      name: "parentheses that are none",
      message:
        "Content-Type: multipart/mixed; boundary=b(c)d; x=\"(\"; y=(\n\n--b(c)d\nContent-Type: text/html (\n\na\n--b(c)d--\n",
      parts: ["1 text/html a"]),
    Structure(
      name: "a boundary in pieces",
      message: "Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n--bc\n\na\n--bc--\n",
      parts: ["1 text/plain a"]),
  ]

  /// The bytes; a message that begins with NUL keeps its line feeds.
  var bytes: [UInt8] {
    let bytes = Array(message.utf8)
    return bytes.first == 0 ? Array(bytes.dropFirst()) : PartsRead.bytes(message)
  }
}

@Test(arguments: Structure.all)
func `a message is taken apart`(_ structure: Structure) {
  let read = PartsRead(structure.bytes)
  let parts = zip(read.contents.parts, read.texts).map { "\($0.path) \($0.type) \($1)" }
  #expect(parts == structure.parts)
  #expect(read.problems == structure.problems)
  #expect(zip(read.contents.parts, read.bodies).allSatisfy { $0.byteCount == $1.count && $0.sha256 != nil })
}

@Test(arguments: Structure.all)
func `how a message is cut into segments changes nothing`(_ structure: Structure) {
  let bytes = structure.bytes
  let whole = PartsRead(bytes)
  #expect(PartsRead(bytes, cuts: Array(bytes.indices)) == whole)
  for cut in bytes.indices { #expect(PartsRead(bytes, cuts: [cut]) == whole) }
  var random = SplitMix64(seed: 5)
  for _ in 0..<20 {
    let cuts = (0..<4).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
    #expect(PartsRead(bytes, cuts: cuts) == whole)
  }
}

private let twoParts =
  Structure.mixed + "--b\n\none\n--b\nContent-Type: a/b; name=x\nContent-Transfer-Encoding: base64\n\n"

@Test func `what was open at a hole or at the end is incomplete, and nothing is proven`() {
  let message = PartsRead.bytes(twoParts + base64((0..<200).map { UInt8($0) }) + "\n--b--\n")
  let end = PartsRead(Array(message.prefix(message.count - 100)), isWhole: false)
  #expect(end.contents.parts.map(\.isIncomplete) == [false, true])
  #expect(end.problems == [])
  // A line of base64 with its half missing: what follows is read from the next line on.
  let head = PartsRead.bytes(twoParts).count
  let broken = Array(message.prefix(head + 10) + message.dropFirst(head + 30))
  let hole = PartsRead(broken, cuts: [head + 10], hole: head + 10)
  #expect(hole.contents.parts.map(\.isIncomplete) == [false, true])
  #expect(hole.problems == [])
  #expect(hole.bodies[1].suffix(200 - 57) == (57..<200).map { UInt8($0) }[...])
}

/// A message, of whose bytes the marked ones (`‹…›`) were not captured, and what of it may not be taken for whole.
private struct Damaged: CustomTestStringConvertible, Sendable {
  var name: String
  var message: String
  /// Path, type and text; an asterisk before those that are incomplete.
  var parts: [String]

  var testDescription: String { name }

  static let all = [
    Damaged(
      name: "in the transfer encoding",
      message: Structure.mixed
        + "--b\nContent-Type: a/b\nContent-Transfer-Encod‹ing: bas›e64\n\nYWJj\n--b\n\ntwo\n--b--\n",
      parts: ["*1 a/b YWJj", "2 text/plain two"]),
    Damaged(
      name: "of a field whose rest is folded",
      message: Structure.mixed
        + "--b\nContent-Type: a/b\nContent-Dispo‹sition: attach›ment;\n filename=x\n name=y\n\none\n--b--\n",
      parts: ["*1 a/b one"]),
    Damaged(
      name: "over the blank line",
      message: Structure.mixed + "--b\nContent-Type: a/b\n‹\no›ne\ntwo\n--b\n\ntwo\n--b--\n",
      parts: ["*1 a/b two", "2 text/plain two"]),
    Damaged(
      name: "of the message", message: "Subject: a\nContent-Trans‹fer›-Encoding: base64\n\nYWJj",
      parts: ["*1 text/plain YWJj"]),
    Damaged(
      name: "of a multipart", message: "Sub‹jec›t: a\n" + Structure.mixed + "--b\n\none\n--b--\n",
      parts: ["1 text/plain one"]),
    Damaged(
      name: "of a message within, over its own header section",
      message: Structure.mixed
        + "--b\nContent-Type: message/rfc822; name=m\n‹\nContent-Transfer-Enc›oding: base64\n\nYWJj\nZGVm\n"
        + "--b\n\ntwo\n--b--\n",
      parts: ["*1 message/rfc822 YWJj\r\nZGVm", "*1.1 text/plain YWJj\r\nZGVm", "2 text/plain two"]),
    Damaged(
      name: "of an encoded message within",
      message: "Content-Type: message/rfc822\nX: ‹x›\nContent-Transfer-Encoding: base64\n\n"
        + base64(Array("\nhi".utf8)),
      parts: ["*1 message/rfc822 \nhi", "*1.1 text/plain hi"]),
    Damaged(
      name: "of a text with a block in it",
      message: "Subject: a\nX: ‹x›\n\nbegin 644 cat\n#0V%T\nend\n",
      parts: ["*1 text/plain begin 644 cat\r\n#0V%T\r\nend\r\n", "*1.1 application/octet-stream Cat"]),
  ]
}

@Test(arguments: Damaged.all)
private func `a part whose header section has a hole is not taken for whole`(_ damaged: Damaged) throws {
  let bytes = PartsRead.bytes(damaged.message)
  let begin = try #require(bytes.firstRange(of: Array("‹".utf8)))
  let end = try #require(bytes.firstRange(of: Array("›".utf8)))
  let captured = Array(bytes[..<begin.lowerBound] + bytes[end.upperBound...])
  for cuts in [[begin.lowerBound], Array(captured.indices)] {
    let read = PartsRead(captured, cuts: cuts, hole: begin.lowerBound)
    let parts = zip(read.contents.parts, read.texts).map { part, text in
      (part.isIncomplete ? "*" : "") + "\(part.path) \(part.type) \(text)"
    }
    #expect(parts == damaged.parts)
    #expect(read.contents.parts.allSatisfy { $0.name != "x" && $0.name != "y" })
  }
}
