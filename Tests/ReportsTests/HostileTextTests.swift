import Foundation
import MailMessages
import Reports
import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// What a hostile peer could put into every field that it fills.
private let hostile: [(name: String, bytes: [UInt8])] = [
  ("clear screen", Array("\u{1b}[2J\u{1b}[H".utf8)), ("clipboard", Array("\u{1b}]52;c;ZXZpbA==\u{7}".utf8)),
  ("hyperlink", Array("\u{1b}]8;;http://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\".utf8)),
  ("forged line", Array("x\r\n250 2.0.0 Ok: queued\r\n".utf8)), ("carriage return", Array("evil\rgood".utf8)),
  ("bidi", Array("\u{202e}moc.live\u{2066}\u{200f}".utf8)), ("C1 in UTF-8", Array("\u{9b}31m\u{85}\u{90}".utf8)),
  ("C1 raw", [0x9b, 0x33, 0x31, 0x6d, 0x85, 0x90]), ("NUL", [0, 0x61, 0]), ("DEL and backspace", [0x61, 8, 8, 0x7f]),
  ("not UTF-8", [0xff, 0xfe, 0xc3, 0x28, 0xe2, 0x82]), ("surrogates", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]),
  ("overlong", [0xc0, 0xaf, 0xe0, 0x80, 0xaf]), ("quotes", Array(#"","x":1}\"]}\u0022\"#.utf8)),
  ("separators", Array("a\u{2028}b\u{2029}c\u{feff}\u{200b}".utf8)), ("tags", Array("\u{e0041}\u{e007f}".utf8)),
  ("marks", Array(("a" + String(repeating: "\u{301}", count: 500)).utf8)),
  ("script", Array("</script><script>alert(1)</script>".utf8)), ("noncharacter", Array("\u{ffff}\u{10ffff}".utf8)),
  ("very long", Array(repeating: 0x61, count: 6000)),
  ("long and wide", Array(String(repeating: "東", count: 1000).utf8)),
  ("blanks", Array(repeating: 0x20, count: 300)), ("empty", []),
]

private func session(full of: [UInt8]) -> Session {
  var session = Samples.bounce
  let text = String(decoding: of, as: UTF8.self)
  session.verdict.message = "It failed: \(String(visible: of.span))"
  if let greeting = session.greeting { session.greeting?.reply = greeting.reply.saying([of, of]) }
  session.helo = Hello(verb: text, argument: of)
  session.extensions = [of]
  session.proxy = ProxyPreamble(kind: .socks5, destination: text)
  session.authentications = [
    Authentication(mechanism: of, username: of, code: 535, outcome: .refused, isInClear: false)
  ]
  session.quitReply = Samples.reply(221, text, frame: 1, at: 1)
  session.hasQuit = true
  session.transactions[0].reversePath = of
  session.transactions[0].parameters = [of]
  session.transactions[0].mailReply = session.transactions[0].mailReply?.saying([of])
  session.transactions[0].endReply = session.transactions[0].endReply?.saying([of, of])
  session.transactions[0].recipients[1].address = of
  session.transactions[0].recipients[1].parameters = [of]
  session.transactions[0].recipients[1].reply = session.transactions[0].recipients[1].reply?.saying([of])
  session.transactions[0].message?.header.subject = text
  session.transactions[0].message?.header.messageID = text
  session.dialogue = Peer.allCases.map {
    DialogueLine(from: $0, content: .line(of), time: Samples.start, frame: 1)
  }
  return session
}

/// Sessions beyond this one are shown as a table.
private let fewInDetail: TextReportLimits = {
  var limits = TextReportLimits()
  limits.detailedSessions = 1
  return limits
}()

/// Every line of a text report: nothing in it but what shows as itself.
private func isInert(_ bytes: [UInt8]) -> Bool {
  guard let text = String(validating: bytes, as: UTF8.self) else { return false }
  return text.unicodeScalars.allSatisfy { $0 == "\n" || !VisibleText.isHidden($0.value) }
}

@Test(arguments: hostile.indices, [nil, 80, 32] as [Int?])
func `no text moves the cursor or forges a line`(index: Int, columns: Int?) throws {
  let (name, bytes) = hostile[index]
  for (context, showsDialogue) in [(Samples.context, false), (Samples.context, true)] {
    var context = context
    context.showsDialogue = showsDialogue
    var capture = Samples.capture(String(decoding: bytes, as: UTF8.self))
    capture.error = String(decoding: bytes, as: UTF8.self)
    let report = TextReport(style: TextStyle(columns: columns), limits: fewInDetail)
    for count in [1, 3] {
      let sessions = Array(repeating: session(full: bytes), count: count)
      let text = written(report, sessions, context: context, captures: [capture])
      #expect(isInert(text), "\(name)")
      guard columns == nil else { continue }
      let calm = written(
        report, Array(repeating: session(full: Array("calm.example".utf8)), count: count), context: context,
        captures: [Samples.capture()])
      // Nothing is wrapped, so that the count of lines cannot depend on what the peer says; a file's error is one more.
      let newlines = { (bytes: [UInt8]) in bytes.count { $0 == 0x0a } }
      #expect(newlines(text) <= newlines(calm) + 1 + (count * 2), "\(name)")
    }
  }
}

@Test(arguments: hostile.indices, [80, 32])
func `no line is wider than the terminal`(index: Int, columns: Int) {
  let (name, bytes) = hostile[index]
  // The table keeps its columns apart on narrower terminals too.
  for (count, widestAllowed) in [(1, columns), (3, max(columns, 62))] {
    let text = written(
      TextReport(style: TextStyle(columns: columns), limits: fewInDetail),
      Array(repeating: session(full: bytes), count: count),
      captures: [Samples.capture()])
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    let widest = lines.map { VisibleText.displayWidth(of: String($0)) }.max() ?? 0
    #expect(widest <= widestAllowed, "\(name)")
  }
}

@Test(arguments: hostile.indices)
func `without Unicode all is ASCII`(index: Int) {
  let style = TextStyle(columns: 80, usesUnicode: false)
  let text = written(
    TextReport(style: style, limits: fewInDetail), Array(repeating: session(full: hostile[index].bytes), count: 3),
    captures: [Samples.capture()])
  #expect(text.allSatisfy { $0 == 0x0a || (0x20..<0x7f).contains($0) })
}

@Test(arguments: hostile.indices)
func `JSON holds any bytes and gives them back`(index: Int) throws {
  let bytes = hostile[index].bytes
  var context = Samples.context
  context.showsDialogue = true
  let lines = written(NDJSONReport(), [session(full: bytes)], context: context).split(separator: UInt8(ascii: "\n"))
  #expect(lines.count == 2)
  #expect(isInert(Array(lines[0])))
  let record = try #require(JSONSerialization.jsonObject(with: Data(lines[0])) as? [String: Any])
  let transaction = try #require((record["transactions"] as? [[String: Any]])?.first)
  let repaired = String(decoding: bytes, as: UTF8.self)
  let told = try #require(transaction["mail_from"] as? String)
  #expect(Array(told.utf8) == Array(repaired.utf8))
  let raw = (transaction["mail_from_base64"] as? String).flatMap { Data(base64Encoded: $0) }
  #expect(raw.map { Array($0) } == (Array(repaired.utf8) == bytes ? nil : bytes))
  let dialogue = try #require(record["dialogue"] as? [[String: Any]])
  #expect(Array((dialogue[1]["line"] as? String ?? "").utf8) == Array(repaired.utf8))
}

@Test(arguments: UInt64(0)..<100)
func `any bytes give JSON that parses to their repair`(seed: UInt64) throws {
  var random = SplitMix64(seed: seed)
  let bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
  var output = OutputBuffer()
  let isWhole = output.appendJSON(bytes.span)
  var json: [UInt8] = []
  output.drain { json.append($0) }
  let told = try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed) as? String
  let repaired = String(decoding: bytes, as: UTF8.self)
  #expect(told.map { Array($0.utf8) } == Array(repaired.utf8))
  #expect(isWhole == (Array(repaired.utf8) == bytes))
}

@Test(arguments: hostile.indices)
func `no text breaks a line or the syntax of other programs' formats`(index: Int) throws {
  let (name, bytes) = hostile[index]
  var session = session(full: bytes)
  session.transactions[0].message?.contents = Samples.contents
  session.authentications[0].outcome = .accepted
  let reports: [any Report] = [
    EVEReport(), ECSReport(version: "1"), ZeekReport(.smtp, .json), ZeekReport(.conn, .json), ZeekReport(.files, .json),
  ]
  for report in reports {
    let text = written(report, [session, session])
    #expect(isInert(text), "\(name)")
    for line in text.split(separator: 0x0a) {
      #expect(throws: Never.self, "\(name)") { try JSONSerialization.jsonObject(with: Data(line)) }
    }
  }
  for log in ZeekLog.allCases {
    let lines = written(ZeekReport(log, .tsv), [session, session]).split(separator: 0x0a)
    let widths = Set(
      lines.filter { $0.first != 0x23 }.map { $0.split(separator: 9, omittingEmptySubsequences: false).count })
    #expect(widths.count == 1, "\(name)")
    #expect(lines.allSatisfy { line in isInert(line.filter { $0 != 9 }) }, "\(name)")
  }
  let rows = String(decoding: written(CSVReport(), [session, session]), as: UTF8.self)
  #expect(rows.split(separator: "\r\n").count == 5, "\(name)")
  #expect(isInert(Array(rows.replacing("\r\n", with: "\n").utf8)), "\(name)")
}
