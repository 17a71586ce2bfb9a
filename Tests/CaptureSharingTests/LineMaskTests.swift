import Testing
import Wire

@testable import CaptureSharing

@Suite struct LineMaskTests {
  private static let key = [UInt8](repeating: 7, count: 32)

  private static func mask() -> LineMask {
    var vocabulary = Vocabulary()
    vocabulary.add(address: Array("alice.smith@mail.corp.example".utf8))
    vocabulary.add(host: Array("client7.corp.example".utf8))
    return LineMask(pseudonyms: Pseudonyms(key: key), vocabulary: vocabulary)
  }

  private static func client(_ lines: [String]) -> [String] {
    var mask = mask()
    var state = LineMask.State()
    return lines.map { String(decoding: mask.clientLine(Array($0.utf8), &state), as: UTF8.self) }
  }

  private static func server(_ line: String) -> String {
    var mask = mask()
    var state = LineMask.State()
    return String(decoding: mask.serverLine(Array(line.utf8), &state), as: UTF8.self)
  }

  /// What the protocol needs stays, what is private does not.
  @Test(arguments: [
    (
      "MAIL FROM:<alice.smith@mail.corp.example> SIZE=1200 BODY=8BITMIME", ["MAIL FROM:<", "> SIZE=1200 BODY=8BITMIME"]
    ),
    (
      "RCPT TO:<alice.smith@mail.corp.example> NOTIFY=NEVER ORCPT=rfc822;alice.smith@mail.corp.example",
      ["RCPT TO:<", "> NOTIFY=NEVER ORCPT=xxx999;"]
    ),
    ("rcpt to: alice.smith@mail.corp.example", ["rcpt to: "]),
    ("RCPT TO:<@corp.example:alice.smith@corp.example>", ["RCPT TO:<@", ".example:"]),
    ("EHLO client7.corp.example", ["EHLO ", ".example"]),
    ("AUTH PLAIN AGFsaWNlAHNlY3JldA==", ["AUTH PLAIN ", "="]),
    ("VRFY alice.smith", ["VRFY "]),
    (
      "XFORWARD NAME=client7.corp.example ADDR=192.0.2.7 PROTO=ESMTP",
      ["XFORWARD NAME=", " ADDR=192.0.2.7 PROTO=ESMTP"]
    ),
    ("Subject: alice.smith goes to secret", ["Subject: xxxxx.xxxxx xxxx xx xxxxxx"]),
    ("From: \"Alice Smith\" <alice.smith@mail.corp.example>", ["From: \"Xxxxx Xxxxx\" <", ">"]),
    ("DKIM-Signature: v=1; d=corp.example; b=secret", ["X-Masked-Field: x=9;"]),
    ("Date: Mon, 2 Nov 2026 10:00:00 +0100", ["Date: Mon, 2 Nov 2026 10:00:00 +0100"]),
    ("Dear alice.smith, the secret is 4711.", ["Xxxx xxxxx.xxxxx, xxx xxxxxx xx 9999."]),
    ("..", [".."]),
    ("GET /secret HTTP/1.1", ["GET /xxxxxx HTTP/1.1"]),
  ])
  func commandsAndTextKeepTheirShapeOnly(line: String, keeps: [String]) {
    let shared = Self.client([line])[0]
    #expect(shared.utf8.count == line.utf8.count)
    for piece in keeps { #expect(shared.contains(piece), "\(shared)") }
    for word in ["alice", "smith", "corp", "secret", "client7", "4711", "AGFsaWNl"] where line.contains(word) {
      #expect(!shared.lowercased().contains(word.lowercased()), "\(shared)")
    }
  }

  @Test(arguments: [
    ("220 mail.corp.example ESMTP Postfix", ["220 ", ".example ESMTP Postfix"]),
    ("550 5.1.1 <alice.smith@mail.corp.example>: User alice.smith unknown", ["550 5.1.1 <", ": User ", " unknown"]),
    (
      "554 5.7.1 Service unavailable; blocked using zen.spamhaus.org",
      ["554 5.7.1 Service unavailable; blocked using zen.spamhaus.org"]
    ),
    ("334 VXNlcm5hbWU6", ["334 VXNlcm5hbWU6"]),
    ("250-SIZE 10240000", ["250-SIZE 10240000"]),
    ("SSH-2.0-secret", ["SSH-2.0-secret"]),
    ("alice.smith", ["xxxxx.xxxxx"]),
  ])
  func repliesKeepTheirWords(line: String, keeps: [String]) {
    let shared = Self.server(line)
    #expect(shared.utf8.count == line.utf8.count)
    for piece in keeps { #expect(shared.contains(piece), "\(shared)") }
    for word in ["alice", "smith", "corp"] { #expect(!shared.lowercased().contains(word), "\(shared)") }
  }

  @Test func oneNameStaysOneName() {
    let shared = Self.client([
      "MAIL FROM:<bob@corp.example>", "RCPT TO:<BOB@CORP.EXAMPLE>", "RCPT TO:<carol@corp.example>",
      "From: bob@corp.example",
    ])
    let bob = shared[0].dropFirst(11).dropLast()
    #expect(shared[1].dropFirst(9).dropLast().lowercased() == bob)
    #expect(shared[3].dropFirst(6) == bob)
    #expect(shared[2].dropFirst(9).dropLast() != bob)
    #expect(shared[2].hasSuffix(bob.drop { $0 != "@" } + ">"))
  }

  @Test func responsesOfAuthenticationAreMaskedAsBase64() throws {
    let shared = Self.client(["AUTH LOGIN", "YWxpY2U=", "c2VjcmV0", "QUIT"])
    #expect(shared[0] == "AUTH LOGIN")
    #expect(Base64.decoded(Array(shared[1].utf8)).map { String(decoding: $0, as: UTF8.self) } == "xxxxx")
    #expect(Base64.decoded(Array(shared[2].utf8)).map { String(decoding: $0, as: UTF8.self) } == "xxxxxx")
    #expect(shared[3] == "QUIT")
  }

  @Test func namesToVerifyComeBackMasked() {
    var mask = Self.mask()
    var state = LineMask.State()
    _ = mask.clientLine(Array("VRFY bob".utf8), &state)
    let reply = mask.serverLine(Array("250 2.1.5 Robert Builder <bob@corp.example>".utf8), &state)
    #expect(String(decoding: reply, as: UTF8.self).hasPrefix("250 9.9.9 Xxxxxx Xxxxxxx <"))
  }

  /// What is not ASCII stays well-formed, and nothing moves.
  @Test(arguments: ["MAIL FROM:<jörg@straße.example>", "Subject: Grüße 你好 😀", "Grüße 你好 😀"])
  func textInOtherLettersStaysUTF8(line: String) throws {
    var mask = Self.mask()
    var state = LineMask.State()
    let shared = mask.clientLine(Array(line.utf8), &state)
    #expect(shared.count == line.utf8.count)
    #expect(String(validating: shared, as: UTF8.self) != nil)
    for word in ["jörg", "straße", "Grüße", "你"] { #expect(!String(decoding: shared, as: UTF8.self).contains(word)) }
  }

  /// Nothing that a client may send traps, and no length changes.
  @Test func noLineChangesItsLength() {
    var random = SystemRandomNumberGenerator()
    let words = [
      "MAIL FROM:<", ">", "<", "@", ":", " ", "=", "AUTH PLAIN ", "XCLIENT ", "RCPT TO:", "\t", "a", ".", "ü", "\0",
      "334 ", "250 ",
    ]
    var mask = Self.mask()
    var state = LineMask.State()
    for _ in 0..<3000 {
      let line = Array(
        (0..<Int.random(in: 0...8, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined().utf8
      )
      #expect(mask.clientLine(line, &state).count == line.count)
      #expect(mask.serverLine(line, &state).count == line.count)
    }
  }
}

@Suite struct PseudonymsTests {
  @Test func wordsKeepTheirShape() {
    var names = Pseudonyms(key: [UInt8](repeating: 1, count: 32))
    let name = names.name(for: Array("Bob-7.x_Y+tag"[...].utf8)[...], .localPart)
    let shape = name.map { TextMask.masked($0) }
    #expect(shape == Array("Bob-7.x_Y+tag".utf8).map(TextMask.masked))
  }

  @Test func wordsShareNoNameWhileThereIsRoom() {
    var names = Pseudonyms(key: [UInt8](repeating: 1, count: 32))
    let drawn = (0..<90).map { names.name(for: Array(String($0 + 10).utf8)[...], .label) }
    #expect(Set(drawn).count > 80)
    let long = (0..<500).map { names.name(for: Array("name\($0)x".utf8)[...], .label) }
    #expect(Set(long).count == 500)
  }

  @Test func anotherKeyGivesOtherNames() {
    var one = Pseudonyms(key: [UInt8](repeating: 1, count: 32))
    var other = Pseudonyms(key: [UInt8](repeating: 2, count: 32))
    #expect(one.name(for: Array("someone".utf8)[...], .label) != other.name(for: Array("someone".utf8)[...], .label))
  }
}

@Suite struct StreamPlanTests {
  @Test(arguments: 1...12)
  func anyCutIsRewrittenAlike(size: Int) {
    let original = Array("keep MASK12 replace and more".utf8)
    let shared = Array("keep XXXX99 qwertyu and more".utf8)
    var plan = StreamPlan()
    plan.append(original, as: shared)
    plan.mask(3)
    plan.keep(2)
    let whole = original + Array("abcde".utf8)
    let expected = shared + Array("xxxde".utf8)
    var rewritten: [UInt8] = []
    for start in stride(from: 0, to: whole.count, by: size) {
      var piece = Array(whole[start..<min(start + size, whole.count)])
      plan.apply(to: &piece, 0..<piece.count, at: start)
      rewritten += piece
    }
    #expect(rewritten == expected)
  }

  @Test func whatIsOutsideOfThePlanIsMasked() {
    var plan = StreamPlan()
    plan.keep(4)
    var bytes = Array("abcdefgh".utf8)
    plan.apply(to: &bytes, 0..<8, at: -2)
    #expect(String(decoding: bytes, as: UTF8.self) == "xxcdefxx")
  }
}
