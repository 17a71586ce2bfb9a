import PacketDecoding
import TCPStreams
import Testing
import Wire

// What diagnosis is told of bytes that wait, of closed windows and of selective acknowledgments.

private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

/// A segment of the client's with options that ``Scene`` does not write.
private func feed(
  _ scene: inout Scene, from peer: Peer, _ payload: String = "", at position: Int = 0, ack: Int = 0, id: UInt16 = 0,
  dontFragment: Bool = true, selective: SelectiveAcknowledgment? = nil
) {
  var options = TCPOptions()
  options.selectiveAcknowledgment = selective
  let bytes = Array(payload.utf8)
  let isClient = peer == .client
  scene.feed(
    TCPSegment(
      source: isClient ? scene.client : scene.server, destination: isClient ? scene.server : scene.client,
      sequence: (isClient ? scene.clientStart : scene.serverStart) &+ UInt32(position),
      acknowledgment: (isClient ? scene.serverStart : scene.clientStart) &+ UInt32(ack), flags: .ack, options: options,
      identification: id, dontFragment: dontFragment, payload: 0..<bytes.count, payloadLength: bytes.count), bytes)
}

@Test func `a stall tells the sizes in which its first byte and others were sent again`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, text(1000), at: 0, id: 1)
  scene.send(.client, text(1000), at: 1000, id: 2)
  scene.wait(milliseconds: 300)
  feed(&scene, from: .client, text(1000), at: 0, id: 3)
  feed(&scene, from: .client, text(700), at: 1000, id: 4)
  scene.wait(milliseconds: 300)
  feed(&scene, from: .client, text(500), at: 0, id: 5)
  feed(&scene, from: .client, text(400), at: 1000, id: 6)
  let stall = scene.facts.clientPath.openStall
  #expect((stall?.transmissions, stall?.repeats, stall?.position) == (3, 2, 0))
  #expect((stall?.size, stall?.smallestSize, stall?.smallestOther) == (1000, 500, 400))
  #expect((stall?.firstFrame, stall?.begin.number, stall?.end.number) == (4, 6, 8))
  #expect(stall?.dontFragment == true)
  #expect((stall?.since, stall?.firstRepeat, stall?.lastRepeat) == (30_000_000, 350_000_000, 670_000_000))
  #expect(stall?.duration == 640_000_000)
  #expect(scene.facts.clientPath.trouble?.waited == 640_000_000)
  feed(&scene, from: .client, text(500), at: 0, id: 7, dontFragment: false)
  #expect(scene.facts.clientPath.openStall?.dontFragment == false)
}

@Test func `a stall that is over gives way to the next, and the longest of them is kept`() {
  var scene = Scene()
  scene.handshake()
  for (round, pause) in [500, 900, 200].enumerated() {
    scene.send(.client, text(100), at: 100 * round, id: UInt16(3 * round + 1))
    scene.wait(milliseconds: pause)
    scene.send(.client, text(100), at: 100 * round, id: UInt16(3 * round + 2))
    #expect(scene.facts.clientPath.openStall?.position == 100 * round)
    scene.send(.server, at: 0, ack: 100 * round + 100)
    #expect(scene.facts.clientPath.openStall == nil)
    #expect(scene.facts.clientPath.trouble?.stall?.isOpen == false)
  }
  let trouble = scene.facts.clientPath.trouble
  #expect(trouble?.longestPastStall?.position == 100)
  #expect(trouble?.longestPastStall?.duration == 910_000_000)
  #expect(trouble?.stall?.position == 200)
  #expect(trouble?.waited == 1_630_000_000)
  #expect(trouble?.stall?.peerHeard == scene.descriptor.time.nanoseconds - 10_000_000)
}

@Test func `what the other side has behind the first byte that waits is told with the stall`() {
  var scene = Scene()
  scene.handshake()
  for index in 0..<5 { scene.send(.client, text(100), at: 100 * index, id: UInt16(index + 1)) }
  var selective = SelectiveAcknowledgment()
  selective.widest = 100
  feed(&scene, from: .server, selective: selective)
  selective.widest = 300
  feed(&scene, from: .server, selective: selective)
  selective.widest = 200
  selective.tellsDuplicate = true
  feed(&scene, from: .server, selective: selective)
  scene.wait(milliseconds: 300)
  scene.send(.client, text(100), at: 0, id: 9)
  let path = scene.facts.clientPath
  #expect(path.openStall?.widestSelective == 300)
  #expect(path.trouble?.duplicates == 1)
  // Where the first byte that waits is another one, what was told before says nothing.
  feed(&scene, from: .server, ack: 100)
  selective.widest = 50
  feed(&scene, from: .server, ack: 100, selective: selective)
  scene.wait(milliseconds: 300)
  scene.send(.client, text(100), at: 100, id: 10)
  #expect(scene.facts.clientPath.openStall?.widestSelective == 50)
}

/// A pcapng file may claim any time; the bytes at sequence number 0 are as good as others.
@Test(arguments: [0, 9_000_000_000_000])
func `bytes that came twice are told once by an acknowledgment that is captured twice`(_ milliseconds: Int) {
  var scene = Scene()
  scene.time = milliseconds
  scene.handshake()
  scene.send(.client, text(100), at: 0, id: 1)
  var selective = SelectiveAcknowledgment()
  selective.tellsDuplicate = true
  selective.duplicateStart = 0
  feed(&scene, from: .server, ack: 100, selective: selective)
  // At the same time as the one before.
  scene.time -= 10
  feed(&scene, from: .server, ack: 100, selective: selective)
  #expect(scene.facts.clientPath.trouble?.duplicates == 1)
  scene.wait(milliseconds: 300)
  feed(&scene, from: .server, ack: 100, selective: selective)
  #expect(scene.facts.clientPath.trouble?.duplicates == 2)
}

@Test func `a closed window tells how long, how often it was said, and what was sent meanwhile`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, text(100), id: 1)
  scene.send(.server, ack: 100, window: 0, id: 2)
  let closed = scene.frame
  for round in 0..<3 {
    scene.wait(milliseconds: 490)
    scene.send(.client, "x", at: 100, id: UInt16(3 + 2 * round))
    scene.send(.server, ack: 100, window: 0, id: UInt16(4 + 2 * round))
  }
  let closure = scene.facts.serverPath.trouble?.closure
  #expect(closure?.isOpen == true)
  #expect((closure?.answers, closure?.probes) == (3, 3))
  #expect((closure?.begin.number, closure?.last.number) == (closed, scene.frame))
  #expect(closure?.duration == 1_530_000_000)
  scene.wait(milliseconds: 90)
  scene.send(.server, ack: 101, id: 20)
  let over = scene.facts.serverPath.trouble?.closure
  #expect((over?.isOpen, over?.probes, over?.duration) == (false, 3, 1_630_000_000))
  // Another one, shorter: the first is the longest before it.
  scene.send(.server, ack: 101, window: 0, id: 21)
  scene.send(.server, ack: 101, id: 22)
  scene.send(.server, ack: 101, window: 0, id: 23)
  let trouble = scene.facts.serverPath.trouble
  #expect(trouble?.longestPastClosure?.duration == 1_630_000_000)
  #expect((trouble?.closure?.isOpen, trouble?.closure?.answers, trouble?.closure?.probes) == (true, 0, 0))
  #expect(scene.facts.serverToClient.zeroWindows == 6)
  #expect(scene.facts.clientPath.trouble?.closure == nil)
}

@Test(arguments: [(90, 0), (99, 0), (100, 1), (190, 1)])
func `a silence before something is sent again is a stall of the connection`(pause: Int, stalls: Int) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "EHLO c", id: 1)
  scene.wait(milliseconds: pause - 10)
  scene.send(.client, "EHLO c", id: 2)
  let found = scene.facts.stalls
  #expect(found.count == stalls)
  #expect(found.first?.peer == (stalls > 0 ? .client : nil))
  #expect(found.first?.duration == (stalls > 0 ? Int64(pause) * 1_000_000 : nil))
  #expect(found.first?.end == (stalls > 0 ? scene.descriptor.time : nil))
}

@Test func `so many stalls of a connection are kept`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "EHLO c", id: 1)
  for round in 0..<80 {
    scene.wait(milliseconds: 200)
    scene.send(.client, "EHLO c", id: UInt16(2 + round))
  }
  #expect(scene.facts.stalls.count == 64)
}

@Test(arguments: [(1000, true), (1001, false), (600, true)])
func `everything was surely acknowledged by a segment of a size that is known to pass`(size: Int, isSure: Bool) {
  var scene = Scene()
  scene.handshake()
  // A thousand bytes of the server's were acknowledged: segments of that size pass.
  scene.send(.server, text(1000), ack: 0)
  scene.send(.client, "EHLO c", ack: 1000)
  #expect(scene.facts.serverPath.largestAcknowledged == 1000)
  #expect(!scene.facts.clientPath.isSurelyAcknowledged)
  scene.send(.server, text(size), at: 1000, ack: 6)
  #expect(scene.facts.clientPath.isSurelyAcknowledged == isSure)
  #expect(scene.facts.clientPath.unacknowledged == 0)
}

@Test func `which frame sent the byte that waits is not known behind an acknowledgement of others`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, text(100), at: 0, id: 1)
  scene.send(.client, text(100), at: 100, id: 2)
  scene.send(.server, at: 0, ack: 100)
  scene.wait(milliseconds: 300)
  scene.send(.client, text(100), at: 100, id: 3)
  let stall = scene.facts.clientPath.openStall
  #expect(stall?.position == 100)
  #expect(stall?.firstFrame == nil)
  #expect(stall?.since == 50_000_000)
}
