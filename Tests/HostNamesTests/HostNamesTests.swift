import HostNames
import TestSupport
import Testing
import Wire

private let resolver = Endpoint(address: NameServer.address("192.0.2.53"), port: 53)
private let asker = Endpoint(address: NameServer.address("203.0.113.25"), port: 40000)
private let client = NameServer.address("192.0.2.7")
private let reversed = NameServer.reversed(client)

/// What is known after these messages, each a frame and a second later than the one before.
private struct Scene {
  var names: HostNames
  private var frame = 0

  init(limits: HostNameLimits = HostNameLimits()) {
    names = HostNames(limits: limits)
  }

  mutating func see(_ bytes: [UInt8], from source: Endpoint = resolver, to destination: Endpoint = asker, cut: Int = 0)
  {
    frame += 1
    let seen = Array(bytes.dropLast(cut))
    let message = SeenMessage(
      seen.span, from: source, to: destination, isCut: cut > 0,
      time: CaptureTime(nanoseconds: Int64(frame) * 1_000_000_000), frame: frame)
    if let message { names.learn(from: message) }
  }

  mutating func ask(_ bytes: [UInt8], by asker: Endpoint = asker) { see(bytes, from: asker, to: resolver) }

  func addresses(_ name: String, isIPv6: Bool = false) throws -> NameAnswer<IPAddress>? {
    names.addresses(of: try #require(DomainName(name)), isIPv6: isIPv6)
  }

  func mail(_ domain: String) throws -> NameAnswer<DomainName>? {
    names.mailExchanges(of: try #require(DomainName(domain)))
  }
}

private func scene(_ messages: [UInt8]...) -> Scene {
  var scene = Scene()
  for message in messages { scene.see(message) }
  return scene
}

@Test func `an address is named both ways`() throws {
  let scene = scene(
    NameServer.response("kestrel.example", .a, ["kestrel.example A 192.0.2.7"]),
    NameServer.response(reversed, .ptr, ["\(reversed) PTR kestrel.example"]))
  #expect(try scene.addresses("kestrel.example")?.values == [client])
  #expect(try scene.addresses("kestrel.example")?.frame == 1)
  #expect(scene.names.names(of: client)?.values.map(\.description) == ["kestrel.example"])
  #expect(scene.names.names(of: client)?.frame == 2)
  #expect(scene.names.namesLeading(to: client).map(\.name.description) == ["kestrel.example"])
  #expect(try scene.addresses("kestrel.example", isIPv6: true) == nil)
}

@Test func `aliases lead to what they stand for`() throws {
  let scene = scene(
    NameServer.response("www.example", .aaaa, ["www.example CNAME h.example", "h.example AAAA 2001:db8::7"]),
    // RFC 2317: a part of a network that is smaller than an octet.
    NameServer.response(reversed, .ptr, ["\(reversed) CNAME 7.0/25.example", "7.0/25.example PTR kestrel.example"]),
    NameServer.response("a.example", .a, ["a.example CNAME b.example", "b.example CNAME a.example"]))
  let address = NameServer.address("2001:db8::7")
  #expect(try scene.addresses("www.example", isIPv6: true)?.values == [address])
  #expect(try scene.addresses("h.example", isIPv6: true)?.values == [address])
  #expect(scene.names.namesLeading(to: address).map(\.name.description) == ["www.example", "h.example"])
  #expect(scene.names.names(of: client)?.values.map(\.description) == ["kestrel.example"])
  #expect(try scene.addresses("a.example")?.values ?? [] == [])
}

@Test func `who takes a domain's mail is known, and nobody too`() throws {
  let scene = scene(
    NameServer.response(
      "harbour.example", .mx,
      ["harbour.example MX 10 mx1.harbour.example", "harbour.example MX 20 mx2.harbour.example"],
      additional: ["mx1.harbour.example A 203.0.113.25"]),
    NameServer.response("no-mail.example", .mx, ["no-mail.example MX 0 ."]))
  #expect(
    try scene.mail("harbour.example")?.values.map(\.description) == ["mx1.harbour.example", "mx2.harbour.example"])
  #expect(scene.names.namesLeading(to: asker.address).map(\.name.description) == ["mx1.harbour.example"])
  #expect(try scene.mail("no-mail.example")?.values == [.root])
  #expect(try scene.mail("other.example") == nil)
}

@Test func `a name that does not exist has nothing of any kind`() throws {
  let scene = scene(
    NameServer.response("nowhere.example", .mx, authority: ["example SOA ns.example"], code: 3),
    NameServer.response(reversed, .ptr, code: 3))
  #expect(try scene.mail("nowhere.example")?.absence == .noSuchName)
  #expect(try scene.addresses("nowhere.example")?.absence == .noSuchName)
  #expect(try scene.addresses("nowhere.example", isIPv6: true)?.frame == 1)
  #expect(scene.names.names(of: client)?.absence == .noSuchName)
}

@Test(
  arguments: [
    ("the zone's SOA", ["example SOA ns.example"], 0x8180, 0, .noRecords),
    ("nothing, of a resolver", [], 0x8180, 0, .noRecords), ("nothing, of the zone's server", [], 0x8400, 0, .noRecords),
    ("a referral", ["example NS ns.example"], 0x8000, 0, nil), ("nothing, of nobody", [], 0x8000, 0, nil),
    ("cut by the server", [], 0x8380, 0, nil), ("SERVFAIL", [], 0x8180, 2, .failed(2)),
    ("REFUSED", [], 0x8180, 5, .failed(5)), ("NOTIMP", [], 0x8180, 4, nil), ("NXDOMAIN", [], 0x8180, 3, .noSuchName),
  ] as [(String, [String], UInt16, UInt16, Absence?)])
func `an answer without records says so much`(
  _ what: String, authority: [String], flags: UInt16, code: UInt16, absence: Absence?
) throws {
  let scene = scene(NameServer.response("a.example", .a, authority: authority, code: code, flags: flags))
  #expect(try scene.addresses("a.example")?.absence == absence)
}

@Test func `an answer cut by the capture proves nothing missing`() throws {
  var scene = Scene()
  scene.see(NameServer.response("a.example", .a, additional: ["b.example A 192.0.2.7"]), cut: 4)
  #expect(try scene.addresses("a.example") == nil)
  scene.see(NameServer.response("c.example", .a, ["c.example A 192.0.2.7", "c.example A 192.0.2.8"]), cut: 4)
  #expect(try scene.addresses("c.example")?.values == [client])
}

@Test func `the newest answer holds, and a failure says nothing of what was known`() throws {
  var scene = scene(NameServer.response("a.example", .a, code: 3))
  scene.see(NameServer.response("a.example", .a, ["a.example A 192.0.2.7"]))
  #expect(try scene.addresses("a.example")?.values == [client])
  scene.see(NameServer.response("a.example", .a, ["a.example A 192.0.2.8"]))
  #expect(try scene.addresses("a.example")?.values.map(\.description) == ["192.0.2.8", "192.0.2.7"])
  #expect(try scene.addresses("a.example")?.frame == 3)
  scene.see(NameServer.response("a.example", .a, code: 2))
  scene.see(NameServer.response("a.example", .a, ["a.example A 192.0.2.7"]))
  #expect(try scene.addresses("a.example")?.values.count == 2)
  #expect(try scene.addresses("a.example")?.frame == 3)
  scene.see(NameServer.response("a.example", .a, code: 3))
  #expect(try scene.addresses("a.example")?.absence == .noSuchName)
}

@Test func `only a name server's responses count`() throws {
  var scene = Scene()
  let response = NameServer.response("a.example", .a, ["a.example A 192.0.2.7"])
  scene.see(response, from: asker, to: resolver)
  scene.ask(NameServer.query("a.example", .a))
  #expect(try scene.addresses("a.example") == nil)
  #expect(scene.names.isEmpty && !scene.names.showsResponses)
  scene.see(response)
  #expect(!scene.names.isEmpty && scene.names.showsResponses)
}

@Test func `questions for an address's name are timed until they are answered`() {
  var scene = Scene()
  let other = Endpoint(address: NameServer.address("198.51.100.1"), port: 4000)
  scene.ask(NameServer.query(reversed, .ptr))
  scene.ask(NameServer.query(reversed, .ptr), by: other)
  scene.ask(NameServer.query(reversed, .ptr))
  scene.ask(NameServer.query("kestrel.example", .a))
  scene.see(NameServer.response(reversed, .ptr, authority: ["in-addr.arpa NS ns.example"], flags: 0x8000))
  scene.see(NameServer.response(reversed, .ptr, code: 2))
  scene.ask(NameServer.query(reversed, .ptr))
  let questions = scene.names.questions(forNameOf: client)
  #expect(questions.map(\.frame) == [1, 2, 3, 7])
  #expect(questions.map(\.asker) == [asker.address, other.address, asker.address, asker.address])
  #expect(questions.map { $0.answered?.nanoseconds } == [6_000_000_000, nil, 6_000_000_000, nil])
}

@Test func `a frame captured twice asks once`() throws {
  var names = HostNames()
  for (time, id) in [(0, 7), (99, 7), (200, 7), (210, 8)] as [(Int64, UInt16)] {
    let bytes = NameServer.query(reversed, .ptr, id: id)
    let seen = SeenMessage(
      bytes.span, from: asker, to: resolver, isCut: false, time: CaptureTime(nanoseconds: time * 1_000_000), frame: 1)
    names.learn(from: try #require(seen))
  }
  #expect(names.questions(forNameOf: client).map(\.time.nanoseconds) == [0, 200_000_000, 210_000_000])
}

@Test func `a flood of answers forgets the oldest`() throws {
  var limits = HostNameLimits()
  limits.tableBytes = 100_000
  var scene = Scene(limits: limits)
  for number in 0..<5000 {
    scene.see(
      NameServer.response("h\(number).example", .a, ["h\(number).example A 10.0.\(number / 250).\(number % 250)"]))
  }
  #expect(try scene.addresses("h0.example") == nil)
  #expect(scene.names.namesLeading(to: NameServer.address("10.0.0.0")).isEmpty)
  #expect(try scene.addresses("h4999.example")?.values.count == 1)
  let known = try (0..<5000).count { try scene.addresses("h\($0).example") != nil }
  #expect((300...600).contains(known), "\(known)")
  #expect(scene.names.forgotten > 2 * 4000)
}

@Test func `one name and one address keep so much`() throws {
  var limits = HostNameLimits()
  limits.values = 4
  limits.questions = 4
  var scene = Scene(limits: limits)
  for number in 1...9 {
    scene.see(NameServer.response("a.example", .a, ["a.example A 10.0.0.\(number)"]))
    scene.see(NameServer.response("h\(number).example", .a, ["h\(number).example A 192.0.2.7"]))
    scene.see(NameServer.response(reversed, .ptr, ["\(reversed) PTR h\(number).example"]))
    scene.ask(NameServer.query(reversed, .ptr, id: UInt16(number)))
  }
  #expect(
    try scene.addresses("a.example")?.values.map(\.description) == ["10.0.0.9", "10.0.0.8", "10.0.0.7", "10.0.0.6"])
  #expect(scene.names.namesLeading(to: client).map(\.name.description).last == "h9.example")
  #expect(scene.names.namesLeading(to: client).count == 4)
  #expect(scene.names.names(of: client)?.values.count == 4)
  #expect(scene.names.questions(forNameOf: client).map(\.frame) == [24, 28, 32, 36])
}

@Test(arguments: [1, 2, 3, 7, 1000])
func `messages in a stream are found however it is cut`(piece: Int) {
  let messages = (0..<20).map { number in
    NameServer.response("h\(number).example", .a, ["h\(number).example A 192.0.2.7"])
  }
  var limits = HostNameLimits()
  limits.streamedMessageBytes = 100
  let long = [UInt8](repeating: 0, count: 150)
  let stream = (messages[..<10] + [long] + messages[10...] + [[]]).flatMap { UInt16($0.count).octets + $0 }
  var reader = MessageStream(limits: limits)
  var found: [[UInt8]] = []
  for start in stride(from: 0, to: stream.count, by: piece) {
    let bytes = Array(stream[start..<min(start + piece, stream.count)])
    reader.receive(bytes.span) { found.append(Array($0)) }
  }
  // One that lies whole in a run need not be held, however long it is.
  #expect(found.filter { $0 != long } == messages + [[]])
  #expect(found.contains(long) == (piece == 1000))
}
