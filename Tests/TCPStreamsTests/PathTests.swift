import PacketDecoding
import TestSupport
import Testing
import Wire

@testable import TCPStreams

private let text = String(repeating: "x", count: 1000)

@Test func `a stall tells what was sent again, how often, since when`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "220 mx", ack: 0)
  scene.send(.client, "EHLO c", ack: 6)
  scene.send(.server, "250 mx", at: 6, ack: 6)
  scene.send(.client, text, at: 6, ack: 12, id: 1)
  scene.send(.client, text, at: 1006, ack: 12, id: 2)
  for round in 0..<4 {
    scene.wait(milliseconds: 190)
    scene.send(.client, text, at: 6, ack: 12, id: UInt16(3 + round))
  }
  let path = scene.facts.clientPath
  #expect(path.largestAcknowledged == 6)
  #expect(path.unacknowledged == 2000)
  let stall = path.openStall
  #expect(stall?.position == 6)
  #expect(stall?.transmissions == 5)
  #expect(stall?.size == 1000)
  #expect(stall?.duration == 810_000_000)
  #expect(stall?.firstFrame == 7)
  #expect(stall?.begin.number == 9)
  #expect(stall?.end.number == 12)
  #expect(scene.facts.serverPath.troubles.isEmpty)
  #expect(path.trouble?.waited == 810_000_000)

  scene.send(.server, at: 12, ack: 2006)
  #expect(scene.facts.clientPath.openStall == nil)
  #expect(scene.facts.clientPath.largestAcknowledged == 1000)
}

@Test func `what was acknowledged in smaller pieces did not pass in the large one`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, text, id: 1)
  scene.send(.client, String(text.prefix(600)), id: 2)
  scene.send(.client, String(text.prefix(400)), at: 600, id: 3)
  scene.send(.server, ack: 1000)
  #expect(scene.facts.clientPath.largestAcknowledged == 0)
  scene.send(.client, String(text.prefix(600)), at: 1000, id: 4)
  scene.send(.server, ack: 1600)
  #expect(scene.facts.clientPath.largestAcknowledged == 600)
}

@Test func `a segment that the card is to cut counts as large as the other side allows`() {
  var scene = Scene()
  for (peer, flags) in [(Peer.client, TCPFlags.syn), (.server, [.syn, .ack])] {
    var options = TCPOptions()
    options.maximumSegmentSize = 700
    let isClient = peer == .client
    scene.feed(
      TCPSegment(
        source: isClient ? scene.client : scene.server, destination: isClient ? scene.server : scene.client,
        sequence: isClient ? 999 : 4999, acknowledgment: isClient ? 0 : 1000, flags: flags, options: options,
        payload: 0..<0, payloadLength: 0), [])
  }
  scene.send(.client)
  scene.send(.client, text)
  scene.send(.server, ack: 1000)
  #expect(scene.facts.clientPath.largestAcknowledged == 700)
  #expect(scene.facts.clientPath.options?.maximumSegmentSize == 700)
}

@Test func `silences: the longest survived, and one that was not`() {
  var scene = Scene()
  scene.handshake()
  scene.wait(milliseconds: 5000)
  scene.send(.server, "220 mx")
  scene.send(.client, ack: 6)
  scene.wait(milliseconds: 3000)
  scene.send(.client, "EHLO c", ack: 6)
  #expect(scene.facts.silence.longestSurvived == 5_010_000_000)
  #expect(scene.facts.silence.unanswered == 3_010_000_000)
  scene.wait(milliseconds: 9000)
  scene.send(.client, "EHLO c", ack: 6)
  #expect(scene.facts.silence.unanswered == 3_010_000_000)
  #expect(scene.facts.silence.brokenBy == .client)
  scene.send(.server, ack: 6)
  #expect(scene.facts.silence.unanswered == 0)
}

@Test func `times to live are a range, without those of resets`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "220 mx", timeToLive: 62)
  scene.send(.server, "220 mx", at: 6, timeToLive: 63)
  scene.send(.server, at: 12, ack: nil, .rst, timeToLive: 20)
  #expect(scene.facts.serverPath.timeToLive == 62...64)
  #expect(scene.facts.serverPath.trouble?.reset?.timeToLive == 20)
  #expect(scene.facts.clientPath.timeToLive == 64...64)
}

@Test func `bytes that a side claims to have sent`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, at: 3000, ack: 0)
  #expect(scene.facts.clientPath.trouble?.unseen == 3000)
  scene.send(.client, text, at: 0)
  scene.send(.client, text, at: 1000)
  scene.send(.client, text, at: 2000)
  #expect(scene.facts.clientPath.trouble?.unseen == 0)
}

/// An ICMP error that quotes the client's sequence number, counted from its first byte.
private func error(_ scene: borrowing Scene, at position: Int, code: UInt8 = 4) -> ICMPError {
  ICMPError(
    reporter: IPAddress(ipv4: 0xc000_02fe), isICMPv6: false, type: 3, code: code, nextHopMTU: code == 4 ? 1400 : nil,
    source: scene.client, destination: scene.server,
    sequence: scene.clientStart &+ UInt32(truncatingIfNeeded: position))
}

@Test func `an ICMP error belongs to the connection whose segment it quotes`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, text)
  for position in [0, 500, 100_000, -70_000, -1] {
    let quoting = error(scene, at: position)
    scene.table.receive(quoting, frame: scene.descriptor)
  }
  var other = error(scene, at: 0)
  other.source.port += 1
  scene.table.receive(other, frame: scene.descriptor)
  let facts = scene.facts
  // What was not sent, or long ago, is not believed; the SYN was acknowledged by the server, but none of its bytes yet.
  #expect(facts.errorCount == 3)
  #expect(facts.errors.count == 1)
  #expect(facts.errors.first?.count == 3)
  #expect(facts.errors.first?.kind == .packetTooBig)
  #expect(facts.errors.first?.about == .client)
  #expect(facts.errors.first?.nextHopMTU == 1400)
}

@Test func `forged errors are bounded`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, text)
  for code in 0..<100 {
    let quoting = error(scene, at: 0, code: UInt8(code))
    scene.table.receive(quoting, frame: scene.descriptor)
  }
  #expect(scene.facts.errors.count == 16)
  #expect(scene.facts.errorCount == 100)
}

@Test func `a connection takes little memory, for there are many`() {
  #expect(MemoryLayout<Connection>.stride <= 976)
  #expect(MemoryLayout<PathWatch>.stride <= 56)
}

@Test(arguments: [([60, 64, 62], 60...64), ([64, 62, 63], 62...64), ([61, 60, 64, 255], 60...255), ([7], 7...7)])
func `times to live are all within their range, in whatever order they come`(seen: [UInt8], range: ClosedRange<UInt8>) {
  var scene = Scene()
  for (index, timeToLive) in seen.enumerated() {
    scene.send(.client, "x", at: index, ack: 0, id: UInt16(index), timeToLive: timeToLive)
  }
  #expect(scene.facts.clientPath.timeToLive == range)
}

@Test func `what is sent again although it was acknowledged is needless, from the first to the last`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "EHLO c")
  scene.send(.server, ack: 6)
  for round in 0..<3 { scene.send(.client, "EHLO c", id: UInt16(7 + round)) }
  let needless = scene.facts.clientPath.trouble?.needless
  #expect((needless?.count, needless?.first?.number, needless?.last?.number) == (3, 6, 8))
  #expect(scene.facts.clientPath.openStall == nil)
  #expect(scene.facts.clientPath.trouble?.firstRepeat?.number == 6)
  #expect(scene.facts.clientPath.trouble?.lastRepeat?.number == 8)
}

/// Segments of the server by their "don't fragment" flags and identifications; the last one is a reset.
@Test(
  arguments: [
    ("all alike", [(true, 1), (true, 2), (true, 3), (true, 4), (true, 5)], false, false),
    ("the reset alone may be fragmented", [(true, 1), (true, 2), (true, 3), (true, 4), (false, 5)], true, false),
    ("others too", [(true, 1), (false, 2), (true, 3), (true, 4), (false, 5)], false, false),
    ("the reset alone has a number", [(true, 0), (true, 0), (true, 0), (true, 9)], false, true),
    ("none has one", [(true, 0), (true, 0), (true, 0), (true, 0)], false, false),
    ("it does not go on counting", [(true, 1), (true, 2), (true, 3), (true, 4), (true, 5), (true, 2000)], false, true),
    (
      "a step of a counter that others share", [(true, 1), (true, 2), (true, 3), (true, 4), (true, 5), (true, 1029)],
      false, false
    ),
    ("one step more", [(true, 1), (true, 2), (true, 3), (true, 4), (true, 5), (true, 1030)], false, true),
    (
      "they never were in order", [(true, 9), (true, 4000), (true, 77), (true, 30_000), (true, 5), (true, 2000)], false,
      false
    ),
    ("too few to tell", [(true, 1), (true, 2), (true, 2000)], false, false),
  ] as [(String, [(Bool, UInt16)], Bool, Bool)])
func `a reset is held against the other packets of its side`(
  name: String, packets: [(dontFragment: Bool, identification: UInt16)], breaksDontFragment: Bool,
  breaksIdentifications: Bool
) {
  var scene = Scene()
  for (index, packet) in packets.enumerated() {
    let isLast = index == packets.count - 1
    let bytes: [UInt8] = isLast ? [] : [0x78]
    let segment = TCPSegment(
      source: scene.server, destination: scene.client, sequence: 5000 &+ UInt32(index), acknowledgment: 1000,
      flags: isLast ? [.rst, .ack] : .ack, window: 512, identification: packet.identification,
      dontFragment: packet.dontFragment, payload: 0..<bytes.count, payloadLength: bytes.count)
    scene.feed(segment, bytes)
  }
  let reset = scene.facts.serverPath.trouble?.reset
  #expect(reset?.breaksDontFragment == breaksDontFragment)
  #expect(reset?.breaksIdentifications == breaksIdentifications)
  #expect((reset?.count, reset?.ahead, reset?.hasACK) == (1, 0, true))
  #expect(scene.facts.clientPath.troubles.isEmpty)
}

@Test(arguments: [false, true])
func `one segment that may be fragmented is remembered, also where it is in step`(sendsFragmentable: Bool) {
  var scene = Scene()
  scene.handshake()
  for (position, fragmentable) in [false, sendsFragmentable, false].enumerated() {
    let segment = TCPSegment(
      source: scene.server, destination: scene.client, sequence: 5000 &+ UInt32(position), acknowledgment: 1000,
      flags: .ack, window: 512, identification: 7 + UInt16(position), dontFragment: !fragmentable, payload: 0..<1,
      payloadLength: 1)
    scene.feed(segment, [0x78])
    scene.send(.client, ack: position + 1)
  }
  scene.feed(
    TCPSegment(
      source: scene.server, destination: scene.client, sequence: 5003, acknowledgment: 1000, flags: [.rst, .ack],
      window: 512, identification: 10, dontFragment: false, payload: 0..<0, payloadLength: 0), [])
  #expect(scene.facts.serverPath.trouble?.reset?.breaksDontFragment == !sendsFragmentable)
}

@Test func `resets of one side: the first is told, with how many followed and whether their numbers differ`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, at: 30, ack: 0, .rst, timeToLive: 50)
  scene.send(.server, at: 30, ack: 0, .rst, id: 5)
  #expect(scene.facts.serverPath.trouble?.reset?.count == 2)
  #expect(scene.facts.serverPath.trouble?.reset?.sequencesDiffer == false)
  scene.send(.server, at: 31, ack: nil, .rst, id: 6)
  let reset = scene.facts.serverPath.trouble?.reset
  #expect((reset?.count, reset?.sequencesDiffer, reset?.ahead) == (3, true, 30))
  #expect((reset?.frame.number, reset?.timeToLive, reset?.hasACK) == (4, 50, true))
}

@Test func `the capture goes on behind a connection's last packet`() {
  var scene = Scene()
  scene.handshake()
  #expect(scene.facts.silence.afterwards == 0)
  scene.wait(milliseconds: 5000)
  #expect(scene.facts.silence.afterwards == 5_000_000_000)
}

@Test(arguments: [[5000, 3000], [3000, 5000], [3000, 5000, 1200]])
func `the longest silence that both sides survived is told, whichever it was`(pauses: [Int]) {
  var scene = Scene()
  scene.handshake()
  for (index, pause) in pauses.enumerated() {
    scene.wait(milliseconds: pause)
    scene.send(.client, "NOOP", at: 4 * index)
    scene.send(.server, at: 0, ack: 4 * index + 4)
  }
  #expect(scene.facts.silence.longestSurvived == 5_010_000_000)
  #expect(scene.facts.silence.unanswered == 0)
}

@Test func `a packet with no time left to live says nothing of those before and behind it`() {
  var scene = Scene()
  scene.handshake()
  for timeToLive: UInt8 in [64, 0, 200, 0, 255] {
    scene.send(.client, "x", at: scene.bytes[.client]?.count ?? 0, ack: 0, timeToLive: timeToLive)
  }
  scene.finish()
  #expect(scene.closed[0].clientPath.timeToLive == 64...255)
  #expect(scene.closed[0].clientToServer.bytes == 5)
}
