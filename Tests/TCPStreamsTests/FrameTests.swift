import PacketDecoding
import TCPStreams
import Testing
import Wire

@Test func `a packet captured twice is one`() {
  var scene = Scene()
  for (index, flags) in [TCPFlags.syn, [.syn, .ack], .ack].enumerated() {
    for timeToLive in [UInt8(64), 63] {
      scene.send(
        index == 1 ? .server : .client, at: index == 2 ? 0 : -1, ack: flags.contains(.ack) ? 0 : nil, flags,
        id: UInt16(100 + index), timeToLive: timeToLive)
    }
  }
  for round in 0..<20 {
    for _ in 0..<2 { scene.send(.client, "abcd", at: round * 4, id: UInt16(200 + round)) }
  }
  let counts = scene.facts.clientToServer
  #expect(counts.duplicateFrames == 22)
  #expect(counts.packets == 22)
  #expect((counts.retransmittedSegments, counts.outOfOrder) == (0, 0))
  #expect(scene.facts.serverToClient.duplicateFrames == 1)
  #expect(counts.bytes == 80)
}

@Test func `once packets come twice, the copy may come some packets later`() {
  var scene = Scene()
  scene.identification = nil
  for _ in 0..<2 { scene.send(.client, at: -1, ack: nil, .syn, id: 7) }
  scene.time -= 15
  for start in [0, 40] {
    for _ in 0..<2 {
      for round in 0..<10 {
        scene.time -= 10
        scene.send(.client, "abcd", at: start + round * 4, id: UInt16(200 + start + round))
      }
    }
  }
  #expect(scene.facts.clientToServer.duplicateFrames == 21)
  #expect(scene.facts.clientToServer.retransmittedSegments == 0)
}

@Test(
  arguments: [
    ("a new identification", 8, 1, 10, false),
    ("the same identification at once", 7, 1, 10, true),
    ("the same identification within 100 ms", 7, 1, 90, true),
    ("the same identification after 100 ms", 7, 1, 100, true),
    ("the same identification later", 7, 1, 101, false),
    ("another time stamp", 7, 2, 10, false),
    ("no identification, at once", 0, 1, 2, true),
    ("no identification, after 3 ms", 0, 1, 3, true),
    ("no identification, later", 0, 1, 4, false),
  ] as [(String, UInt16, UInt32, Int, Bool)])
func `a retransmission is another packet`(
  _ name: String, identification: UInt16, timestamp: UInt32, later: Int, isDuplicate: Bool
) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "abcd", at: 0, id: identification == 0 ? 0 : 7, timestamp: 1)
  scene.time += later - 10
  scene.send(.client, "abcd", at: 0, id: identification, timestamp: timestamp)
  let counts = scene.facts.clientToServer
  #expect(counts.duplicateFrames == (isDuplicate ? 1 : 0))
  #expect(counts.retransmittedSegments == (isDuplicate ? 0 : 1))
}

/// More frames than are remembered at first pass before the first copy of this direction comes; the other one's told of copies.
@Test(arguments: [UInt16(7), 0])
func `copies that come late are known once one was seen`(identification: UInt16) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "helo", at: 0, id: 1, timestamp: 1)
  scene.time -= 9
  scene.send(.client, "helo", at: 0, id: 1, timestamp: 1)
  for place in 0..<6 {
    scene.time -= 9
    scene.send(
      .server, "abcd", at: place * 4, id: identification == 0 ? 0 : identification + UInt16(place), timestamp: 1)
  }
  for place in 0..<6 {
    scene.time -= 9
    scene.send(
      .server, "abcd", at: place * 4, id: identification == 0 ? 0 : identification + UInt16(place), timestamp: 1)
  }
  #expect(scene.facts.serverToClient.duplicateFrames == 6)
  #expect(scene.facts.serverToClient.retransmittedSegments == 0)
}

/// A segment with a header whose checksum is right, wrong, or left to the network card.
private func segment(_ scene: borrowing Scene, _ text: String, at position: Int, _ checksum: Checksum) -> (
  TCPSegment, [UInt8]
) {
  let sequence = scene.clientStart &+ UInt32(position)
  let ports = [scene.client.port, scene.server.port]
  var bytes = ports.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
  bytes += [24, 16, 8, 0].map { UInt8(sequence >> $0 & 255) } + [0, 0, 19, 136, 0x50, 0x10, 255, 255, 0, 0, 0, 0]
  bytes += Array(text.utf8)
  let pseudoHeader = scene.client.address.low + scene.server.address.low
  let folded = foldedChecksum(((pseudoHeader >> 16) + (pseudoHeader & 0xffff)) + 6 + UInt64(bytes.count))
  var field = ~foldedChecksum(UInt64(folded) + bytes.span.internetChecksumSum)
  switch checksum {
  case .right: break
  case .wrong: field ^= 0x1234
  case .offloaded: field = folded
  }
  bytes[16] = UInt8(field >> 8)
  bytes[17] = UInt8(field & 255)
  let segment = TCPSegment(
    source: scene.client, destination: scene.server, sequence: sequence, acknowledgment: 5000, flags: .ack,
    payload: 20..<bytes.count, payloadLength: text.utf8.count)
  return (segment, bytes)
}

private enum Checksum { case right, wrong, offloaded }

@Test(
  arguments: [
    ("wrong among right ones is dropped", [.right, .wrong], 1),
    ("wrong throughout is left to the card", [.wrong, .wrong, .wrong], 0),
    ("left to the card", [.offloaded, .offloaded], 0),
    ("one that is right by chance among wrong ones", [.wrong, .wrong, .wrong, .right, .wrong], 0),
    ("wrong at first, then right ones", [.wrong, .right, .right, .wrong], 1),
  ] as [(String, [Checksum], Int)])
private func `a wrong checksum counts only among right ones`(_ name: String, checksums: [Checksum], dropped: Int) {
  var scene = Scene()
  scene.handshake()
  for (index, checksum) in checksums.enumerated() {
    let (segment, bytes) = segment(scene, "abcd", at: index * 4, checksum)
    scene.feed(segment, bytes)
  }
  #expect(scene.facts.clientToServer.badChecksums == dropped)
  #expect(scene.facts.clientToServer.bytes == (checksums.count - dropped) * 4)
}

@Test(arguments: [true, false])
private func `a segment with a wrong checksum is used if it is acknowledged and nothing better comes`(isBetter: Bool) {
  var scene = Scene()
  scene.handshake()
  for (index, checksum) in [Checksum.right, .wrong, .right].enumerated() {
    let (segment, bytes) = segment(scene, "abc\(index)", at: index * 4, checksum)
    scene.feed(segment, bytes)
  }
  if isBetter {
    let (segment, bytes) = segment(scene, "ABCD", at: 4, .right)
    scene.feed(segment, bytes)
  }
  scene.send(.server, "250 ok", at: 0, ack: 12)
  scene.finish()
  #expect(scene.transcript == ["open", isBetter ? "C:abc0ABCDabc2" : "C:abc0abc1abc2", "S:250 ok", "close"])
  #expect(scene.closed[0].clientToServer.badChecksums == (isBetter ? 1 : 0))
  #expect(scene.closed[0].clientToServer.missingBytes == 0)
  let held = scene.table.heldBytes
  #expect(held == 0)
}

/// Whoever sends a wrong one just before must not hide the right one, which is what the receiver takes.
@Test func `the right segment is no copy of a wrong one that looks like it`() {
  var scene = Scene()
  scene.handshake()
  for (index, (text, checksum)) in [("abcd", Checksum.right), ("nobd", .wrong), ("alic", .right), ("alic", .right)]
    .enumerated()
  {
    let (segment, bytes) = segment(scene, text, at: min(index, 1) * 4, checksum)
    scene.time -= 9
    scene.feed(segment, bytes)
  }
  scene.send(.server, "250 ok", at: 0, ack: 8)
  scene.finish()
  #expect(scene.transcript == ["open", "C:abcdalic", "S:250 ok", "close"])
  #expect(scene.closed[0].clientToServer.badChecksums == 1)
  #expect(scene.closed[0].clientToServer.duplicateFrames == 1)
}

@Test(arguments: [(3, "C:abcWRONGSmno", 4, 0), (0, "C:abcdefghimno", 0, 1)])
private func `a receiver takes a segment with a wrong checksum whole or not at all`(
  firstRight: Int, stream: String, conflicting: Int, dropped: Int
) {
  var scene = Scene()
  scene.handshake()
  let (first, bytes) = segment(scene, "abc", at: 0, .right)
  scene.feed(first, bytes)
  // "WRONGS" covers 3 to 9; what overlaps it comes from 6 on, or from its first byte on.
  let (wrong, wrongBytes) = segment(scene, "WRONGS", at: 3, .wrong)
  scene.feed(wrong, wrongBytes)
  let (later, laterBytes) = segment(scene, String("defghimno".dropFirst(firstRight)), at: 3 + firstRight, .right)
  scene.feed(later, laterBytes)
  scene.send(.server, ack: 12)
  scene.finish()
  #expect(scene.transcript.filter { $0.hasPrefix("C:") } == [stream])
  #expect(scene.closed[0].clientToServer.badChecksums == dropped)
  #expect((scene.closed[0].clientToServer.conflictingBytes > 0) == (conflicting > 0))
}

@Test(arguments: [(3, 12), (4, 12)])
private func `so many pieces with wrong checksums are kept`(pieces: Int, kept: Int) {
  var limits = StreamLimits()
  limits.corruptPiecesPerDirection = 3
  var scene = Scene(limits)
  scene.handshake()
  for index in 0..<8 {
    let (segment, bytes) = segment(scene, "abcd", at: index * 4, .right)
    scene.feed(segment, bytes)
  }
  for index in 8..<8 + pieces {
    let (segment, bytes) = segment(scene, "abcd", at: index * 4, .wrong)
    scene.feed(segment, bytes)
  }
  scene.send(.server, at: 0, ack: 4 * (8 + pieces))
  scene.finish()
  #expect(scene.closed[0].clientToServer.bytes == 32 + kept)
}

@Test func `an answer to a SYN that acknowledges another connection is none`() {
  var scene = Scene()
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.send(.server, at: 1_000_000, ack: 400_000_000)
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.send(.server, at: -1, .syn)
  scene.send(.client, "EHLO", at: 0)
  scene.finish()
  #expect(scene.transcript == ["open", "C:EHLO", "close"])
}

@Test func `a connection that is ignored tells its end only`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "ab", at: 4)
  scene.table.ignore(scene.id)
  let held = scene.table.heldBytes
  #expect(held == 0)
  scene.send(.client, "abcd", at: 0)
  scene.send(.server, at: 0, ack: 100, .fin)
  scene.send(.client, at: 6, ack: 1, .fin)
  #expect(scene.transcript == ["open"])
  scene.wait(milliseconds: 2100)
  #expect(scene.transcript == ["open", "close"])
  #expect(scene.closed[0].closing == .finished(by: .server))
  #expect(scene.closed[0].lastFrame.number == 7)
}

@Test func `of an ignored connection packets are counted and nothing else`() {
  var scene = Scene()
  scene.handshake()
  scene.table.ignore(scene.id)
  for _ in 0..<5 {
    scene.send(.client, "abc", at: 0)
    scene.send(.server, "d", at: 0, ack: 3)
    scene.send(.server, at: 1, ack: 3, window: 0)
  }
  #expect(scene.transcript == ["open"])
  scene.send(.client, at: 3, .rst)
  scene.wait(milliseconds: 70_000)
  #expect(scene.transcript == ["open", "close"])
  let facts = scene.closed[0]
  #expect(facts.closing == .reset(by: .client))
  #expect((facts.clientToServer.packets, facts.serverToClient.packets) == (8, 11))
  #expect((facts.clientToServer.bytes, facts.serverToClient.bytes) == (0, 0))
  #expect((facts.clientToServer.duplicateFrames, facts.serverToClient.zeroWindows) == (0, 0))
  #expect(facts.lastFrame.number == 19)
}

@Test func `ignoring a connection drops the events that wait`() {
  var table = ConnectionTable()
  let scene = Scene()
  let bytes = Array("hello".utf8)
  let segment = TCPSegment(
    source: scene.client, destination: scene.server, sequence: 1, flags: .ack, payload: 0..<5, payloadLength: 5)
  table.receive(segment, in: bytes.span, frame: scene.descriptor)
  guard case .opened(let id)? = table.nextEvent() else {
    Issue.record("not opened")
    return
  }
  table.ignore(id)
  let next = table.nextEvent()
  #expect(next == nil)
}
