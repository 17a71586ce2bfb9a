import MessageExtraction
import TestSupport
import Testing

/// What a message is in a file, and where its holes are; nil stands for one.
private func converted(
  _ pieces: [String?], quotesFrom: Bool = true, mostHoles: Int = 10
) -> (text: String, holes: [Int], count: Int) {
  var text = MailboxText(quotesFrom: quotesFrom, mostHoles: mostHoles)
  var bytes: [UInt8] = []
  for piece in pieces {
    if let piece { text.convert(Array(piece.utf8).span, into: &bytes) } else { text.skip(into: &bytes) }
  }
  text.end(into: &bytes)
  return (String(decoding: bytes, as: UTF8.self), text.holes, text.count)
}

private let mailboxTexts = [
  ("", "\n"), ("a\r\nb\r\n", "a\nb\n\n"), ("no end", "no end\n\n"), ("a\r\n\r\n", "a\n\n\n"),
  ("From me\r\n", ">From me\n\n"), (">From me\r\n>>From \r\n", ">>From me\n>>>From \n\n"),
  ("From\r\nFrom:\r\nfrom me\r\n From me\r\n", "From\nFrom:\nfrom me\n From me\n\n"),
  (">Fro\r\n> From \r\n>\r\n", ">Fro\n> From \n>\n\n"), ("bare\nFrom x\ry\n", "bare\n>From x\ry\n\n"),
  ("\r\r\n\n\r", "\r\n\n\r\n\n"), ("aFrom x\r\n", "aFrom x\n\n"), ("From", "From\n\n"), (">>>", ">>>\n\n"),
  ("From ", ">From \n\n"), ("x\r\nFrom", "x\nFrom\n\n"), ("a\0\u{e9}\r\n", "a\0\u{e9}\n\n"),
  ("\rFrom x\r\n", "\rFrom x\n\n"), ("FFrom x\r\n", "FFrom x\n\n"), ("FroFrom x\r\n", "FroFrom x\n\n"),
]

@Test(arguments: mailboxTexts)
func `a mailbox file has LF and quoted From lines`(message: String, text: String) {
  #expect(converted([message]).text == text)
  #expect(converted([message]).count == text.utf8.count)
}

@Test(arguments: mailboxTexts)
func `how a message is cut changes nothing in its text`(message: String, text: String) {
  let bytes = Array(message.utf8)
  for cut in 0...bytes.count {
    var pieces = MailboxText(quotesFrom: true, mostHoles: 0)
    var singles = MailboxText(quotesFrom: true, mostHoles: 0)
    var fromPieces: [UInt8] = []
    var fromSingles: [UInt8] = []
    pieces.convert(Array(bytes[..<cut]).span, into: &fromPieces)
    pieces.convert(Array(bytes[cut...]).span, into: &fromPieces)
    for byte in bytes { singles.convert([byte].span, into: &fromSingles) }
    pieces.end(into: &fromPieces)
    singles.end(into: &fromSingles)
    #expect(fromPieces == Array(text.utf8))
    #expect(fromSingles == Array(text.utf8))
  }
}

@Test(arguments: [
  ("a\r\nFrom me\r\n", "a\nFrom me\n"), ("no end", "no end"), ("", ""), ("\r", "\r"),
  (">From x\r\n\r\n", ">From x\n\n"),
])
func `a Maildir's file has LF and nothing else is changed`(message: String, text: String) {
  #expect(converted([message], quotesFrom: false).text == text)
}

@Test(
  arguments: [
    (["ab\r\nc", nil, "d\r\n"], "ab\ncd\n\n", [4]), ([nil, "a\r\n"], "a\n\n", [0]), (["a\r\n", nil], "a\n\n", [2]),
    (["a\r", nil, "\nb"], "a\r\nb\n\n", [2]), (["a", nil, nil, "b"], "ab\n\n", [1]),
    // A quotation mark that is put in before the hole moves it.
    (["Fr", nil, "om x"], ">From x\n\n", [3]), (["x\r\n", nil, "From x"], "x\n>From x\n\n", [2]),
    (["Fr", nil, "iday"], "Friday\n\n", [2]), (["x", nil, "From y"], "xFrom y\n\n", [1]),
    (["a", nil, "b", nil, "c", nil, "d"], "abcd\n\n", [1, 2]),
  ] as [([String?], String, [Int])])
func `holes are where the file lacks bytes`(pieces: [String?], text: String, holes: [Int]) {
  let found = converted(pieces, mostHoles: 2)
  #expect(found.text == text)
  #expect(found.holes == holes)
}
