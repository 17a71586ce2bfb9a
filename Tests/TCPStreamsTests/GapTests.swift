import PacketDecoding
import TCPStreams
import Testing
import Wire

@Test(arguments: [(900, false), (1100, true)])
func `an acknowledged hole is given a second to turn up`(pause: Int, isGap: Bool) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "ab", at: 0)
  scene.send(.client, "ef", at: 4)
  scene.send(.server, at: 0, ack: 6)
  scene.wait(milliseconds: pause)
  scene.send(.client, "cd", at: 2)
  let expected = isGap ? ["open", "C:ab", "C gap 2", "C:ef"] : ["open", "C:abcdef"]
  #expect(scene.transcript == expected)
  #expect(scene.facts.clientToServer.missingBytes == (isGap ? 2 : 0))
}

@Test(arguments: [(255, false), (257, true)])
func `an acknowledged hole is given some later segments to turn up`(segments: Int, isGap: Bool) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "ef", at: 4)
  scene.send(.server, at: 0, ack: 6)
  scene.time -= 10 * segments
  for _ in 0..<segments {
    scene.time -= 10
    scene.send(.server, at: 0, ack: 6)
  }
  #expect(scene.transcript == (isGap ? ["open", "C gap 4", "C:ef"] : ["open"]))
}

@Test func `a hole that nobody acknowledged waits for its retransmission`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "ab", at: 0)
  scene.send(.client, "ef", at: 4)
  scene.send(.server, at: 0, ack: 2)
  scene.wait(milliseconds: 60_000)
  #expect(scene.transcript == ["open", "C:ab"])
  scene.send(.client, "cdef", at: 2)
  #expect(scene.transcript == ["open", "C:abcdef"])
}

@Test func `bytes that were acknowledged and never captured are a gap with nothing behind it`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, at: 0, ack: 100)
  scene.wait(milliseconds: 1100)
  #expect(scene.transcript == ["open", "C gap 100"])
}

@Test func `a reply whose command is missing follows the gap`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "250 ok", at: 0, ack: 6)
  scene.wait(milliseconds: 1100)
  #expect(scene.transcript == ["open", "C gap 6", "S:250 ok"])
}

@Test func `where both sides are missing bytes, the one that did not speak last goes first`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "220\r\n", at: 0, ack: 0)
  scene.send(.client, "MAIL", at: 10, ack: 25)
  scene.send(.server, "250\r\n", at: 25, ack: 14)
  scene.wait(milliseconds: 1100)
  #expect(scene.transcript == ["open", "S:220\r\n", "C gap 10", "S gap 20", "C:MAIL", "S:250\r\n"])
}

@Test(arguments: ["fin", "rst", "end", "idle", "reuse"])
func `the end of a connection hands up all that waits`(_ ending: String) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "ab", at: 0)
  scene.send(.client, "ef", at: 4)
  switch ending {
  case "fin":
    scene.send(.client, at: 6, ack: 0, .fin)
    scene.send(.server, at: 0, ack: 2, .fin)
    scene.wait(milliseconds: 2100)
  case "rst":
    scene.send(.server, at: 0, ack: 2, .rst)
    scene.wait(milliseconds: 2100)
  case "idle": scene.wait(milliseconds: 3_700_000)
  case "reuse":
    scene.clientStart &+= 100_000
    scene.send(.client, at: -1, ack: nil, .syn)
  default: scene.finish()
  }
  let heard = scene.transcript.filter { $0.hasPrefix("C") }
  #expect(heard == ["C:ab", "C gap 2", "C:ef"] + (ending == "fin" ? ["C end"] : []))
  #expect(scene.closed.count == 1)
  let held = scene.table.heldBytes
  #expect(held == 0)
}

@Test func `one direction alone tells how much the other said`() {
  var scene = Scene()
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.send(.client, at: 0, ack: 0)
  scene.send(.client, "EHLO\r\n", at: 0, ack: 20)
  scene.wait(milliseconds: 1100)
  #expect(scene.transcript == ["open", "S gap 20", "C:EHLO\r\n"])
  scene.send(.client, "MAIL\r\n", at: 6, ack: 70)
  #expect(scene.transcript.suffix(2) == ["S gap 50", "C:MAIL\r\n"])
  scene.send(.client, at: 12, ack: 71, .fin)
  scene.finish()
  #expect(scene.transcript.suffix(3) == ["C end", "S end", "close"])
  #expect(scene.closed[0].opening == .handshake)
  #expect(scene.closed[0].serverToClient.missingBytes == 70)
  #expect(scene.closed[0].closing == .finished(by: .server))
}

@Test(arguments: [(9_900, false), (10_100, true)])
func `a hole that nobody could confirm is given up later`(pause: Int, isGap: Bool) {
  var scene = Scene()
  scene.send(.client, "ab", at: 0, ack: 0)
  scene.send(.client, "ef", at: 4, ack: 0)
  scene.wait(milliseconds: pause)
  #expect(scene.transcript == ["open", "C:ab"] + (isGap ? ["C gap 2", "C:ef"] : []))
}

@Test func `the part that a snap length cut off is a gap at once`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "abcd", at: 0, clipped: 96)
  scene.send(.client, "efgh", at: 100)
  #expect(scene.transcript == ["open", "C:abcd", "C gap 96", "C:efgh"])
  #expect(scene.facts.clientToServer.clippedSegments == 1)
  #expect(scene.facts.clientToServer.missingBytes == 96)
}

@Test func `a cut segment that has to wait keeps its gap`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "efgh", at: 4, clipped: 10)
  scene.send(.client, "", at: 18, clipped: 7)
  scene.send(.client, "z", at: 25)
  scene.send(.client, "abcd", at: 0)
  #expect(scene.transcript == ["open", "C:abcdefgh", "C gap 10", "C gap 7", "C:z"])
  #expect(scene.facts.clientToServer.missingBytes == 17)
  #expect(scene.facts.clientToServer.clippedSegments == 2)
}

@Test func `a repeated copy of what was cut off is old`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "ab", at: 0, clipped: 4)
  scene.send(.client, "abcdefgh", at: 0)
  #expect(scene.transcript == ["open", "C:ab", "C gap 4", "C:gh"])
}

@Test(arguments: [Peer.client, .server])
func `what lies behind a FIN is no part of the stream`(peer: Peer) {
  var scene = Scene()
  scene.handshake()
  scene.send(peer, at: 4, ack: 0, .fin)
  scene.send(peer, "beyond", at: 8)
  scene.send(peer, "cdef", at: 2)
  scene.send(peer, "abcd", at: 0)
  #expect(scene.transcript == ["open", "\(peer.letter):abcd", "\(peer.letter) end"])
  let held = scene.table.heldBytes
  #expect(held == 0)
}

@Test(arguments: [(900, false), (1100, true)])
func `a hole that is acknowledged at last has a second from then on`(pause: Int, isGap: Bool) {
  var scene = Scene()
  scene.send(.client, "ab", at: 0, ack: 0)
  scene.send(.client, "ef", at: 4, ack: 0)
  scene.wait(milliseconds: 500)
  scene.send(.server, at: 0, ack: 6)
  scene.wait(milliseconds: pause)
  #expect(scene.transcript.contains("C gap 2") == isGap)
}

@Test func `what a snap length cut off is missing where it stood`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "abcd", at: 0)
  scene.send(.client, "ef", at: 4, clipped: 4)
  scene.send(.client, "k", at: 10)
  #expect(scene.transcript == ["open", "C:abcdef", "C gap 4", "C:k"])
  #expect(scene.facts.clientToServer.missingBytes == 4)
  #expect(scene.facts.clientToServer.bytes == 7)
}

@Test(arguments: [(900, false), (1100, true)], [Peer.client, .server])
func `a hole that turns up in the first segment after its time is a gap all the same`(
  time: (pause: Int, isGap: Bool), peer: Peer
) {
  var scene = Scene()
  scene.handshake()
  scene.send(peer, "ab", at: 0)
  scene.send(peer, "ef", at: 4)
  scene.send(peer.other, at: 0, ack: 6)
  scene.time += time.pause
  scene.send(peer, "cd", at: 2)
  #expect(scene.transcript.contains("\(peer.letter) gap 2") == time.isGap)
}

@Test func `what was acknowledged before a late SYN told the beginning is missing behind it`() {
  var scene = Scene()
  scene.send(.server, "250 mx", at: 0, ack: 6)
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.send(.client, at: 6, ack: 6)
  scene.wait(milliseconds: 1100)
  #expect(scene.transcript == ["open", "S:250 mx", "C gap 6"])
}
