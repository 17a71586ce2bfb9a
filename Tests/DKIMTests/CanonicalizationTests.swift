import Crypto
import DKIM
import TestSupport
import Testing
import Wire

/// What a body is canonicalized to, obviously right and slow (RFC 6376 section 3.4).
private func canonical(_ body: [UInt8], _ form: String) -> [UInt8] {
  var lines: [[UInt8]] = [[]]
  var index = 0
  while index < body.count {
    if body[index] == 13, index + 1 < body.count, body[index + 1] == 10 {
      lines.append([])
      index += 2
    } else {
      lines[lines.count - 1].append(body[index])
      index += 1
    }
  }
  if form == "relaxed" {
    lines = lines.map { line in
      var reduced: [UInt8] = []
      for octet in line {
        let isBlank = octet == 32 || octet == 9
        if isBlank, reduced.last == 32 { continue }
        reduced.append(isBlank ? 32 : octet)
      }
      if reduced.last == 32 { reduced.removeLast() }
      return reduced
    }
  }
  while lines.last?.isEmpty == true { lines.removeLast() }
  if lines.isEmpty { return form == "simple" ? [13, 10] : [] }
  return lines.flatMap { $0 + [13, 10] }
}

private func base64(_ bytes: some Sequence<UInt8>) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  var text = ""
  let bytes = Array(bytes)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for place in 0..<group.count + 1 { text.append(alphabet[bits >> (18 - 6 * place) & 63]) }
    text += String(repeating: "=", count: 3 - group.count)
  }
  return text
}

/// A header section whose signature says that the body is this one.
private func header(_ form: String, signing canonical: [UInt8], length: Int? = nil, hash: String = "sha256") -> [UInt8]
{
  let signed = length.map { Array(canonical.prefix($0)) } ?? canonical
  let value = hash == "sha1" ? base64(Insecure.SHA1.hash(data: signed)) : base64(SHA256.hash(data: signed))
  let limit = length.map { " l=\($0);" } ?? ""
  return octets(
    "From: a@b.example\r\nDKIM-Signature: v=1; a=rsa-\(hash); c=relaxed/\(form); d=b.example; s=s1;\(limit) h=from; bh=\(value); b=AAAA\r\n"
  )
}

private func check(_ form: String, _ canonical: [UInt8], _ body: [UInt8]) throws -> SignatureReport.BodyCheck? {
  try reports(header(form, signing: canonical), [body[...]]).first?.body
}

@Suite struct CanonicalizationTests {
  /// The body of RFC 6376 section 3.4.5 and its neighbours.
  @Test(
    arguments: [
      ("simple", " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n"),
      ("relaxed", " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"),
      ("simple", "", "\r\n"), ("relaxed", "", ""), ("simple", "\r\n\r\n\r\n", "\r\n"), ("relaxed", "\r\n\r\n", ""),
      ("relaxed", " \t \r\n \r\n", ""), ("simple", " \r\n\r\n", " \r\n"), ("simple", "no end", "no end\r\n"),
      ("relaxed", "no end \t", "no end\r\n"), ("relaxed", "a\t\r\n b\tc  \r\n", "a\r\n b c\r\n"),
      ("relaxed", "a \r b\r\n", "a \r b\r\n"), ("relaxed", "a \n b\r\n", "a \n b\r\n"),
      ("simple", "a\n\n\n", "a\n\n\n\r\n"),
      ("simple", "a\r", "a\r\r\n"), ("relaxed", "a  \r", "a \r\r\n"), ("relaxed", "a\r\n\r\nb", "a\r\n\r\nb\r\n"),
      ("simple", "a\r\r\n", "a\r\r\n"), ("relaxed", "a \r\r\n", "a \r\r\n"),
    ])
  func `a body is canonicalized as the standard says`(form: String, body: String, expected: String) throws {
    #expect(try check(form, octets(expected), octets(body)) == .matches)
    #expect(canonical(octets(body), form) == octets(expected))
    #expect(try check(form, octets(expected) + [0x21], octets(body)) == .altered)
  }

  @Test(arguments: ["simple", "relaxed"])
  func `how a body is cut changes nothing`(form: String) throws {
    let body = octets("  a\t b \r\n\r\n \t\r\n\tlong  text  with blanks inside of it\r \r\n\r\r\n\n x\r\n \r\n\r\n")
    let header = header(form, signing: canonical(body, form))
    for cut in body.indices {
      for second in body.indices where second >= cut {
        let found = try reports(header, [body[..<cut], body[cut..<second], body[second...]])
        #expect(found.first?.body == .matches, "cut at \(cut) and \(second)")
      }
    }
    #expect(try reports(header, body.indices.map { body[$0...$0] }).first?.body == .matches)
  }

  @Test(arguments: 0..<40)
  func `bodies at random, cut at random, hash as the slow way has it`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let alphabet: [UInt8] = [32, 32, 9, 13, 10, 13, 10, 97, 98, 99, 100]
    for _ in 0..<25 {
      var body: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<120, using: &random) {
        if Int.random(in: 0..<4, using: &random) == 0 { body += [13, 10] }
        body.append(alphabet.randomElement(using: &random) ?? 0)
      }
      var pieces: [ArraySlice<UInt8>] = []
      var rest = body[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...20, using: &random)
        pieces.append(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      for form in ["simple", "relaxed"] {
        let whole = canonical(body, form)
        let length = Int.random(in: 0...whole.count, using: &random)
        #expect(try reports(header(form, signing: whole), pieces).first?.body == .matches, "\(body)")
        let limited = try #require(try reports(header(form, signing: whole, length: length), pieces).first)
        #expect(limited.body == .matches && limited.unsignedOctets == whole.count - length, "\(body), l=\(length)")
      }
    }
  }

  @Test func `octets behind l= are counted, and fewer than l= are an altered body`() throws {
    let signed = octets("one\r\n")
    let header = header("simple", signing: signed, length: 5)
    let appended = try #require(try reports(header, [octets("one\r\nlist footer\r\n")[...]]).first)
    #expect(appended.body == .matches && appended.unsignedOctets == 13 && !appended.provesWholeBody)
    let whole = try #require(try reports(header, [signed[...]]).first)
    #expect(whole.provesWholeBody)
    let short = self.shortened(signed)
    #expect(try reports(short, [signed[...]]).first?.body == .altered)
  }

  /// The same hash, with an `l=` of more than there is.
  private func shortened(_ signed: [UInt8]) -> [UInt8] {
    octets(
      String(decoding: header("simple", signing: signed, length: 5), as: UTF8.self).replacing("l=5", with: "l=500"))
  }

  @Test func `sha1 is computed and called obsolete`() throws {
    let body = octets("text\r\n")
    let report = try #require(try reports(header("simple", signing: body, hash: "sha1"), [body[...]]).first)
    #expect(report.body == .matches && report.isObsolete)
    let usual = try #require(try reports(header("simple", signing: body), [body[...]]).first)
    #expect(!usual.isObsolete)
  }

  @Test(arguments: ["simple", "relaxed"])
  func `many empty lines are counted, not kept, and hashed when text follows`(form: String) throws {
    let lines = octets(String(repeating: "\r\n", count: 10_000))
    let body = octets("a") + lines + octets("b") + lines
    let header = header(form, signing: octets("a") + lines + octets("b\r\n"))
    #expect(try reports(header, [body[...]]).first?.body == .matches)
    #expect(try reports(header, [body[..<7], body[7..<15_002], body[15_002...]]).first?.body == .matches)
  }
}
