import HostNames
import TestSupport
import Testing
import Wire

private func read(_ bytes: [UInt8]) -> NameMessage? { NameMessage(bytes.span) }
private func name(_ text: String) throws -> DomainName { try #require(DomainName(text)) }

/// A header for one question, then these bytes.
private func message(_ bytes: [UInt8], answers: UInt16 = 0, flags: UInt16 = 0x8180) -> [UInt8] {
  UInt16(7).octets + flags.octets + [0, 1] + answers.octets + [0, 0, 0, 0] + bytes
}

@Test func `every kind of record that tells of hosts is read`() throws {
  let bytes = NameServer.response(
    "WWW.Example", .a,
    [
      "www.example CNAME host.example", "host.example A 192.0.2.7", "host.example AAAA 2001:db8::7",
      "example MX 10 mx1.example", "7.2.0.192.in-addr.arpa PTR host.example", "example TXT v=spf1",
    ], authority: ["example NS ns.example", "example SOA ns.example"],
    additional: ["ns.example A 192.0.2.53", "x.example CNAME y.example"])
  let message = try #require(read(bytes))
  #expect(message.isResponse && message.isWhole && message.responseCode == 0)
  #expect(message.isFromResolver && !message.isFromAuthority)
  #expect(message.hasNameServers && message.hasStartOfAuthority)
  #expect(try message.question.name == name("www.example") && message.question.type == .ipv4)
  let host = try name("host.example")
  let answers = try [
    NameMessage.Record(owner: name("www.example"), data: .alias(host)),
    NameMessage.Record(owner: host, data: .address(NameServer.address("192.0.2.7"))),
    NameMessage.Record(owner: host, data: .address(NameServer.address("2001:db8::7"))),
    NameMessage.Record(owner: name("example"), data: .mailExchange(name("mx1.example"))),
    NameMessage.Record(owner: name("7.2.0.192.in-addr.arpa"), data: .pointer(host)),
  ]
  let additional = try NameMessage.Record(
    owner: name("ns.example"), data: .address(NameServer.address("192.0.2.53")))
  #expect(message.answers == answers && message.additional == [additional])
}

@Test func `a message cut anywhere keeps what stands before the cut`() throws {
  let bytes = NameServer.response(
    "host.example", .a, ["host.example A 192.0.2.7", "host.example A 192.0.2.8"], additional: ["a.example A 192.0.2.9"])
  let question = 12 + "host.example".utf8.count + 2 + 4
  var counts: [Int] = []
  for length in bytes.indices {
    guard let message = read(Array(bytes[..<length])) else {
      #expect(length < question, "cut at \(length)")
      continue
    }
    #expect(length >= question && !message.isWhole)
    counts.append(message.answers.count)
  }
  #expect(counts == counts.sorted() && Set(counts) == [0, 1, 2])
  #expect(try #require(read(bytes)).isWhole)
}

@Test(
  arguments: [
    ("an inverse query", 2, 0x08), ("the reserved bit", 3, 0x40), ("no question", 5, 0), ("two questions", 5, 2),
    ("another class", 25, 3),
  ] as [(String, Int, UInt8)])
func `what is no question about the Internet is no message`(_ what: String, offset: Int, value: UInt8) {
  var bytes = NameServer.query("a.example", .a)
  #expect(read(bytes) != nil)
  bytes[offset] = value
  #expect(read(bytes) == nil)
}

@Test func `a cut by the server is noticed`() throws {
  let bytes = NameServer.response("a.example", .a, ["a.example A 192.0.2.7"], flags: 0x8380)
  let message = try #require(read(bytes))
  #expect(!message.isWhole && message.answers.count == 1)
}

@Test(
  arguments: [
    ("to itself", [0xc0, 12]), ("ahead", [0xc0, 14, 0]), ("behind the end", [0xff, 0xff]),
    ("in a ring", [1, 0x61, 0xc0, 12]), ("cut", [0xc0]), ("an old kind of label", [0x41, 1]), ("no end", [1, 0x61]),
    ("a label over the end", [63, 0x61]),
  ] as [(String, [UInt8])])
func `a name that leads nowhere is none`(_ what: String, bytes: [UInt8]) {
  #expect(read(message(bytes + [0, 1, 0, 1])) == nil)
}

@Test(arguments: [(3, 61), (3, 62)])
func `a name has 255 octets at most`(labels: Int, last: Int) {
  let label = { (length: Int) in [UInt8(length)] + [UInt8](repeating: 0x61, count: length) }
  let long = (0..<labels).flatMap { _ in label(63) } + label(last) + [0, 0, 1, 0, 1]
  #expect((read(message(long)) != nil) == (last == 61))
}

@Test(arguments: [30, 31, 32, 33, 100])
func `a chain of pointers is followed so far`(length: Int) throws {
  // The chain lies in the data of a record of no kind that is looked at; the record behind it asks for its end.
  let question = [UInt8]([1, 0x61, 0, 0, 1, 0, 1])
  let start = 12 + question.count + 11
  var chain: [UInt8] = [0xc0, 12]
  for index in 1..<length { chain += (UInt16(start + 2 * (index - 1)) | 0xc000).octets }
  let padding = [0, 0, 99, 0, 1, 0, 0, 0, 0] + UInt16(chain.count).octets + chain
  let record = (UInt16(start + 2 * (length - 1)) | 0xc000).octets + [0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 7]
  let result = try #require(read(message(question + padding + record, answers: 2)))
  #expect(result.answers.count == (length < 32 ? 1 : 0))
  #expect(result.isWhole == (length < 32))
}

@Test(arguments: [[0x1b, 0x5b], [0x61, 0x2e], [0xc3, 0xa9], [0x20, 0x61], [0x5c, 0x61], [0, 0]] as [[UInt8]])
func `a label that would not be inert makes no name`(label: [UInt8]) throws {
  let question = [2] + label + [0, 0, 1, 0, 1]
  let record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 7] as [UInt8]
  let result = try #require(read(message(question + record, answers: 1)))
  #expect(result.question.name == nil && result.answers.isEmpty && result.isWhole)
}

@Test func `data that is not of its kind is passed over`() throws {
  let records: [[UInt8]] = [
    [0, 1, 0, 1, 0, 0, 0, 0, 0, 3, 192, 0, 2], [0, 28, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 7],
    [0, 15, 0, 1, 0, 0, 0, 0, 0, 2, 0, 10], [0, 12, 0, 1, 0, 0, 0, 0, 0, 3, 0xc0, 12, 0],
    [0, 1, 0, 3, 0, 0, 0, 0, 0, 4, 192, 0, 2, 7],
  ]
  let bytes = message(
    [1, 0x61, 0, 0, 1, 0, 1] + records.flatMap { [0xc0, 12] + $0 }, answers: UInt16(records.count))
  let result = try #require(read(bytes))
  #expect(result.answers.isEmpty && result.isWhole)
}

@Test func `of a flood of records so many are read`() throws {
  let record: [UInt8] = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 7]
  let flood = { (count: Int) in
    message([1, 0x61, 0, 0, 1, 0, 1] + (0..<count).flatMap { _ in record }, answers: UInt16(count))
  }
  let most = try #require(read(flood(256)))
  let more = try #require(read(flood(257)))
  #expect(most.answers.count == 256 && most.isWhole)
  #expect(more.answers.count == 256 && !more.isWhole)
}

@Test(arguments: UInt64(0)..<16)
func `random messages never trap`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let sample = NameServer.response(
    "mail.harbour.example", .mx,
    ["mail.harbour.example MX 10 mx1.harbour.example", "mx1.harbour.example A 192.0.2.7"],
    authority: ["harbour.example SOA ns.example"], additional: ["mx2.harbour.example AAAA 2001:db8::7"])
  var names = HostNames()
  for _ in 0..<2000 {
    var bytes = sample
    switch Int.random(in: 0..<3, using: &random) {
    case 0: bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in .random(in: 0...255, using: &random) }
    case 1:
      for _ in 0..<Int.random(in: 1..<6, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
    default:
      // Names of pointers and short labels only, which is where a reader goes astray.
      bytes = Array(sample.prefix(12)) + (0..<120).map { _ in [0, 1, 12, 0xc0, 40].randomElement(using: &random) ?? 0 }
    }
    bytes.removeLast(min(bytes.count, [0, 0, 1, 30].randomElement(using: &random) ?? 0))
    let server = Endpoint(address: NameServer.address("192.0.2.53"), port: 53)
    let seen = SeenMessage(
      bytes.span, from: server, to: server, isCut: false, time: CaptureTime(nanoseconds: 0), frame: 1)
    if let seen { names.learn(from: seen) }
    if let message = NameMessage(bytes.span) {
      let owners = message.answers.map(\.owner) + message.additional.map(\.owner)
      #expect(owners.allSatisfy { $0.isRoot || DomainName($0.text) == $0 })
    }
  }
}
