import DKIM
import Testing

@Suite struct StandardTests {
  @Test func `the example of RFC 6376 appendix A is verified`() throws {
    let example = StandardExamples.simple
    let found = try reports(example.header, [example.body[...]], keys: example.keys)
    let report = try #require(found.first)
    #expect(found.count == 1)
    #expect(report.body == .matches && report.signature == .verified && report.provesWholeBody)
    #expect(report.domain == octets("example.com") && report.selector == octets("brisbane"))
    #expect(report.algorithm == octets("rsa-sha256") && report.keyBits == 1024)
    #expect(report.headerForm == .simple && report.bodyForm == .simple)
  }

  @Test func `both signatures of RFC 8463 appendix A are verified`() throws {
    let example = StandardExamples.twice
    let found = try reports(example.header, [example.body[...]], keys: example.keys)
    #expect(found.map(\.signature) == [.verified, .verified] && found.map(\.body) == [.matches, .matches])
    #expect(found.map(\.algorithm) == [octets("ed25519-sha256"), octets("rsa-sha256")])
    #expect(found.map(\.signedAt) == [1_528_637_909, 1_528_637_909])
    #expect(found.map(\.keyBits) == [nil, 1024])
  }

  @Test(arguments: [StandardExamples.simple, StandardExamples.twice])
  func `each changed bit of the body is noticed, and the header's signature stands`(
    example: StandardExamples.Example
  ) throws {
    for index in example.body.indices where example.body[index] > 0x20 {
      var body = example.body
      body[index] ^= 2
      let found = try reports(example.header, [body[...]], keys: example.keys)
      #expect(found.allSatisfy { $0.body == .altered && $0.signature == .verified && !$0.provesWholeBody }, "\(index)")
    }
  }

  @Test(arguments: ["Joe SixPack", "Suzie Q <", "dinner", "11 Jul 2003 21:00:37", "46341.5F8J"])
  func `a changed bit of a signed field is noticed, and the body stands`(word: String) throws {
    for example in [StandardExamples.simple, StandardExamples.twice] {
      var header = example.header
      let place = try #require(String(decoding: header, as: UTF8.self).firstRange(of: word))
      let offset = String(decoding: header, as: UTF8.self).utf8.distance(
        from: "".startIndex, to: place.lowerBound)
      header[offset] ^= 1
      let found = try reports(header, [example.body[...]], keys: example.keys)
      #expect(found.allSatisfy { $0.body == .matches && $0.signature == .failed }, "\(word)")
    }
  }

  @Test func `a field that is not signed may be added, and one put in front of the signed ones`() throws {
    let example = StandardExamples.twice
    for field in ["X-Seen: yes\r\n", "To: another@example.org\r\n", "Received: from here\r\n"] {
      let found = try reports(octets(field) + example.header, [example.body[...]], keys: example.keys)
      #expect(found.map(\.signature) == [.verified, .verified], "\(field)")
    }
    // `h=` names From, Subject and Date twice, so that a second one breaks the signature.
    for field in ["From: me@example.org\r\n", "Subject: Sell\r\n"] {
      let found = try reports(octets(field) + example.header, [example.body[...]], keys: example.keys)
      #expect(found.map(\.signature) == [.failed, .failed], "\(field)")
    }
  }
}
