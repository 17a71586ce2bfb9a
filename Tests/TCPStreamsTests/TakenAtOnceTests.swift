import PacketDecoding
import TCPStreams
import TestSupport
import Testing
import Wire

/// A table whose events are noted, asked in one of the two ways.
private struct Noted: ~Copyable {
  var table = ConnectionTable(serverPorts: [25], seed: 1)
  var log: [String] = []
  var toldAtOnce = 0

  mutating func take(_ segment: TCPSegment, _ bytes: [UInt8], _ frame: FrameDescriptor, atOnce: Bool) {
    if atOnce {
      switch table.takeAtOnce(segment, in: bytes.span, frame: frame) {
      case .nothing:
        toldAtOnce += 1
        return
      case .bytes(let id, from: let peer):
        toldAtOnce += 1
        log.append("\(StreamEvent.bytes(id, from: peer, segment.payload)) \(bytes)")
        return
      case .events: break
      }
    } else {
      table.receive(segment, in: bytes.span, frame: frame)
    }
    drain(bytes)
  }

  mutating func drain(_ bytes: [UInt8]) {
    while let event = table.nextEvent() { log.append("\(event) \(bytes)") }
  }
}

/// Several connections at once, with losses, copies, pauses that timers fire in, and ends.
@Test(arguments: UInt64(0)..<40)
func `what is told at once is what the events tell`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var atOnce = Noted()
  var byEvents = Noted()
  var time: Int64 = 0
  let server = Endpoint(address: IPAddress(ipv4: 0xc000_0202), port: 25)
  var sent = [[UInt32]](repeating: [1000, 9000], count: 5)
  for number in 1...400 {
    let connection = Int.random(in: 0..<5, using: &random)
    let client = Endpoint(address: IPAddress(ipv4: 0xc000_0201), port: 40000 + UInt16(connection))
    let side = Int.random(in: 0...1, using: &random)
    let isOpening = number < 20
    let length = isOpening || Bool.random(using: &random) ? 0 : Int.random(in: 1...20, using: &random)
    let flags: TCPFlags =
      isOpening
      ? (side == 0 ? .syn : [.syn, .ack]) : Int.random(in: 0..<40, using: &random) == 0 ? [.fin, .ack] : .ack
    let skew = Int.random(in: 0..<12, using: &random) == 0 ? Int.random(in: -9...9, using: &random) : 0
    let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
    let ends = [client, server]
    let segment = TCPSegment(
      source: ends[side], destination: ends[1 - side],
      sequence: sent[connection][side] &+ UInt32(truncatingIfNeeded: skew), acknowledgment: sent[connection][1 - side],
      flags: flags, identification: UInt16(number), payload: 0..<length, payloadLength: length)
    if !isOpening, skew == 0 { sent[connection][side] &+= UInt32(length) }
    time +=
      Int.random(in: 0..<25, using: &random) == 0 ? Int64.random(in: 1...400, using: &random) * 1_000_000_000 : 5_000
    let frame = FrameDescriptor(
      time: CaptureTime(nanoseconds: time), number: number, file: 0, linkType: .ethernet, originalLength: 60)
    atOnce.take(segment, bytes, frame, atOnce: true)
    byEvents.take(segment, bytes, frame, atOnce: false)
  }
  atOnce.table.finish()
  byEvents.table.finish()
  atOnce.drain([])
  byEvents.drain([])
  let (told, expected, short) = (atOnce.log, byEvents.log, atOnce.toldAtOnce)
  #expect(told == expected)
  #expect(expected.count > 20 && short > 20)
}
