import PacketDecoding
import TCPStreams
import TestSupport
import Testing
import Wire

@Test(arguments: [(10, false), (11, true)])
func `a connection holds so many pieces`(pieces: Int, isCut: Bool) {
  var limits = StreamLimits()
  limits.heldPiecesPerConnection = 10
  var scene = Scene(limits)
  scene.handshake()
  for index in 0..<pieces { scene.send(.client, "x", at: 2 + 2 * index) }
  #expect(scene.transcript.contains("C gap 2") == isCut)
  let given = scene.table.limited.holesGivenUp
  #expect(given == (isCut ? 1 : 0))
}

@Test(arguments: [(10_000, false), (10_001, true)])
func `a connection holds so many bytes, bookkeeping included`(bytes: Int, isCut: Bool) {
  var limits = StreamLimits()
  limits.heldBytesPerConnection = 10_144
  var scene = Scene(limits)
  scene.handshake()
  scene.send(.client, String(repeating: "x", count: bytes), at: 2)
  #expect(scene.transcript.contains("C gap 2") == isCut)
}

@Test func `all connections together hold so many bytes, and the one that held first gives way`() {
  var limits = StreamLimits()
  limits.heldBytes = 10_000
  var scene = Scene(limits)
  for index in 0..<20 {
    scene.client.port = UInt16(1000 + index)
    scene.handshake()
    scene.send(.client, String(repeating: "x", count: 1000), at: 2)
    let held = scene.table.heldBytes
    #expect(held <= 10_000)
  }
  let given = scene.table.limited.holesGivenUp
  #expect(given == 12)
  #expect(scene.transcript.count { $0 == "C gap 2" } == 12)
}

@Test(arguments: [(3, 0), (4, 1)])
func `so many connections are in the table`(connections: Int, evicted: Int) {
  var limits = StreamLimits()
  limits.connections = 3
  var scene = Scene(limits)
  for index in 0..<connections {
    scene.client.port = UInt16(1000 + index)
    scene.handshake()
  }
  #expect(scene.closed.count == evicted)
  #expect(scene.closed.allSatisfy { $0.client.port == 1000 && $0.closing == .timeout })
  let counted = scene.table.limited.evictedConnections
  #expect(counted == evicted)
}

@Test func `a flood of SYNs puts out its own`() {
  var limits = StreamLimits()
  limits.connections = 100
  var scene = Scene(limits)
  scene.handshake()
  for port in UInt16(1)...5000 {
    scene.client.port = port
    scene.send(.client, at: -1, ack: nil, .syn)
  }
  scene.client.port = 40000
  scene.send(.client, "alive", at: 0)
  #expect(scene.transcript.last == "C:alive")
  let open = scene.table.openConnections
  #expect(open <= 100)
  #expect(scene.closed.allSatisfy { $0.opening == .unanswered })
}

@Test(arguments: [(0, true), (1, false)])
func `a segment far ahead is a stray`(beyond: Int, isTaken: Bool) {
  var limits = StreamLimits()
  limits.window = 1000
  var scene = Scene(limits)
  scene.handshake()
  scene.send(.client, "abcd", at: 996 + beyond)
  scene.finish()
  #expect(scene.transcript.contains("C:abcd") == isTaken)
  let stray = scene.table.limited.strayBytes
  #expect(stray == (isTaken ? 0 : 4))
}

@Test(arguments: [(0, true), (1, false)])
func `an acknowledgement far ahead is a stray`(beyond: Int, isTaken: Bool) {
  var limits = StreamLimits()
  limits.window = 1000
  var scene = Scene(limits)
  scene.handshake()
  scene.send(.server, at: 0, ack: 1000 + beyond)
  scene.finish()
  #expect(scene.transcript.contains("C gap 1000") == isTaken)
}

@Test(arguments: [(5, 0), (6, 1)])
func `so many closed connections are remembered`(connections: Int, forgotten: Int) {
  var limits = StreamLimits()
  limits.closedConnections = 5
  var scene = Scene(limits)
  for index in 0..<connections {
    scene.client.port = UInt16(1000 + index)
    scene.handshake()
    scene.send(.client, at: 0, ack: 0, .rst)
  }
  scene.wait(milliseconds: 2100)
  scene.wait(milliseconds: 0)
  let counted = scene.table.limited.closedForgotten
  #expect(counted == forgotten)
  scene.client.port = 1000
  scene.send(.client, "x", at: 0)
  scene.finish()
  #expect(scene.closed.count == connections + forgotten)
}

@Test(arguments: [1, 2, 7, 23])
func `ports that are used again and again stay apart`(ports: Int) {
  var limits = StreamLimits()
  limits.closedConnections = 5
  var scene = Scene(limits)
  for index in 0..<60 {
    scene.client.port = UInt16(1000 + index % ports)
    scene.clientStart = 1000 &+ UInt32(index) &* 70_000_000
    scene.handshake()
    scene.send(.client, "x", at: 0)
    scene.send(.client, at: 1, ack: 0, .rst)
    scene.wait(milliseconds: 1100)
    // A straggler of the connection that has just ended, and its reset again.
    scene.send(.client, "x", at: 0)
    scene.send(.client, at: 1, ack: 0, .rst)
  }
  scene.finish()
  #expect(scene.closed.count == 60)
  // Of ports that come again within the limit, each connection is forgotten for its successor and not for want of room.
  let forgotten = scene.table.limited.closedForgotten
  #expect(forgotten == (ports <= 5 ? 0 : 55))
}

@Test func `a clock that is set back or leaps does not stop time`() {
  var scene = Scene()
  scene.handshake()
  scene.time = -100_000_000
  scene.send(.client, "b", at: 1)
  scene.send(.server, at: 0, ack: 2)
  scene.wait(milliseconds: 1100)
  #expect(scene.transcript == ["open", "C gap 1", "C:b"])
  scene.table.advance(to: CaptureTime(nanoseconds: .max))
  scene.drain([])
  scene.table.advance(to: CaptureTime(nanoseconds: .min))
  scene.drain([])
  #expect(scene.closed.count == 1)
}

@Test(arguments: UInt64(0)..<200)
func `random segments never trap, and memory stays within the limits`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var limits = StreamLimits()
  limits.heldBytes = 20_000
  limits.heldBytesPerConnection = 5_000
  limits.heldPiecesPerConnection = 20
  limits.connections = 8
  limits.closedConnections = 4
  if seed % 2 == 0 { limits.idleTimeout = 1_000_000_000 }
  var scene = Scene(limits, seed: seed)
  let positions = [0, 1, 2, 5, 10, 100, 1000, 65_535, 1 << 20, 1 << 30, 1 << 31, 1 << 32 - 1, 1 << 32 - 20]
  for _ in 0..<400 {
    scene.client.port = UInt16(1000 + Int.random(in: 0..<12, using: &random))
    let position = (positions.randomElement(using: &random) ?? 0) + Int.random(in: 0..<20, using: &random)
    let ack = (positions.randomElement(using: &random) ?? 0) + Int.random(in: 0..<20, using: &random)
    let common: [TCPFlags] = [
      [], [], [], [], [.syn], [.fin], [.rst], TCPFlags(rawValue: UInt8.random(in: 0...255, using: &random)),
    ]
    let length = [0, 1, 3, 50, 700].randomElement(using: &random) ?? 0
    scene.time += [-10, 0, 0, 50, 1000].randomElement(using: &random) ?? 0
    if Int.random(in: 0..<200, using: &random) == 0 {
      scene.time = .random(in: -1_000_000_000...1_000_000_000, using: &random)
    }
    scene.send(
      Bool.random(using: &random) ? .client : .server, String(repeating: "x", count: length), at: position,
      ack: Bool.random(using: &random) ? ack : nil, common.randomElement(using: &random) ?? [],
      window: Bool.random(using: &random) ? 0 : 100, clipped: Int.random(in: 0..<8, using: &random) == 0 ? 40 : 0,
      id: UInt16.random(in: 0..<4, using: &random))
    if Int.random(in: 0..<40, using: &random) == 0, scene.transcript.last != "close" { scene.table.ignore(scene.id) }
    let held = scene.table.heldBytes
    let open = scene.table.openConnections
    #expect(held <= 20_000)
    #expect(open <= 8)
  }
  scene.finish()
  let opened = scene.transcript.count { $0 == "open" }
  let held = scene.table.heldBytes
  let open = scene.table.openConnections
  #expect((held, open) == (0, 0))
  #expect(scene.closed.count == opened)
  #expect(opened > 0)
}

@Test(arguments: [(1000, true), (1001, false)])
func `a segment that is longer than any window is a stray, though it goes on`(length: Int, isTaken: Bool) {
  var limits = StreamLimits()
  limits.window = 1000
  var scene = Scene(limits)
  scene.handshake()
  scene.send(.client, "ab", at: 0)
  scene.send(.server, at: 0, ack: 2)
  scene.send(.client, String(repeating: "x", count: length), at: 2)
  #expect(scene.facts.clientToServer.bytes == (isTaken ? 2 + length : 2))
  let stray = scene.table.limited.strayBytes
  #expect(stray == (isTaken ? 0 : length))
}

@Test func `several tables share what the limits allow, and each may hold something`() {
  var limits = StreamLimits()
  limits.connections = 100
  limits.heldBytes = 1000
  limits.closedConnections = 3
  let share = limits.divided(among: 4)
  #expect((share.connections, share.heldBytes, share.closedConnections) == (25, 250, 1))
  #expect(share.heldBytesPerConnection == limits.heldBytesPerConnection)
  let small = limits.divided(among: 5000)
  #expect((small.connections, small.heldBytes, small.closedConnections) == (1, 1, 1))
}

@Test func `of connections in use, those that were silent since they were looked at make room first`() {
  var limits = StreamLimits()
  limits.connections = 3
  var scene = Scene(limits)
  func open(_ port: UInt16, _ scene: inout Scene) {
    scene.client.port = port
    scene.handshake()
  }
  for port in UInt16(1)...4 { open(port, &scene) }
  scene.client.port = 2
  scene.send(.client, "alive", at: 0)
  // The second is passed over once, for it has spoken; since then it is as silent as the others.
  for port in UInt16(5)...7 { open(port, &scene) }
  #expect(scene.closed.map(\.client.port) == [1, 3, 4, 2])
}

@Test func `a connection whose reset is undone makes room like any other`() {
  var limits = StreamLimits()
  limits.connections = 2
  var scene = Scene(limits)
  for port in UInt16(1)...2 {
    scene.client.port = port
    scene.handshake()
  }
  scene.send(.server, at: 0, ack: 0, .rst)
  // The first one makes room, and the second is looked at.
  scene.client.port = 3
  scene.handshake()
  scene.client.port = 2
  scene.send(.server, "220\r\n", at: 0, ack: 0)
  for port in UInt16(4)...6 {
    scene.client.port = port
    scene.handshake()
  }
  #expect(scene.closed.map(\.client.port).prefix(3) == [1, 3, 2])
  let open = scene.table.openConnections
  #expect(open == 2)
}

@Test func `a connection that speaks now and then lives for days`() {
  var scene = Scene()
  scene.handshake()
  for step in 0..<100 {
    scene.wait(milliseconds: 3_000_000)
    scene.send(.client, "NOOP\r\n", at: 6 * step)
  }
  #expect(scene.closed.isEmpty)
  scene.wait(milliseconds: 4_600_000)
  #expect(scene.closed.map(\.closing) == [.timeout])
}

@Test(arguments: [(5, 5, false), (6, 5, true), (5, 6, true)])
func `the pieces of both sides count together`(client: Int, server: Int, isCut: Bool) {
  var limits = StreamLimits()
  limits.heldPiecesPerConnection = 10
  var scene = Scene(limits)
  scene.handshake()
  for index in 0..<client { scene.send(.client, "x", at: 2 + 2 * index) }
  for index in 0..<server { scene.send(.server, "x", at: 2 + 2 * index) }
  let given = scene.table.limited.holesGivenUp
  #expect((given > 0) == isCut)
}

@Test(arguments: [(5000, 4856, false), (5000, 4857, true), (4857, 5000, true)])
func `the bytes of both sides count together`(client: Int, server: Int, isCut: Bool) {
  var limits = StreamLimits()
  limits.heldBytesPerConnection = 10_144
  var scene = Scene(limits)
  scene.handshake()
  scene.send(.client, String(repeating: "x", count: client), at: 2)
  scene.send(.server, String(repeating: "x", count: server), at: 2)
  let given = scene.table.limited.holesGivenUp
  #expect((given > 0) == isCut)
}

@Test(arguments: [(1144, 0), (1143, 1)])
func `all connections together hold as much as the limit`(limit: Int, given: Int) {
  var limits = StreamLimits()
  limits.heldBytes = limit
  var scene = Scene(limits)
  scene.handshake()
  scene.send(.client, String(repeating: "x", count: 1000), at: 2)
  let counted = scene.table.limited.holesGivenUp
  #expect(counted == given)
}

@Test func `bytes with an acknowledgement beyond belief wait for nothing`() {
  var limits = StreamLimits()
  limits.window = 1000
  var scene = Scene(limits)
  scene.handshake()
  scene.send(.server, "220 mx", at: 0, ack: 5000)
  #expect(scene.transcript == ["open", "S:220 mx"])
}
