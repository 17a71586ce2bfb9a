import PacketDecoding
import TCPStreams
import Testing
import Wire

/// Where a piece lies that arrives when 0..<4 was handed up and 10..<14 is held of `abcdefghijklmnopqrst`.
@Test(
  arguments: [
    ("duplicate of what was handed up", 0, 4, 4),
    ("contained in what was handed up", 1, 3, 2),
    ("duplicate of what is held", 10, 14, 4),
    ("contained in what is held", 11, 13, 2),
    ("contains what is held", 8, 16, 4),
    ("overlaps the front of what is held", 8, 12, 2),
    ("overlaps the end of what is held", 12, 16, 2),
    ("fills the hole", 4, 10, 0),
    ("partly handed up", 2, 8, 2),
    ("from what was handed up over all that is held", 2, 18, 6),
    ("behind with another hole", 16, 18, 0),
  ] as [(String, Int, Int, Int)])
func `wherever a piece lies, each byte is handed up once`(_ name: String, start: Int, end: Int, repeated: Int) {
  let text = Array("abcdefghijklmnopqrst".utf8)
  let piece = { (range: Range<Int>) in String(decoding: text[range], as: UTF8.self) }
  var scene = Scene()
  scene.handshake()
  scene.send(.client, piece(0..<4), at: 0)
  scene.send(.client, piece(10..<14), at: 10)
  scene.send(.client, piece(start..<end), at: start)
  scene.send(.client, piece(4..<10), at: 4)
  scene.send(.client, piece(14..<20), at: 14)
  scene.finish()
  #expect(scene.bytes[.client] == text)
  #expect(!scene.transcript.contains { $0.contains("gap") })
  let counts = scene.closed[0].clientToServer
  #expect(counts.bytes == 20)
  #expect(counts.missingBytes == 0)
  #expect(counts.conflictingBytes == 0)
  let later = max(0, min(end, 10) - max(start, 4)) + max(0, min(end, 20) - max(start, 14))
  #expect(counts.retransmittedBytes == repeated + later)
}

@Test func `the first copy wins, and what differs is counted`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "EVIL", at: 4)
  scene.send(.client, "xxGOODyy", at: 2)
  scene.send(.client, "ab", at: 0)
  scene.finish()
  #expect(scene.bytes[.client] == Array("abxxEVILyy".utf8))
  #expect(scene.closed[0].clientToServer.conflictingBytes == 4)
}

@Test(arguments: [UInt32(0xffff_fff0), 0xffff_ffff, 0, 0x7fff_fff8])
func `sequence numbers wrap`(start: UInt32) {
  var scene = Scene()
  scene.clientStart = start
  scene.serverStart = start
  scene.handshake()
  scene.send(.client, "0123456789", at: 0)
  scene.send(.client, "CDEF", at: 20, ack: 0)
  scene.send(.client, "abcdefghij", at: 10, ack: 0)
  scene.send(.server, "250\r\n", at: 0, ack: 24)
  scene.finish()
  #expect(scene.transcript == ["open", "C:0123456789abcdefghijCDEF", "S:250\r\n", "close"])
}

@Test func `retransmissions are counted, whole, split and merged`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "abcd", at: 0)
  scene.send(.client, "efgh", at: 4)
  scene.send(.client, "abcd", at: 0)
  scene.send(.client, "ab", at: 0)
  scene.send(.client, "abcdefgh", at: 0)
  scene.send(.client, "ghij", at: 6)
  let counts = scene.facts.clientToServer
  #expect(counts.retransmittedBytes == 16)
  #expect(counts.retransmittedSegments == 4)
  #expect(counts.outOfOrder == 0)
  #expect(scene.bytes[.client] == Array("abcdefghij".utf8))
}

@Test(arguments: ["", "\0"])
func `a keep-alive is no retransmission`(garbage: String) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "abcd", at: 0)
  scene.send(.server, at: 0, ack: 4)
  scene.send(.client, garbage, at: 3)
  scene.send(.client, "ef", at: 4)
  #expect(scene.facts.clientToServer.retransmittedSegments == 0)
  #expect(scene.bytes[.client] == Array("abcdef".utf8))
}

@Test func `one byte that was not acknowledged and comes again is a retransmission`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "a", at: 0)
  scene.send(.client, "a", at: 0)
  #expect(scene.facts.clientToServer.retransmittedSegments == 1)
}

@Test func `probes of a closed window are no retransmissions`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, at: 0, ack: 0, window: 0)
  scene.send(.client, "a", at: 0)
  scene.send(.server, at: 0, ack: 0, window: 0)
  scene.send(.client, "a", at: 0)
  scene.send(.server, at: 0, ack: 0, window: 1000)
  scene.send(.client, "abcd", at: 0)
  #expect(scene.facts.clientToServer.retransmittedSegments == 0)
  #expect(scene.facts.serverToClient.zeroWindows == 2)
  #expect(scene.bytes[.client] == Array("abcd".utf8))
}

@Test func `segments out of order are counted`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "ef", at: 4)
  scene.send(.client, "ab", at: 0)
  scene.send(.client, "cd", at: 2)
  scene.send(.client, "gh", at: 6)
  #expect(scene.facts.clientToServer.outOfOrder == 3)
  #expect(scene.facts.clientToServer.retransmittedSegments == 0)
}

@Test func `a reply waits for its command`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "250 ok\r\n", at: 0, ack: 6)
  #expect(scene.transcript == ["open"])
  scene.send(.client, "RSET\r\n", at: 0, ack: 0)
  #expect(scene.transcript == ["open", "C:RSET\r\n", "S:250 ok\r\n"])
  #expect(scene.facts.serverToClient.outOfOrder == 0)
}

@Test func `an acknowledgement alone waits for nothing and is noted at once`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, at: 0, ack: 6)
  let acknowledged = scene.table.acknowledgedBytes(of: scene.id, from: .client)
  #expect(acknowledged == 6)
  scene.send(.client, "RSET\r\n", at: 0, ack: 0)
  let delivered = scene.table.deliveredBytes(of: scene.id, from: .client)
  #expect(delivered == 6)
}

@Test func `whole directions may be captured one behind the other`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "c1", at: 0, ack: 2)
  scene.send(.client, "c2", at: 2, ack: 4)
  scene.send(.client, "c3", at: 4, ack: 6, .fin)
  scene.send(.server, "s1", at: 0, ack: 0)
  scene.send(.server, "s2", at: 2, ack: 2)
  scene.send(.server, "s3", at: 4, ack: 4)
  scene.send(.server, "s4", at: 6, ack: 7, .fin)
  scene.finish()
  #expect(
    scene.transcript
      == ["open", "S:s1", "C:c1", "S:s2", "C:c2", "S:s3", "C:c3", "C end", "S:s4", "S end", "close"])
}

@Test func `a retransmission that acknowledges more than its first copy does not block the dialogue`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "250 ok", at: 0, ack: 4)
  scene.send(.client, "NOOP", at: 0, ack: 6)
  #expect(scene.transcript == ["open", "C:NOOP", "S:250 ok"])
}
