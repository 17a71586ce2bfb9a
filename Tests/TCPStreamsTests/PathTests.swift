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
