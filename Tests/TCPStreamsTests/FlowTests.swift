import PacketDecoding
import TCPStreams
import Testing
import Wire

/// What happens to a connection, told as ``Scene`` tells it, and what flow monitors would say of it.
struct FlowCase: Sendable, CustomTestStringConvertible {
  var name: String
  var history: String
  var client: FlowFacts.State
  var server: FlowFacts.State
  var play: @Sendable (inout Scene) -> Void

  var testDescription: String { name }
}

private let cases: [FlowCase] = [
  FlowCase(name: "a dialogue", history: "ShADadfF", client: .closed, server: .closed) {
    $0.handshake()
    $0.send(.client, "EHLO a\r\n")
    $0.send(.server, at: 0, ack: 8)
    $0.send(.server, "250 a\r\n", ack: 8)
    $0.send(.client, at: 8, ack: 7)
    $0.send(.server, at: 7, ack: 8, .fin)
    $0.send(.client, at: 8, ack: 8, .fin)
    $0.send(.server, at: 8, ack: 9)
  },
  FlowCase(name: "nobody answers", history: "S", client: .asking, server: .silent) {
    $0.send(.client, at: -1, ack: nil, .syn)
    $0.send(.client, at: -1, ack: nil, .syn, id: 2)
  },
  FlowCase(name: "refused", history: "Sr", client: .asking, server: .reset(afterClosing: false)) {
    $0.send(.client, at: -1, ack: nil, .syn)
    $0.send(.server, at: -1, ack: 0, .rst)
  },
  FlowCase(name: "the client resets", history: "ShADR", client: .reset(afterClosing: false), server: .established) {
    $0.handshake()
    $0.send(.client, "EHLO a\r\n")
    $0.send(.client, at: 8, ack: 0, .rst)
  },
  FlowCase(name: "closed and reset behind it", history: "ShAfDRR", client: .reset(afterClosing: false), server: .closed)
  {
    $0.handshake()
    $0.send(.server, at: 0, ack: 0, .fin)
    $0.send(.client, "QUIT\r\n", ack: 1)
    $0.send(.client, at: 6, ack: 1, .rst)
    $0.send(.client, at: 7, ack: 1, .rst)
  },
  FlowCase(name: "resets behind both ends change nothing", history: "ShAFfR", client: .closed, server: .closed) {
    $0.handshake()
    $0.send(.client, at: 0, ack: 0, .fin)
    $0.send(.server, at: 0, ack: 1, .fin)
    $0.send(.client, at: 1, ack: 1, .rst)
  },
  FlowCase(
    name: "a reset behind a close turns out to be good order", history: "ShAFRf", client: .closed, server: .closed
  ) {
    $0.handshake()
    $0.send(.client, at: 0, ack: 0, .fin)
    $0.send(.client, at: 1, ack: 0, .rst)
    $0.send(.server, at: 0, ack: 1, .fin)
  },
  FlowCase(
    name: "closed and reset, and the other never closes", history: "ShAFR", client: .reset(afterClosing: true),
    server: .established
  ) {
    $0.handshake()
    $0.send(.client, at: 0, ack: 0, .fin)
    $0.send(.client, at: 1, ack: 0, .rst)
  },
  FlowCase(
    name: "a SYN is acknowledged before it is answered", history: "Sah", client: .established, server: .established
  ) {
    $0.send(.client, at: -1, ack: nil, .syn)
    $0.send(.server, at: 0, ack: 0)
    $0.send(.server, at: -1, ack: 0, .syn)
  },
  FlowCase(name: "the answer to a SYN was not captured", history: "Sd", client: .asking, server: .midstream) {
    $0.send(.client, at: -1, ack: nil, .syn)
    $0.send(.server, "220 a\r\n", at: 0, ack: 0)
  },
  FlowCase(name: "SYN and FIN at once", history: "ShAQ", client: .closed, server: .established) {
    $0.handshake()
    $0.send(.client, at: -1, ack: 0, [.syn, .fin])
  },
  FlowCase(name: "sent again", history: "ShADTa", client: .established, server: .established) {
    $0.handshake()
    $0.send(.client, "EHLO a\r\n")
    $0.time += 1000
    $0.send(.client, "EHLO a\r\n", id: 9)
    $0.send(.server, at: 0, ack: 8)
  },
  FlowCase(name: "a frame captured twice is one", history: "ShADa", client: .established, server: .established) {
    $0.handshake()
    $0.send(.client, "EHLO a\r\n", id: 9)
    $0.time -= 10
    $0.send(.client, "EHLO a\r\n", id: 9)
    $0.send(.server, at: 0, ack: 8)
  },
  FlowCase(name: "a closed window", history: "ShAaw", client: .established, server: .established) {
    $0.handshake()
    $0.send(.server, at: 0, ack: 0, window: 0)
  },
  FlowCase(name: "a gap that an acknowledgement shows", history: "ShADaG", client: .established, server: .established) {
    $0.handshake()
    $0.send(.client, "EHLO ", at: 0)
    $0.send(.client, "\r\n", at: 8)
    $0.send(.server, at: 0, ack: 10)
    $0.wait(milliseconds: 60_000)
  },
  FlowCase(name: "a gap stands where it showed", history: "ShADaGFgf", client: .closed, server: .closed) {
    $0.handshake()
    $0.send(.client, "EHLO ", at: 0)
    $0.send(.client, "\r\n", at: 8)
    $0.send(.server, at: 0, ack: 10)
    $0.wait(milliseconds: 60_000)
    $0.send(.client, at: 10, ack: 90, .fin)
    $0.wait(milliseconds: 60_000)
    $0.send(.server, at: 90, ack: 11, .fin)
  },
  FlowCase(
    name: "sent again a hundred times: the first, the tenth, the hundredth", history: "ShADTTT", client: .established,
    server: .established
  ) {
    $0.handshake()
    for round in 0...100 {
      $0.send(.client, "EHLO a\r\n", id: UInt16(round))
      $0.time += 1000
    }
  },
  FlowCase(
    name: "what goes on behind it is not sent again", history: "ShADTa", client: .established, server: .established
  ) {
    $0.handshake()
    $0.send(.client, "EHLO a\r\n")
    $0.time += 1000
    $0.send(.client, "EHLO a\r\n", id: 9)
    $0.send(.server, at: 0, ack: 8)
    for round in 0..<5 { $0.send(.client, "NOOP\r\n", at: 8 + 6 * round, id: UInt16(10 + round)) }
  },
  FlowCase(name: "a SYN that was captured behind its data", history: "DS", client: .asking, server: .silent) {
    $0.send(.client, "EHLO a\r\n", at: 0, ack: nil)
    $0.send(.client, at: -1, ack: nil, .syn)
  },
  FlowCase(name: "data alone, and nothing is acknowledged", history: "D", client: .midstream, server: .silent) {
    $0.send(.client, "EHLO a\r\n", at: 0, ack: nil)
    $0.send(.client, "NOOP\r\n", at: 8, ack: nil)
  },
  FlowCase(name: "nine times are no tenth", history: "ShADT", client: .established, server: .established) {
    $0.handshake()
    for round in 0...9 {
      $0.send(.client, "EHLO a\r\n", id: UInt16(round))
      $0.time += 1000
    }
  },
  FlowCase(name: "ten closed windows", history: "ShAaww", client: .established, server: .established) {
    $0.handshake()
    for round in 0..<10 { $0.send(.server, at: 0, ack: 0, window: 0, id: UInt16(round)) }
  },
  FlowCase(name: "what turns up late is no gap", history: "ShADa", client: .established, server: .established) {
    $0.handshake()
    $0.send(.client, "EHLO ", at: 0)
    $0.send(.client, "\r\n", at: 8)
    $0.send(.server, at: 0, ack: 10)
    $0.send(.client, "a.b", at: 5)
    $0.wait(milliseconds: 60_000)
  },
  FlowCase(name: "begun before the capture", history: "Dd", client: .midstream, server: .midstream) {
    $0.send(.client, "NOOP\r\n", at: 100, ack: 50)
    $0.send(.server, "250 a\r\n", at: 50, ack: 106)
  },
]

@Test(arguments: cases)
func `a connection has the history that flow monitors tell`(of it: FlowCase) throws {
  var scene = Scene(keepsFlows: true)
  it.play(&scene)
  let flow = try #require(scene.facts.flow)
  #expect(String(decoding: flow.history, as: UTF8.self) == it.history)
  #expect(flow.client.state == it.client)
  #expect(flow.server.state == it.server)
  #expect(flow.client.packets == scene.facts.clientToServer.packets)
  #expect(flow.server.packets == scene.facts.serverToClient.packets)
  let swapped = flow.swapped
  #expect(swapped.client == flow.server)
  #expect(swapped.swapped.history == flow.history)
}

@Test func `bytes, flags and the end are those of what passed`() throws {
  var scene = Scene(keepsFlows: true)
  scene.handshake()
  scene.send(.client, "QUIT\r\n", [.psh])
  scene.send(.client, at: 6, ack: 0, .fin)
  scene.send(.server, at: 0, ack: 7, .fin)
  let end = scene.descriptor.time
  scene.send(.client, at: 7, ack: 1)
  let flow = try #require(scene.facts.flow)
  #expect(flow.end == end)
  #expect(flow.client.flags == 0x1b)
  #expect(flow.server.flags == 0x13)
  #expect(flow.client.frameBytes == 5 * 60)
}

@Test func `a second connection of the same endpoints has an account of its own`() throws {
  var scene = Scene(keepsFlows: true)
  scene.handshake()
  scene.send(.client, at: 0, ack: 0, .rst)
  scene.clientStart = 900_000
  scene.serverStart = 70_000
  scene.time += 5000
  scene.handshake()
  scene.send(.client, "EHLO a\r\n")
  scene.finish()
  let histories = scene.closed.map { String(decoding: $0.flow?.history ?? [], as: UTF8.self) }
  #expect(histories == ["ShAR", "ShAD"])
  #expect(scene.closed.last?.flow?.client.packets == 3)
}

@Test func `without being asked for it there is none`() {
  var scene = Scene()
  scene.handshake()
  #expect(scene.facts.flow == nil)
}

@Test func `a client with ever new sequence numbers makes no endless history`() throws {
  var scene = Scene(keepsFlows: true)
  scene.handshake()
  for step in 0..<1000 { scene.send(.client, at: 0, ack: 0, [.fin], id: UInt16(step)) }
  for step in 0..<1000 { scene.send(.client, at: step * 7, ack: 0, [.rst], id: UInt16(step)) }
  let flow = try #require(scene.facts.flow)
  #expect(flow.history.count <= 64)
}

@Test func `packets and frames are counted with their headers`() throws {
  var scene = Scene(keepsFlows: true)
  scene.handshake()
  for index in 0..<3 {
    scene.feed(
      TCPSegment(
        source: scene.client, destination: scene.server, sequence: scene.clientStart &+ UInt32(index),
        acknowledgment: 5000,
        flags: .ack, packetLength: UInt32(41 + index), payload: 0..<1, payloadLength: 1), [0x78])
  }
  let flow = try #require(scene.facts.flow)
  #expect(flow.client.packetBytes == 41 + 42 + 43)
  #expect(flow.client.frameBytes == 5 * 60)
  #expect(flow.server.packetBytes == 0)
}
