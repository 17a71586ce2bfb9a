import PacketDecoding
import TestSupport
import Testing
import Wire

@testable import TCPStreams

/// A connection alone, with what its segments do noted: one that may take the short way, and one that never does.
private struct Lone {
  var connection: Connection
  var work = StreamWork(limits: StreamLimits())
  var shortCuts = 0
  var log: [String] = []

  init(_ key: FlowKey, _ frame: FrameDescriptor) {
    connection = Connection(
      id: ConnectionID(slot: 0), key: key, hash: 0, generation: 1, clientIsLow: true,
      life: ConnectionLife(opening: .unanswered, frame: frame), lastSeen: 0)
  }

  mutating func take(_ segment: TCPSegment, _ bytes: [UInt8], _ frame: FrameDescriptor, shortCut: Bool) {
    work.clock.observe(frame.time)
    let step = shortCut ? connection.takeInStep(segment, in: bytes.span, frame: frame, &work) : .unusual
    if step != .unusual {
      shortCuts += 1
      if case .bytes(let peer) = step { work.events.bytes(connection.id, from: peer, segment.payload) }
    } else if case .part(let peer) = connection.meet(segment, now: work.now, idleTimeout: work.limits.idleTimeout) {
      _ = connection.receive(segment, from: peer, in: bytes.span, frame: frame, &work)
    }
    while let event = work.events.popFirst() { log.append("\(event)") }
    log.append("\(connection.facts()) \(connection.progress(of: .client)) \(connection.progress(of: .server))")
  }

  /// Everything that is to decide about later segments.
  var state: String {
    "\(connection.life.lastSpeaker) \(connection.life.phase) \(connection.client) \(connection.server)"
  }
}

@Test(arguments: UInt64(0)..<60)
func `the short way of a segment in step does what the general way does`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let ends = [
    Endpoint(address: IPAddress(ipv4: 0xc000_0201), port: 40000),
    Endpoint(address: IPAddress(ipv4: 0xc000_0202), port: 25),
  ]
  var frame = FrameDescriptor(
    time: CaptureTime(nanoseconds: 0), number: 0, file: 0, linkType: .ethernet, originalLength: 0)
  var short = Lone(FlowKey(source: ends[0], destination: ends[1]), frame)
  var general = short
  var sent = [UInt32.random(in: .min ... .max, using: &random), UInt32.random(in: .min ... .max, using: &random)]
  var last: (TCPSegment, [UInt8])?

  func send(
    _ side: Int, _ flags: TCPFlags, length: Int, skew: Int = 0, ackSkew: Int = 0, window: UInt16 = 512, clipped: Int = 0
  ) {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
    let segment = TCPSegment(
      source: ends[side], destination: ends[1 - side], sequence: sent[side] &+ UInt32(truncatingIfNeeded: skew),
      acknowledgment: sent[1 - side] &+ UInt32(truncatingIfNeeded: ackSkew), flags: flags, window: window,
      identification: UInt16.random(in: 0...200, using: &random), payload: 0..<length,
      payloadLength: length + clipped)
    take(segment, bytes)
    if skew == 0 { sent[side] &+= UInt32(segment.payloadLength) + (flags.rawValue & 3 != 0 ? 1 : 0) }
  }
  func take(_ segment: TCPSegment, _ bytes: [UInt8]) {
    last = (segment, bytes)
    frame.number += 1
    frame.time = frame.time.advanced(byNanoseconds: Int64.random(in: 0...40_000_000, using: &random))
    short.take(segment, bytes, frame, shortCut: true)
    general.take(segment, bytes, frame, shortCut: false)
  }

  send(0, .syn, length: 0)
  send(1, [.syn, .ack], length: 0)
  send(0, .ack, length: 0)
  for turn in 0..<200 {
    let side = Int.random(in: 0...1, using: &random)
    let length = Int.random(in: 0...60, using: &random)
    switch turn < 10 ? 60 : Int.random(in: 0..<60, using: &random) {
    case 0: send(side, .ack, length: length, skew: [-20, -1, 7].randomElement(using: &random) ?? 0)
    case 1: send(side, .ack, length: length, ackSkew: [-30, 1, 90].randomElement(using: &random) ?? 0)
    case 2: send(side, .ack, length: min(length, 1), window: 0)
    case 3: if let last { take(last.0, last.1) }
    case 4: frame.time = frame.time.advanced(byNanoseconds: 1_500_000_000)
    case 5 where Int.random(in: 0..<8, using: &random) == 0: send(side, [.fin, .ack], length: length)
    case 6 where Int.random(in: 0..<8, using: &random) == 0: send(side, .rst, length: 0)
    case 7: send(side, .ack, length: length, clipped: 5)
    default: send(side, .ack, length: length)
    }
    guard turn % 10 == 9 else { continue }
    #expect(short.state == general.state)
  }
  #expect(short.log == general.log)
  #expect(short.shortCuts > 0)
  #expect(general.shortCuts == 0)
}
