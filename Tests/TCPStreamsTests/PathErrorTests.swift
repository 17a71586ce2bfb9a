import PacketDecoding
import TCPStreams
import Testing
import Wire

@Test(
  arguments: [
    // RFC 792: type 3 is "destination unreachable", type 11 "time exceeded"; RFC 1191 section 4: code 4 of the former.
    (false, 3, 4, .packetTooBig), (false, 3, 3, .portUnreachable), (false, 3, 0, .unreachable),
    (false, 3, 1, .unreachable),
    (false, 11, 0, .timeExceeded), (false, 11, 1, .timeExceeded), (false, 12, 0, .other), (false, 2, 0, .other),
    (false, 1, 4, .other),
    // RFC 1812 section 5.2.7.1: administratively prohibited.
    (false, 3, 9, .prohibited), (false, 3, 10, .prohibited), (false, 3, 13, .prohibited), (false, 3, 12, .unreachable),
    // RFC 4443 section 3.
    (true, 2, 0, .packetTooBig), (true, 2, 7, .packetTooBig), (true, 1, 4, .portUnreachable), (true, 1, 1, .prohibited),
    (true, 1, 5, .prohibited), (true, 1, 6, .prohibited), (true, 1, 0, .unreachable), (true, 1, 3, .unreachable),
    (true, 3, 0, .timeExceeded), (true, 3, 1, .timeExceeded), (true, 4, 0, .other), (true, 11, 0, .other),
  ] as [(Bool, UInt8, UInt8, PathError.Kind)])
func `an ICMP error means what its RFC says`(isICMPv6: Bool, type: UInt8, code: UInt8, kind: PathError.Kind) {
  let frame = FrameDescriptor(
    time: CaptureTime(nanoseconds: 0), number: 1, file: 0, linkType: .ethernet, originalLength: 60)
  let error = PathError(
    about: .client, reporter: IPAddress(ipv4: 1), isICMPv6: isICMPv6, type: type, code: code, nextHopMTU: nil,
    frame: frame)
  #expect(error.kind == kind)
}

enum Difference: CaseIterable, Sendable { case none, reporter, type, code, size }

@Test(arguments: Difference.allCases)
func `errors that are alike count as one, each difference makes another`(difference: Difference) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "EHLO a\r\n")
  var error = ICMPError(
    reporter: IPAddress(ipv4: 0xc000_02fe), isICMPv6: false, type: 3, code: 4, nextHopMTU: 1400, source: scene.client,
    destination: scene.server, sequence: scene.clientStart)
  scene.table.receive(error, frame: scene.descriptor)
  switch difference {
  case .none: break
  case .reporter: error.reporter = IPAddress(ipv4: 9)
  case .type: error.type = 11
  case .code: error.code = 1
  case .size: error.nextHopMTU = 576
  }
  scene.wait(milliseconds: 200)
  scene.table.receive(error, frame: scene.descriptor)
  #expect(scene.facts.errorCount == 2)
  #expect(scene.facts.errors.map(\.count) == (difference == .none ? [2] : [1, 1]))
}

@Test(
  arguments: [
    // (identifications of the quoted packets, milliseconds between, how many errors there were)
    (7, 7, 0, 1), (7, 7, 100, 1), (7, 7, 101, 2), (7, 8, 0, 2), (nil, nil, 3, 1), (nil, nil, 4, 2),
  ] as [(UInt16?, UInt16?, Int, Int)])
func `an error that is captured twice counts as one`(one: UInt16?, other: UInt16?, wait: Int, count: Int) {
  var scene = Scene()
  scene.handshake()
  scene.send(.client, "EHLO a\r\n")
  var error = ICMPError(
    reporter: IPAddress(ipv4: 0xc000_02fe), isICMPv6: false, type: 3, code: 4, nextHopMTU: 1400, source: scene.client,
    destination: scene.server, sequence: scene.clientStart, identification: one)
  scene.table.receive(error, frame: scene.descriptor)
  // As many others as are remembered beside it.
  for sequence in 1...15 as ClosedRange<UInt32> where wait < 100 {
    error.sequence = scene.clientStart &- sequence
    scene.table.receive(error, frame: scene.descriptor)
  }
  error.sequence = scene.clientStart
  scene.wait(milliseconds: wait)
  error.identification = other
  scene.table.receive(error, frame: scene.descriptor)
  let others = wait < 100 ? 15 : 0
  #expect(scene.facts.errorCount == 2 + others)
  #expect(scene.facts.errors.map(\.count) == [count + others])
}

@Test(arguments: [
  // RFC 5927 section 4.1. Positions of the client's stream: 100,000 were acknowledged, 8 more sent.
  (100_007, true), (100_008, true), (100_009, false), (100_000, true), (34_465, true), (34_464, false),
])
func `an error that quotes what cannot be under way is not believed`(position: Int, isBelieved: Bool) {
  var scene = Scene()
  scene.handshake()
  for start in stride(from: 0, to: 100_000, by: 1000) {
    scene.send(.client, String(repeating: "x", count: 1000), at: start)
  }
  scene.send(.server, ack: 100_000)
  scene.send(.client, "EHLO a\r\n", at: 100_000)
  let error = ICMPError(
    reporter: IPAddress(ipv4: 0xc000_02fe), isICMPv6: false, type: 3, code: 4, nextHopMTU: 1400, source: scene.client,
    destination: scene.server, sequence: scene.clientStart &+ UInt32(position))
  scene.table.receive(error, frame: scene.descriptor)
  #expect(scene.facts.errorCount == (isBelieved ? 1 : 0))
}

@Test func `an error is about the side whose segment it quotes, and means nothing to a connection that is over`() {
  var scene = Scene()
  scene.handshake()
  scene.send(.server, "220 a\r\n")
  func quotingServer(_ scene: borrowing Scene) -> ICMPError {
    ICMPError(
      reporter: IPAddress(ipv4: 0xc000_02fe), isICMPv6: false, type: 3, code: 1, nextHopMTU: nil, source: scene.server,
      destination: scene.client, sequence: scene.serverStart)
  }
  scene.table.receive(quotingServer(scene), frame: scene.descriptor)
  #expect(scene.facts.errors.map(\.about) == [.server])
  scene.send(.client, at: 0, ack: 7, .rst)
  scene.wait(milliseconds: 2100)
  scene.table.receive(quotingServer(scene), frame: scene.descriptor)
  scene.finish()
  #expect(scene.closed.map(\.errorCount) == [1])
}
