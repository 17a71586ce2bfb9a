import DKIM
import TestSupport
import Testing
import Wire

private let tags =
  "v=1; a=rsa-sha256; d=b.example; s=s1; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA"

@Suite struct HostileTests {
  @Test func `of ten thousand signatures a few are looked at, and the others counted`() throws {
    let header = octets(String(repeating: "DKIM-Signature: \(tags)\r\n", count: 10_000))
    let mail = try #require(signedMail(header))
    #expect(mail.passedOver > 1000)
    #expect(mail.finish(doubt: nil, at: CaptureTime(nanoseconds: 0)).count == 16)
  }

  @Test func `a body is hashed a few times, however many lengths are signed`() throws {
    let header = octets((0..<16).map { "DKIM-Signature: \(tags); l=\($0)\r\n" }.joined())
    let found = try reports(header, [octets("text")[...]])
    #expect(found.count { $0.body == .unknown(.tooManyForms) } == 10)
    // Those that ask for the same share one.
    let same = octets(String(repeating: "DKIM-Signature: \(tags); l=3\r\n", count: 16))
    #expect(try reports(same, [octets("text")[...]]).allSatisfy { $0.body == .altered })
  }

  @Test func `more fields than are looked at make no verdict`() throws {
    let header = octets(String(repeating: "a:\r\n", count: 3000) + "DKIM-Signature: \(tags)\r\n")
    #expect(try reports(header, []).isEmpty)
    let first = octets("DKIM-Signature: \(tags)\r\n" + String(repeating: "a:\r\n", count: 3000))
    #expect(try reports(first, []).first?.signature == .tooManyFields)
  }

  @Test(
    arguments: [
      String(repeating: "a=", count: 200_000), String(repeating: ";", count: 200_000),
      (0..<20_000).map { "x\($0)=1;" }.joined(), String(repeating: "=", count: 200_000),
      "v=1; h=" + String(repeating: ":", count: 200_000), "b=" + String(repeating: " A\r\n", count: 100_000),
      "v=1; i=@; d=; s=", "v=1;i=;d=a;s=b;a=-;h=from", "v=1; l=; t=; x=; c=/; a=-sha256; bh=; b=",
    ])
  func `a field of a strange form is no harm`(value: String) throws {
    for header in ["DKIM-Signature: \(value)\r\n", "DKIM-Signature: \(value)", "DKIM-Signature:\(value)\n"] {
      let found = try reports(octets(header), [octets("body")[...]])
      #expect(found.count == 1 && found.allSatisfy { $0.body != .matches && !$0.awaitsKey })
    }
  }

  @Test(arguments: 0..<200)
  func `octets at random trap nothing`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var header = StandardExamples.twice.header
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      let place = Int.random(in: 0..<header.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: header[place] = UInt8.random(in: 0...255, using: &random)
      case 1: header.remove(at: place)
      default: header.insert([10, 13, 32, 58, 59, 61].randomElement(using: &random) ?? 0, at: place)
      }
    }
    let found = try reports(header, [StandardExamples.twice.body[...]], keys: StandardExamples.twice.keys)
    #expect(found.count <= 16)
  }

  @Test(arguments: 0..<100)
  func `key records at random trap nothing`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var text = StandardExamples.twice.keys
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      let place = Int.random(in: 0..<text.count, using: &random)
      text[place] = UInt8.random(in: 0...255, using: &random)
    }
    let found = try? reports(StandardExamples.twice.header, [], keys: text)
    #expect(found == nil || found?.count == 2)
  }
}
