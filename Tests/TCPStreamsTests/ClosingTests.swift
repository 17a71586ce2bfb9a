import PacketDecoding
import TCPStreams
import Testing
import Wire

@Test func `a whole connection is opened, read and closed in order`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "220 hi\r\n", at: 0, ack: 0)
  scene.send(.client, "QUIT\r\n", at: 0, ack: 8)
  scene.send(.server, "221\r\n", at: 8, ack: 6)
  scene.send(.server, at: 13, ack: 6, .fin)
  scene.send(.client, at: 6, ack: 14, .fin)
  scene.send(.server, at: 14, ack: 7)
  scene.wait(milliseconds: 3000)
  #expect(scene.transcript == ["open", "S:220 hi\r\n", "C:QUIT\r\n", "S:221\r\n", "S end", "C end", "close"])
  let facts = scene.closed[0]
  #expect(facts.opening == .handshake)
  #expect(facts.closing == .finished(by: .server))
  #expect(facts.handshakeDuration == 20_000_000)
  #expect(facts.clientToServer.bytes == 6)
  #expect(facts.clientToServer.packets == 4)
  #expect(facts.serverToClient.bytes == 13)
  #expect((facts.firstFrame.number, facts.lastFrame.number) == (1, 9))
  #expect(scene.table.openConnections == 0)
}

@Test func `a reset ends the connection, and its tail belongs to it`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "DATA\r\n", at: 0, ack: 0)
  scene.send(.server, at: 0, ack: 6, .rst)
  scene.send(.client, "late", at: 6, ack: 0)
  scene.send(.server, at: 0, ack: nil, .rst)
  scene.wait(milliseconds: 2500)
  #expect(scene.transcript == ["open", "C:DATA\r\nlate", "close"])
  #expect(scene.closed[0].closing == .reset(by: .server))
  #expect(scene.closed[0].lastFrame.number == 7)
}

@Test func `a reset behind the FINs does not change who closed, and is the last frame`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, at: 0, ack: 0, .fin)
  scene.send(.server, at: 0, ack: 1, .fin)
  scene.send(.client, at: 1, ack: 1)
  scene.send(.server, at: 1, ack: 1, .rst)
  scene.wait(milliseconds: 2500)
  #expect(scene.transcript == ["open", "C end", "S end", "close"])
  #expect(scene.closed[0].closing == .finished(by: .client))
  #expect(scene.closed[0].lastFrame.number == 7)
}

@Test(arguments: [(true, 240, false), (true, 260, true), (false, 900, false), (false, 1100, true)])
func `a connection of which nothing is missing waits less for its tail`(
  lastIsAcknowledged: Bool, wait: Int, isOver: Bool
) {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "221\r\n", at: 0, ack: 0)
  scene.send(.server, at: 5, ack: 0, .fin)
  scene.send(.client, at: 0, ack: 6, .fin)
  if lastIsAcknowledged { scene.send(.server, at: 6, ack: 1) }
  scene.wait(milliseconds: wait)
  #expect((scene.transcript.last == "close") == isOver)
}

@Test func `a reset in the tail of a connection of which nothing is missing belongs to it, later it does not`() {
  for (wait, last) in [(200, 8), (300, 7)] {
    var scene = Scene()
    scene.handshake()
    scene.send(.server, "221\r\n", at: 0, ack: 0, .fin)
    scene.send(.client, at: 0, ack: 6, .fin)
    scene.send(.server, at: 6, ack: 1)
    scene.send(.client, at: 1, ack: 6)
    scene.wait(milliseconds: wait)
    scene.send(.client, at: 1, ack: 6, .rst)
    scene.wait(milliseconds: 3000)
    #expect(scene.closed.map(\.lastFrame.number) == [last])
    #expect(scene.closed[0].closing == .finished(by: .server))
  }
}

@Test func `whose FIN acknowledges the other came second, whatever the capture's order`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, at: 0, ack: 1, .fin)
  scene.send(.server, at: 0, ack: 0, .fin)
  scene.wait(milliseconds: 2500)
  #expect(scene.transcript == ["open", "S end", "C end", "close"])
  #expect(scene.closed[0].closing == .finished(by: .server))
}

@Test func `a FIN that was not captured is known by its acknowledgement and is no gap`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "221\r\n", at: 0, ack: 0)
  scene.send(.client, at: 0, ack: 6)
  scene.send(.client, at: 0, ack: 6, .fin)
  scene.wait(milliseconds: 1500)
  scene.finish()
  #expect(scene.transcript == ["open", "S:221\r\n", "C end", "S end", "close"])
  #expect(scene.closed[0].closing == .finished(by: .server))
  #expect(scene.closed[0].serverToClient.missingBytes == 0)
}

@Test func `a SYN that is reset was refused`() {
  var scene = Scene()
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.send(.server, at: -5000, ack: 0, .rst)
  scene.wait(milliseconds: 2500)
  #expect(scene.transcript == ["open", "close"])
  #expect(scene.closed[0].opening == .refused)
  #expect(scene.closed[0].closing == .reset(by: .server))
}

@Test func `a SYN that nobody answers ends after the time given for it`() {
  var scene = Scene()
  for _ in 0..<4 {
    scene.send(.client, at: -1, ack: nil, .syn)
    scene.wait(milliseconds: 3000)
  }
  scene.wait(milliseconds: 110_000)
  #expect(scene.transcript == ["open"])
  scene.wait(milliseconds: 20_000)
  #expect(scene.transcript == ["open", "close"])
  #expect(scene.closed[0].opening == .unanswered)
  #expect(scene.closed[0].closing == .timeout)
  #expect(scene.closed[0].clientToServer.retransmittedSegments == 3)
}

@Test func `a SYN at the capture's end is unanswered`() {
  var scene = Scene()
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.finish()
  #expect(scene.closed.map(\.opening) == [.unanswered])
  #expect(scene.closed.map(\.closing) == [.captureEnd])
}

@Test func `stragglers of a closed connection open none`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "QUIT", at: 0, ack: 0)
  scene.send(.client, at: 4, ack: 0, .rst)
  scene.wait(milliseconds: 3000)
  scene.send(.client, "QUIT", at: 0, ack: 0)
  scene.send(.server, "221 bye", at: 0, ack: 4)
  scene.send(.server, at: 7, ack: 4, .fin)
  scene.finish()
  #expect(scene.transcript == ["open", "C:QUIT", "close"])
}

@Test(arguments: [(59_000, 1), (61_000, 2)])
func `a closed connection is remembered for a minute`(pause: Int, connections: Int) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, at: 0, ack: 0, .rst)
  scene.wait(milliseconds: 2100)
  scene.wait(milliseconds: pause)
  scene.send(.client, "QUIT", at: 0, ack: 0)
  scene.finish()
  #expect(scene.closed.count == connections)
}

@Test(arguments: [TCPFlags.ack, [.ack, .fin], .rst, [.rst, .ack]])
func `a bare tail opens no connection`(flags: TCPFlags) {
  var scene = Scene()
  scene.send(.client, at: 0, ack: nil, flags)
  scene.finish()
  #expect(scene.transcript == [])
}

@Test func `endpoints used again are another connection`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "one", at: 0, ack: 0)
  scene.clientStart = 900_000
  scene.serverStart = 800_000
  scene.handshake()
  scene.send(.client, "two", at: 0, ack: 0)
  scene.finish()
  #expect(scene.transcript == ["open", "C:one", "close", "open", "C:two", "close"])
  #expect(scene.closed.map(\.opening) == [.handshake, .handshake])
}

@Test func `endpoints used again right after a close are another connection`() {
  var scene = Scene()
  for round in 0..<3 {
    scene.clientStart = UInt32(1_000_000 * (round + 1))
    scene.serverStart = UInt32(7_000_000 * (round + 1))
    scene.handshake()
    scene.send(.client, "\(round)", at: 0, ack: 0, .fin)
    scene.send(.server, at: 0, ack: 2, .fin)
    scene.send(.client, at: 2, ack: 1)
    if round == 1 { scene.wait(milliseconds: 3000) }
  }
  scene.finish()
  #expect(scene.closed.count == 3)
  #expect(scene.closed.allSatisfy { $0.closing == .finished(by: .client) && $0.opening == .handshake })
}

@Test func `a SYN seen again with the same number is the same connection`() {
  var scene = Scene()
  for peer in [Peer.client, .client, .server, .server] {
    scene.wait(milliseconds: 1000)
    scene.send(peer, at: -1, ack: peer == .client ? nil : 0, .syn)
  }
  scene.send(.client, "x", at: 0, ack: 0)
  scene.finish()
  #expect(scene.transcript == ["open", "C:x", "close"])
  #expect(scene.closed[0].clientToServer.retransmittedSegments == 1)
  #expect(scene.closed[0].serverToClient.retransmittedSegments == 1)
}

@Test(arguments: [false, true])
func `a reset out of the window counts only when nothing follows`(isFollowed: Bool) {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "220\r\n", at: 0, ack: 0)
  scene.send(.server, at: 500_000_000, ack: nil, .rst)
  scene.wait(milliseconds: 5000)
  #expect(scene.closed.isEmpty)
  if isFollowed { scene.send(.client, "QUIT", at: 0, ack: 5) }
  scene.finish()
  #expect(scene.closed[0].closing == (isFollowed ? .captureEnd : .reset(by: .server)))
}

@Test func `a side that sends on behind its own reset did not send it`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, at: 0, ack: nil, .rst)
  scene.send(.server, "220\r\n", at: 0, ack: 0)
  scene.wait(milliseconds: 5000)
  scene.send(.client, "QUIT", at: 0, ack: 5)
  scene.finish()
  #expect(scene.transcript == ["open", "S:220\r\n", "C:QUIT", "close"])
  #expect(scene.closed[0].closing == .captureEnd)
}

@Test func `a connection whose reset is undone as its SYN's time is up ends of silence like any other`() {
  var scene = Scene()
  scene.handshake()
  scene.wait(milliseconds: 129_800)
  scene.send(.server, at: 0, ack: 0, .rst)
  scene.wait(milliseconds: 400)
  scene.send(.client)
  scene.wait(milliseconds: 300)
  scene.send(.server, "220\r\n", at: 0, ack: 0)
  scene.wait(milliseconds: 4_600_000)
  #expect(scene.transcript == ["open", "S:220\r\n", "close"])
  #expect(scene.closed.map(\.closing) == [.timeout])
}

@Test(arguments: [(3_590_000, 1), (3_601_000, 2)])
func `silence ends a connection`(pause: Int, connections: Int) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "a", at: 0, ack: 0)
  scene.wait(milliseconds: pause)
  scene.send(.client, "b", at: 1, ack: 0)
  scene.finish()
  #expect(scene.closed.count == connections)
  if connections == 2 { #expect(scene.closed[0].closing == .timeout) }
}

@Test func `a connection in the middle is read from its first payload on, and the port tells the server`() {
  var scene = Scene()
  scene.send(.server, "250 ok\r\n", at: 100, ack: 70)
  scene.send(.client, "QUIT\r\n", at: 70, ack: 108)
  scene.finish()
  #expect(scene.transcript == ["open", "S:250 ok\r\n", "C:QUIT\r\n", "close"])
  #expect(scene.closed[0].opening == .midstream)
  #expect(scene.closed[0].server.port == 25)
  #expect(scene.closed[0].clientToServer.missingBytes == 0)
}

@Test(arguments: [(40000, 2525, 2525), (3000, 40000, 3000), (2525, 300, 2525)] as [(UInt16, UInt16, UInt16)])
func `in the middle the server's port is a known one, else the lower one`(from: UInt16, to: UInt16, server: UInt16) {
  var scene = Scene(ports: [25, 2525])
  scene.client.port = from
  scene.server.port = to
  scene.send(.client, "x", at: 0, ack: 0)
  scene.finish()
  #expect(scene.closed.map(\.server.port) == [server])
}

@Test func `payload of SYN and SYN-ACK counts`() {
  var scene = Scene()
  scene.send(.client, "EHLO\r\n", at: -1, ack: nil, .syn)
  scene.send(.server, "220\r\n", at: -1, ack: 6, .syn)
  scene.send(.client, "QUIT", at: 6, ack: 5)
  scene.finish()
  #expect(scene.transcript == ["open", "C:EHLO\r\n", "S:220\r\n", "C:QUIT", "close"])
}

@Test func `both ends may open at once`() {
  var scene = Scene()
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.send(.server, at: -1, ack: nil, .syn)
  scene.send(.client, at: -1, ack: 0, .syn)
  scene.send(.server, at: -1, ack: 0, .syn)
  scene.send(.server, "220\r\n", at: 0, ack: 0)
  scene.finish()
  #expect(scene.transcript == ["open", "S:220\r\n", "close"])
  #expect(scene.closed[0].opening == .handshake)
}

@Test func `a FIN that is sent again does not change who closed`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, at: 0, ack: 0, .fin)
  scene.send(.server, at: 0, ack: 0, .fin)
  scene.send(.client, at: 0, ack: 1, .fin, id: 9)
  scene.wait(milliseconds: 2500)
  #expect(scene.closed.map(\.closing) == [.finished(by: .client)])
  #expect(scene.closed[0].clientToServer.retransmittedSegments == 1)
}

@Test func `SYN and reset at once is a reset and opens nothing`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, at: 700_000, ack: 0, [.syn, .rst])
  scene.send(.client, "EHLO", at: 0)
  scene.finish()
  #expect(scene.transcript == ["open", "C:EHLO", "close"])
}

@Test(arguments: [
  // As far as a sender gets in a round-trip time after its peer closed, and as far back as sequence numbers reach.
  (1 << 20, true), (1 << 20 + 1, false), (-(1 << 30), true), (-(1 << 30) - 1, false),
])
func `bytes that cannot be of the closed connection begin another`(position: Int, isStraggler: Bool) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, at: 0, ack: 0, .rst)
  scene.wait(milliseconds: 2100)
  scene.send(.client, "QUIT", at: position, ack: 0)
  scene.finish()
  #expect(scene.closed.count == (isStraggler ? 1 : 2))
}

@Test func `bytes of a side that was never heard in the closed connection begin another`() {
  var scene = Scene()
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.send(.server, at: 0, ack: 0, .rst)
  scene.wait(milliseconds: 2100)
  scene.send(.server, "250 ok", at: 70, ack: 0)
  scene.finish()
  #expect(scene.transcript == ["open", "close", "open", "S:250 ok", "close"])
}

@Test func `the first segment of a server that was captured late may acknowledge much`() {
  var scene = Scene()
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.send(.client, at: 0, ack: 0)
  scene.send(.client, "x", at: 2_000_000)
  scene.send(.server, "250 ok", at: 0, ack: 2_000_001)
  scene.wait(milliseconds: 2000)
  #expect(scene.transcript == ["open", "C gap 2000000", "C:x", "S:250 ok"])
}

@Test func `a bare straggler does not make a connection forgotten`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, at: 0, ack: 0, .rst)
  scene.wait(milliseconds: 2100)
  scene.send(.server, at: 3_000_000, ack: 0, .fin)
  scene.send(.client, "QUIT", at: 0, ack: 0)
  scene.finish()
  #expect(scene.transcript == ["open", "close"])
}

@Test func `a FIN that was not captured and came second changes nothing of who closed`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "221\r\n", at: 0, ack: 0)
  scene.send(.client, at: 0, ack: 5, .fin)
  scene.send(.client, at: 1, ack: 6)
  scene.wait(milliseconds: 1500)
  scene.finish()
  #expect(scene.transcript == ["open", "S:221\r\n", "C end", "S end", "close"])
  #expect(scene.closed[0].closing == .finished(by: .client))
}

@Test(arguments: [Peer.client, .server])
func `at the capture's end one number that is acknowledged behind the last byte is a FIN`(peer: Peer) {
  var scene = Scene()
  scene.handshake()
  scene.send(peer, "x", at: 0, ack: 0)
  scene.send(peer.other, at: 0, ack: 2)
  scene.finish()
  #expect(scene.transcript == ["open", "\(peer.letter):x", "\(peer.letter) end", "close"])
  let facts = scene.closed[0]
  #expect(facts.clientToServer.missingBytes + facts.serverToClient.missingBytes == 0)
}

@Test(arguments: [0, 30])
func `a handshake takes no time less than none`(step: Int) {
  var scene = Scene()
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.time -= 10 + step
  scene.send(.server, at: -1, .syn)
  scene.time -= 10 + step
  scene.send(.client)
  #expect(scene.facts.handshakeDuration == 0)
  #expect(scene.facts.serverRoundTrip == 0)
  #expect(scene.facts.clientRoundTrip == 0)
}

@Test func `round trips are measured from the last SYN and the last answer to it`() {
  var scene = Scene()
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.wait(milliseconds: 990)
  scene.send(.client, at: -1, ack: nil, .syn, id: 2)
  scene.wait(milliseconds: 40)
  scene.send(.server, at: -1, .syn)
  scene.wait(milliseconds: 290)
  scene.send(.server, at: -1, .syn, id: 3)
  scene.wait(milliseconds: 20)
  scene.send(.client)
  #expect(scene.facts.serverRoundTrip == 50_000_000)
  #expect(scene.facts.clientRoundTrip == 30_000_000)
  #expect(scene.facts.handshakeDuration == 1_380_000_000)
}

@Test func `a SYN that was captured behind the answer to what followed it opens no other connection`() {
  var scene = Scene()
  scene.send(.server, "250 mx\r\n", at: 0, ack: 6)
  scene.send(.client, at: -1, ack: nil, .syn)
  scene.send(.client, "EHLO\r\n", at: 0, ack: 0)
  scene.finish()
  #expect(scene.transcript == ["open", "S:250 mx\r\n", "C:EHLO\r\n", "close"])
  #expect(scene.closed.map(\.opening) == [.handshake])
}

@Test(arguments: [
  // RFC 9293 section 3.5.3: within the window. Ten bytes were sent and five of them acknowledged.
  (4, true), (3, false), (10, true), (10 + 1 << 20, true), (11 + 1 << 20, false),
])
func `a reset ends the connection where its number can be right`(position: Int, isObeyed: Bool) {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "220 mx\r\n\r\n", at: 0, ack: 0)
  scene.send(.client, at: 0, ack: 5)
  scene.send(.server, at: position, ack: 0, .rst)
  scene.wait(milliseconds: 2500)
  #expect(scene.closed.map(\.closing) == (isObeyed ? [.reset(by: .server)] : []))
}
