import TestSupport
import Testing
import Wire

@testable import TLSHandshake

private func server(_ change: (inout TLSBuilder.ServerHello) -> Void = { _ in }) -> [UInt8] {
  var hello = TLSBuilder.ServerHello()
  change(&hello)
  return hello.bytes
}

private func client(_ change: (inout TLSBuilder.ClientHello) -> Void = { _ in }) -> [UInt8] {
  var hello = TLSBuilder.ClientHello()
  change(&hello)
  return hello.bytes
}

private func handshake(_ steps: (Peer, [UInt8])...) -> Handshake {
  conversation(steps.map { ($0.0, TLSBuilder.handshake($0.1)) }).handshake
}

@Test(arguments: [1, 3, 100, 16_384])
func `of messages that reach over the ends of records no more is kept than of what is not whole`(length: Int) {
  let header: [UInt8] = [HandshakeType.newSessionTicket, 0, UInt8(length >> 8), UInt8(length & 255)]
  let message = header + [UInt8](repeating: 7, count: length)
  let (beginning, end) = (Array(message[..<2]), Array(message[2...]))
  let record = end + beginning
  var reader = HandshakeReader()
  reader.append(beginning.span)
  for _ in 0..<1000 {
    reader.append(record.span)
    #expect(reader.next()?.bytes == message)
    #expect(reader.next() == nil)
    #expect(reader.bytes.count <= 2 * message.count)
  }
  reader.append(end.span)
  #expect(reader.next()?.bytes == message)
  #expect(reader.partial == nil && reader.bytes.isEmpty)
}

@Sendable private func tls13(_ hello: inout TLSBuilder.ServerHello) {
  hello.cipher = 0x1301
  hello.extensions = [(43, [3, 4])]
}

@Test(
  arguments: [
    ("none", [], [false, false, false, false, false]),
    ("a ticket that asks for one", [35], [false, false, false, false, false]),
    ("a pre-shared key", [41], [true, false, false, false, false]),
    ("early data", [42], [false, false, true, false, false]),
    ("encrypt then MAC", [22], [false, false, false, true, false]),
    ("extended master secret", [23], [false, false, false, false, true]),
  ] as [(String, [UInt16], [Bool])])
func `what a hello offers besides lists`(name: String, extensions: [UInt16], offers: [Bool]) {
  let hello = handshake((.client, client { $0.extensions = extensions.map { ($0, []) } })).clientHello
  #expect(
    hello.map {
      [
        $0.offersPreSharedKey, $0.offersTicket, $0.offersEarlyData, $0.offersEncryptThenMAC,
        $0.offersExtendedMasterSecret,
      ]
    } == offers)
  let ticket = handshake((.client, client { $0.extensions = [(35, [9])] })).clientHello
  #expect(ticket?.offersTicket == true)
}

@Test(
  arguments: [
    // RFC 8446 section 4.2.1: the list counts where there is one, else the old field is the highest.
    (0x0303, [], 0x0303, false), (0x0303, [], 0x0302, false), (0x0302, [], 0x0303, true),
    (0x0303, [0x0304, 0x0303], 0x0304, false),
    (0x0303, [0x0304], 0x0303, true), (0x0303, [0x0304, 0x0302], 0x0303, true),
  ] as [(UInt16, [UInt16], UInt16, Bool)])
func `a server chooses one of the client's versions`(legacy: UInt16, listed: [UInt16], chosen: UInt16, isForeign: Bool)
{
  let hello = client {
    $0.version = legacy
    if !listed.isEmpty { $0.extensions = [TLSBuilder.supportedVersions(listed)] }
  }
  let answer = server {
    $0.version = min(chosen, 0x0303)
    if chosen == 0x0304 { $0.extensions = [(43, [3, 4])] }
  }
  #expect(handshake((.client, hello), (.server, answer)).choosesForeignVersion == isForeign)
  #expect(!handshake((.server, answer)).choosesForeignVersion)
  #expect(!handshake((.client, hello)).choosesForeignVersion)
}

@Test func `the versions that a hello offers, the best first and none that means nothing`() {
  let listed = handshake(
    (.client, client { $0.extensions = [TLSBuilder.supportedVersions([0x0302, 0x2a2a, 0x0304, 0x0303])] }))
  #expect(listed.clientHello?.offeredVersions == [.tls13, .tls12, .tls11])
  let old = handshake((.client, client { $0.version = 0x0301 }))
  #expect(old.clientHello?.offeredVersions == [.tls10])
  let grease = handshake((.client, client { $0.extensions = [TLSBuilder.supportedVersions([0x2a2a])] }))
  #expect(grease.clientHello?.offeredVersions == [.tls12])
}

@Test(
  arguments: [
    // RFC 8422 section 5.4, RFC 5489 section 2, RFC 5246 section 7.4.3, RFC 4279 section 3.
    ("a curve", 0xc02f, [3, 0, 29, 1, 4], "x25519"), ("an explicit curve", 0xc02f, [1, 0, 29, 1, 4], nil),
    ("a curve behind a hint", 0xc035, [0, 2, 9, 9, 3, 0, 23, 1, 4], "secp256r1"),
    ("a curve behind a hint that is cut", 0xc035, [0, 9, 9], nil),
    ("a prime", 0x009e, [0, 2, 0xff, 1, 0, 1, 2], "16-bit prime"),
    ("a prime with zeros before it", 0x009e, [0, 4, 0, 0, 0x7f, 1, 0, 1, 2], "15-bit prime"),
    ("a prime behind a hint", 0x00aa, [0, 1, 7, 0, 1, 0x80, 0, 1, 2], "8-bit prime"),
    ("no prime", 0x009e, [0, 2, 0, 0], nil),
    ("an anonymous prime", 0x0034, [0, 1, 1], "1-bit prime"), ("RSA", 0x009c, [3, 0, 29], nil),
    ("a curve that is cut", 0xc02f, [3, 0], nil),
  ] as [(String, UInt16, [UInt8], String?)])
func `what the keys were agreed in`(name: String, suite: UInt16, body: [UInt8], group: String?) {
  let exchange = TLSBuilder.message(12, body)
  #expect(handshake((.server, server { $0.cipher = suite }), (.server, exchange)).group == group)
  #expect(handshake((.server, server { $0.cipher = suite }), (.client, exchange)).group == nil)
  #expect(handshake((.server, exchange)).group == nil)
}

@Test func `certificates of TLS 1.3 stand behind a context and before extensions`() {
  let list: [UInt8] =
    TLSBuilder.uint24(3) + [1, 2, 3] + TLSBuilder.vector16([9]) + TLSBuilder.uint24(1) + [4] + [0, 0]
  let message = TLSBuilder.message(11, [1, 7] + TLSBuilder.uint24(list.count) + list)
  #expect(handshake((.server, server(tls13)), (.server, message)).serverCertificates == [[1, 2, 3], [4]])
  #expect(handshake((.server, server(tls13)), (.client, message)).clientCertificates == [[1, 2, 3], [4]])
  // The first chain is the one that counts.
  let other = TLSBuilder.message(11, [0] + TLSBuilder.uint24(6) + TLSBuilder.uint24(1) + [8, 0, 0])
  let twice = handshake(
    (.server, server(tls13)), (.server, message), (.server, other), (.client, other), (.client, message))
  #expect(twice.serverCertificates == [[1, 2, 3], [4]])
  #expect(twice.clientCertificates == [[8]])
  #expect(twice.certificatePlace?.frame == 2)
}

@Test(arguments: [(11, 11), (12, 12), (13, 12)])
func `so many certificates of a chain are kept`(sent: Int, kept: Int) {
  let chain = (0..<sent).map { [UInt8($0)] }
  let found = handshake((.server, server() + TLSBuilder.certificates(chain))).serverCertificates
  #expect(found == Array(chain.prefix(kept)))
}

@Test(arguments: [(255, 255), (256, 256), (257, 256)])
func `so many extensions of a hello are read`(sent: Int, kept: Int) {
  let hello = client { $0.extensions = (0..<sent).map { (UInt16(1000 + $0), []) } }
  #expect(handshake((.client, hello)).clientHello?.extensions.count == kept)
}

@Test func `early data is taken where the server says so behind its hello`() {
  let accepts = TLSBuilder.message(8, TLSBuilder.vector16([0, 42, 0, 0]))
  let silent = TLSBuilder.message(
    8, TLSBuilder.vector16([0, 16] + TLSBuilder.vector16(TLSBuilder.vector16([4] + Array("smtp".utf8)))))
  #expect(handshake((.server, server(tls13)), (.server, accepts)).acceptsEarlyData == true)
  let refused = handshake((.server, server(tls13)), (.server, silent))
  #expect(refused.acceptsEarlyData == false)
  #expect(refused.serverHello?.applicationProtocol == Array("smtp".utf8))
  #expect(handshake((.server, server(tls13)), (.client, accepts)).acceptsEarlyData == nil)
}

@Test func `messages are named, and what the other side sends is not taken for them`() {
  let names: [(UInt8, String)] = [
    (0, "HelloRequest"), (1, "ClientHello"), (2, "ServerHello"), (4, "NewSessionTicket"), (5, "EndOfEarlyData"),
    (8, "EncryptedExtensions"), (11, "Certificate"), (12, "ServerKeyExchange"), (13, "CertificateRequest"),
    (14, "ServerHelloDone"),
    (15, "CertificateVerify"), (16, "ClientKeyExchange"), (20, "Finished"), (22, "CertificateStatus"),
    (24, "KeyUpdate"),
    (99, "handshake message 99"),
  ]
  for (type, name) in names {
    let seen = handshake((.server, TLSBuilder.message(type, [0])))
    #expect(seen.last?.name == name)
    #expect(seen.last?.from == .server)
  }
  let swapped = handshake((.server, client()), (.client, server()), (.client, TLSBuilder.certificateRequest))
  #expect(swapped.clientHello == nil && swapped.serverHello == nil && !swapped.wantsClientCertificate)
  let tickets = handshake(
    (.server, TLSBuilder.message(4, [1])), (.server, TLSBuilder.message(4, [1])), (.client, TLSBuilder.message(4, [1])))
  #expect(tickets.tickets == 2)
}

@Test func `the first hello of the client and the first that chooses are those that count`() {
  let other = client { $0.random = Array(repeating: 9, count: 32) }
  let seen = handshake(
    (.client, client()), (.client, other), (.server, server()), (.server, server { $0.cipher = 0x009c }))
  #expect(seen.clientHello?.random == Array(0..<32))
  #expect(seen.cipherSuite?.code == 0xc02f)
  #expect((seen.clientHelloPlace?.frame, seen.serverHelloPlace?.frame) == (1, 3))
}

private func place(_ frame: Int) -> Handshake.Place {
  .init(frame: frame, time: CaptureTime(nanoseconds: Int64(frame)))
}

@Test(arguments: [20, 43, 60, 76])
func `a hello of the server that is cut tells what it began with`(seen: Int) {
  let bytes = TLSBuilder.handshake(server(tls13))
  var conversation = TLSConversation()
  let beginning = Array(bytes[..<min(seen, bytes.count - 1)])
  conversation.receive(beginning.span, from: .server, at: place(1))
  conversation.skip(bytes.count - beginning.count, from: .server, at: place(1))
  // The suite ends at octet 46 behind the head of the record and of the message.
  let hello = conversation.handshake.serverHello
  #expect((hello != nil) == (seen >= 46))
  if seen >= 46 {
    #expect(hello?.isWhole == false)
    #expect(hello?.version == .tls13)
    #expect(conversation.handshake.last?.name == "ServerHello")
    #expect(conversation.handshake.isResumed == nil)
  }
  #expect(conversation.handshake.serverHelloPlace == nil)
}

@Test func `a request for another hello is known by its beginning`() {
  let bytes = TLSBuilder.handshake(
    server {
      $0.random = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
      ]
      $0.extensions = [(43, [3, 4])]
    })
  var conversation = TLSConversation()
  let beginning = Array(bytes[..<47])
  conversation.receive(beginning.span, from: .server, at: place(1))
  #expect(!conversation.handshake.isTLS13)
  conversation.skip(bytes.count - 47, from: .server, at: place(1))
  #expect(conversation.handshake.isRetried && conversation.handshake.serverHello == nil)
  #expect(conversation.handshake.isTLS13)
}

@Test func `a handshake's time divides between its turns and ends with it`() {
  var conversation = TLSConversation()
  func say(_ peer: Peer, _ bytes: [UInt8], at milliseconds: Int64) {
    let time = CaptureTime(nanoseconds: milliseconds * 1_000_000)
    conversation.receive(bytes.span, from: peer, at: .init(frame: 1, time: time))
  }
  let hello = TLSBuilder.handshake(client())
  say(.client, Array(hello[..<20]), at: 100)
  say(.client, Array(hello[20...]), at: 105)
  say(.server, TLSBuilder.handshake(server()), at: 125)
  say(
    .client, TLSBuilder.handshake(TLSBuilder.clientKeyExchange) + TLSBuilder.changeCipherSpec + TLSBuilder.finished,
    at: 155)
  // A clock that goes back costs nothing.
  say(.server, TLSBuilder.changeCipherSpec + TLSBuilder.finished, at: 150)
  say(.client, TLSBuilder.data(100), at: 900)
  say(.server, TLSBuilder.data(100), at: 950)
  let times = conversation.times
  #expect(times?.begin == CaptureTime(nanoseconds: 100_000_000))
  #expect(times?.end == CaptureTime(nanoseconds: 155_000_000))
  #expect(
    times?.times
      == {
        var expected = TurnTimes(client: 30_000_000, server: 20_000_000, network: 5_000_000)
        expected.clientTurns = 1
        expected.serverTurns = 2
        return expected
      }())
}

@Test func `in TLS 1.3 the client's first protected record ends the handshake`() {
  var conversation = TLSConversation()
  func say(_ peer: Peer, _ bytes: [UInt8], at milliseconds: Int64) {
    let time = CaptureTime(nanoseconds: milliseconds * 1_000_000)
    conversation.receive(bytes.span, from: peer, at: .init(frame: 1, time: time))
  }
  say(.client, TLSBuilder.handshake(client()), at: 100)
  say(.server, TLSBuilder.handshake(server(tls13)) + TLSBuilder.data(900), at: 120)
  say(.server, TLSBuilder.data(900), at: 121)
  say(.client, TLSBuilder.data(53), at: 130)
  say(.server, TLSBuilder.data(100), at: 190)
  #expect(conversation.times?.end == CaptureTime(nanoseconds: 130_000_000))
  #expect(conversation.sentData(.client) && conversation.sentData(.server))
}

/// Records of one side, some of whose bytes are missing.
@Test(arguments: UInt64(0)..<200)
func `behind a hole that ends within a record the next one is read`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let records = (0..<6).map { _ in TLSBuilder.data(Int.random(in: 0...40, using: &random)) }
  let alert = TLSBuilder.alert(2, 80)
  var conversation = TLSConversation()
  var offset = 0
  // The hole begins behind the head of one of them and reaches to its end at most.
  let hit = Int.random(in: 0..<records.count, using: &random)
  for (index, record) in records.enumerated() {
    offset += 1
    guard index == hit, record.count > 5 else {
      conversation.receive(record.span, from: .server, at: place(offset))
      continue
    }
    let begin = Int.random(in: 5..<record.count, using: &random)
    let end = Int.random(in: begin + 1...record.count, using: &random)
    let before = Array(record[..<begin])
    let behind = Array(record[end...])
    conversation.receive(before.span, from: .server, at: place(offset))
    conversation.skip(end - begin, from: .server, at: place(offset))
    conversation.receive(behind.span, from: .server, at: place(offset))
  }
  conversation.receive(alert.span, from: .server, at: place(99))
  #expect(conversation.alerts.map(\.description.name) == ["internal_error"])
  #expect(conversation.sentData(.server) && !conversation.sentData(.client))
}

@Test(
  arguments: [
    // What a record may begin with (RFC 8446 section 5.1; RFC 5246 section 6.2.3 for the length).
    ([22, 3, 3, 0, 10], true), ([20, 3, 0, 0, 1], true), ([24, 3, 4, 0, 1], true), ([23, 3, 3, 0x48, 0], true),
    ([23, 3, 3, 0x48, 1], false), ([19, 3, 3, 0, 1], false), ([25, 3, 3, 0, 1], false), ([22, 2, 3, 0, 1], false),
    ([22, 4, 3, 0, 1], false), ([22, 3, 5, 0, 1], false), ([22, 3, 3, 0], false), ([], false),
  ] as [([UInt8], Bool)])
func `what a record's head is`(bytes: [UInt8], isHead: Bool) {
  #expect((RecordHead(bytes.span, isSought: true) != nil) == isHead)
}

@Test(
  arguments: [
    (2, 40, true), (2, 0, false), (2, 90, false), (1, 40, false), (3, 40, false),
  ] as [(UInt8, UInt8, Bool)])
func `an alert ends the connection for a fault, or takes leave`(level: UInt8, description: UInt8, isFatal: Bool) {
  let alert = conversation([(.server, TLSBuilder.alert(level, description))]).alerts.first
  #expect(alert?.isFatal == isFatal)
  #expect(alert?.levelName == (level == 1 ? "warning" : "fatal"))
}

@Test func `so many alerts are kept`() {
  let warnings = (0..<40).map { _ in (Peer.server, TLSBuilder.alert(1, 112)) }
  #expect(conversation(warnings).alerts.count == 16)
}

@Test func `behind what is no record the rest of a message is not joined to its beginning`() {
  let hello = client()
  var conversation = TLSConversation()
  let first = TLSBuilder.record(22, Array(hello[..<30])) + [1, 2, 3, 4, 5, 6]
  let second = TLSBuilder.record(22, Array(hello[30...])) + TLSBuilder.alert(2, 80)
  conversation.receive(first.span, from: .client, at: place(1))
  conversation.receive(second.span, from: .client, at: place(2))
  #expect(conversation.handshake.clientHello == nil)
  #expect(conversation.alerts.map(\.description.name) == ["internal_error"])
}
