import PacketDecoding
import TestSupport
import Testing
import Wire

/// A decoder and the frames it was given.
private struct Reassembly: ~Copyable {
  var decoder: PacketDecoder
  private(set) var results: [DecodedPacket] = []

  init(limits: DecodingLimits = DecodingLimits()) {
    decoder = PacketDecoder(limits: limits)
  }

  mutating func receive(_ packet: PacketBuilder, at nanoseconds: Int64 = 0, cutBy cut: Int = 0) {
    let whole = packet.ethernet(minimum: 0).bytes
    let frame = Array(whole.dropLast(cut))
    results.append(
      decoder.decode(frame.span, descriptor: descriptor(originalLength: whole.count, at: nanoseconds)))
  }

  /// The payloads of what was reassembled, with a right checksum.
  var payloads: [[UInt8]] {
    results.compactMap(\.reassembled).compactMap { segment, bytes in
      let verdict = segment.checksum(in: bytes.span)
      return verdict == .right ? Array(bytes[segment.payload]) : nil
    }
  }
}

private let payload = (0..<100).map { UInt8($0) }

/// The TCP segment that the tests cut: 120 octets, in fragments of 40.
private func fragments(isIPv6: Bool, identification: UInt16 = 77) -> [PacketBuilder] {
  let (source, destination) = isIPv6 ? (Sample.client6, Sample.server6) : (Sample.client, Sample.server)
  return PacketBuilder.tcp(from: source, to: destination, sequence: 1, payload: payload)
    .withoutIPHeader.fragments(of: 40, from: source.address, to: destination.address, identification: identification)
}

/// `bytes` at `offset` of the same datagram, between the same hosts.
private func piece(_ bytes: [UInt8], at offset: Int, more: Bool, isIPv6: Bool) -> PacketBuilder {
  let packet = PacketBuilder(bytes: bytes, protocolNumber: 6)
  return isIPv6
    ? packet.fragmentHeader(offset: offset, more: more, identification: 77)
      .ipv6(from: Sample.client6.address, to: Sample.server6.address)
    : packet.ipv4(
      from: Sample.client.address, to: Sample.server.address, identification: 77,
      fragment: UInt16(offset / 8) | (more ? 0x2000 : 0))
}

private let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

@Test(arguments: [false, true], orders)
func `fragments in any order are one segment`(isIPv6: Bool, order: [Int]) throws {
  var reassembly = Reassembly()
  for index in order { reassembly.receive(fragments(isIPv6: isIPv6)[index]) }
  let isWaiting = reassembly.results[0].isFragment && reassembly.results[1].isFragment
  #expect(isWaiting)
  #expect(reassembly.payloads == [payload])
  let segment = try #require(reassembly.results[2].reassembled?.segment)
  #expect(segment.identification == (isIPv6 ? nil : 77))
  #expect(segment.headerStart == 0)
  #expect(segment.payloadLength == 100)
}

@Test(arguments: [false, true], orders)
func `fragments seen twice are one segment`(isIPv6: Bool, order: [Int]) {
  var reassembly = Reassembly()
  for index in order {
    reassembly.receive(fragments(isIPv6: isIPv6)[index], at: 5)
    reassembly.receive(fragments(isIPv6: isIPv6)[index], at: 6)
  }
  #expect(reassembly.payloads == [payload])
  #expect(reassembly.decoder.counters.fragmentsRepeated == 3)
}

@Test(arguments: [1_000_000_000, 1_000_000_001] as [Int64])
func `an identification used again is a copy at first, then a new datagram`(time: Int64) {
  var reassembly = Reassembly()
  for fragment in fragments(isIPv6: false) { reassembly.receive(fragment) }
  for fragment in fragments(isIPv6: false) { reassembly.receive(fragment, at: time) }
  #expect(reassembly.payloads.count == (time > 1_000_000_000 ? 2 : 1))
  #expect(reassembly.decoder.counters.fragmentsRepeated == (time > 1_000_000_000 ? 0 : 3))
}

@Test func `of overlapping IPv4 fragments the first copy wins`() {
  let evil = [UInt8](repeating: 0xee, count: 80)
  let parts = fragments(isIPv6: false)
  var reassembly = Reassembly()
  reassembly.receive(parts[1])
  reassembly.receive(parts[0])
  reassembly.receive(piece(evil, at: 0, more: true, isIPv6: false))  // repeats both
  reassembly.receive(piece(Array(evil[..<24]), at: 24, more: true, isIPv6: false))  // lies across
  reassembly.receive(parts[2])
  #expect(reassembly.payloads == [payload])
}

@Test func `an overlapping IPv4 fragment fills what is missing`() {
  let segment = PacketBuilder.tcp(from: Sample.client, to: Sample.server, sequence: 1, payload: payload)
    .withoutIPHeader.bytes
  var reassembly = Reassembly()
  reassembly.receive(piece(Array(segment[40..<48]), at: 40, more: true, isIPv6: false))
  reassembly.receive(piece(Array(segment[72..<80]), at: 72, more: true, isIPv6: false))
  reassembly.receive(piece(Array(segment[32..<88]), at: 32, more: true, isIPv6: false))  // around both
  reassembly.receive(piece(Array(segment[80...]), at: 80, more: false, isIPv6: false))  // half of it new
  reassembly.receive(piece(Array(segment[..<40]), at: 0, more: true, isIPv6: false))
  #expect(reassembly.payloads == [payload])
}

@Test func `overlapping IPv6 fragments end their datagram`() {
  let parts = fragments(isIPv6: true)
  var reassembly = Reassembly()
  reassembly.receive(parts[0])
  reassembly.receive(piece([UInt8](repeating: 0xee, count: 16), at: 32, more: true, isIPv6: true))
  for part in parts { reassembly.receive(part) }  // RFC 5722 section 4: also those that come later
  #expect(reassembly.payloads.isEmpty)
  #expect(reassembly.decoder.counters.datagramsRefused == 1)
}

@Test(arguments: [false, true])
func `an atomic IPv6 fragment is a packet of its own`(amongOthers: Bool) {
  var reassembly = Reassembly()
  if amongOthers { reassembly.receive(fragments(isIPv6: true)[0]) }
  reassembly.receive(
    Sample.tcp6.withoutIPHeader.fragmentHeader(offset: 0, more: false, identification: 77)
      .ipv6(from: Sample.client6.address, to: Sample.server6.address))
  let isWhole = reassembly.results.last?.segment != nil
  #expect(isWhole)
}

@Test(arguments: [
  ("empty", 0, 8, true), ("empty at the end", 0, 120, false), ("not a multiple of eight", 20, 80, true),
  ("ping of death", 40, 65528, false), ("ends before what is there", 8, 8, false),
])
func `a fragment that cannot be is dropped`(_ name: String, count: Int, offset: Int, more: Bool) {
  var reassembly = Reassembly()
  let parts = fragments(isIPv6: false)
  reassembly.receive(parts[1])
  reassembly.receive(piece([UInt8](repeating: 0xee, count: count), at: offset, more: more, isIPv6: false))
  #expect(reassembly.decoder.counters.fragmentsDropped == 1)
  reassembly.receive(parts[0])
  reassembly.receive(parts[2])
  #expect(reassembly.payloads == [payload])
}

@Test func `a second end of a datagram is dropped`() {
  var reassembly = Reassembly()
  let parts = fragments(isIPv6: false)
  reassembly.receive(parts[2])
  reassembly.receive(piece([UInt8](repeating: 0xee, count: 80), at: 80, more: false, isIPv6: false))
  reassembly.receive(piece([UInt8](repeating: 0xee, count: 80), at: 80, more: true, isIPv6: false))
  #expect(reassembly.decoder.counters.fragmentsDropped == 2)
  reassembly.receive(parts[0])
  reassembly.receive(parts[1])
  #expect(reassembly.payloads == [payload])
}

@Test(arguments: [false, true])
func `a clipped fragment gives a clipped segment`(isIPv6: Bool) throws {
  var reassembly = Reassembly()
  let parts = fragments(isIPv6: isIPv6)
  reassembly.receive(parts[0])
  reassembly.receive(parts[1], cutBy: 10)
  reassembly.receive(parts[2])
  let (segment, bytes) = try #require(reassembly.results.last?.reassembled)
  #expect(segment.isClipped)
  #expect(segment.payloadLength == 100)
  #expect(Array(bytes[segment.payload]) == Array(payload[..<50]))
  let verdict = segment.checksum(in: bytes.span)
  #expect(verdict == .unknown)
}

@Test(arguments: [false, true])
func `a tunnel whose packets were fragmented is read`(innerToo: Bool) {
  var reassembly = Reassembly()
  let inner =
    innerToo
    ? fragments(isIPv6: false)
    : [PacketBuilder.tcp(from: Sample.client, to: Sample.server, sequence: 1, payload: payload)]
  for (index, packet) in inner.enumerated() {
    let outer = packet.ethernet().gre(key: 4).fragments(
      of: 24, from: Sample.outer6.0, to: Sample.outer6.1, identification: UInt16(index))
    for fragment in outer { reassembly.receive(fragment) }
  }
  #expect(reassembly.payloads == [payload])
}

@Test func `an ICMP error in fragments is read`() throws {
  var reassembly = Reassembly()
  let error = Sample.tcp.icmpError(from: Sample.outer.0, to: Sample.client.address, type: 3, code: 1)
  let parts = error.withoutIPHeader.fragments(of: 16, from: Sample.outer.0, to: Sample.client.address)
  for part in parts { reassembly.receive(part) }
  let found = try #require(reassembly.results.last?.icmpError)
  #expect(found.destination == Sample.server)
}

@Test(arguments: [30_000_000_000, 30_000_000_001] as [Int64])
func `fragments wait as long as the limit`(time: Int64) {
  var reassembly = Reassembly()
  let parts = fragments(isIPv6: false)
  reassembly.receive(parts[0])
  reassembly.receive(parts[1])
  reassembly.receive(parts[2], at: time)
  #expect(reassembly.payloads.count == (time > 30_000_000_000 ? 0 : 1))
  #expect(reassembly.decoder.counters.datagramsTimedOut == (time > 30_000_000_000 ? 1 : 0))
}

@Test(arguments: [3, 4])
func `as many datagrams wait as the limit`(count: Int) {
  var limits = DecodingLimits()
  limits.maximumDatagrams = 3
  var reassembly = Reassembly(limits: limits)
  for identification in 0..<UInt16(count) {
    reassembly.receive(fragments(isIPv6: false, identification: identification)[0])
  }
  for part in fragments(isIPv6: false, identification: 0).dropFirst() { reassembly.receive(part) }
  #expect(reassembly.payloads.count == (count > 3 ? 0 : 1))
  #expect((reassembly.decoder.counters.datagramsEvicted > 0) == (count > 3))
}

@Test(arguments: [104 * 4, 104 * 4 - 1])
func `as many bytes wait as the limit`(limit: Int) {
  var limits = DecodingLimits()
  limits.maximumFragmentBytes = limit  // a piece of 40 octets counts as 104
  var reassembly = Reassembly(limits: limits)
  for identification in 0..<4 as Range<UInt16> {
    reassembly.receive(fragments(isIPv6: false, identification: identification)[1])
  }
  #expect(reassembly.decoder.counters.datagramsEvicted == (limit < 104 * 4 ? 1 : 0))
}

@Test(arguments: [2, 3])
func `a datagram has as many fragments as the limit`(limit: Int) {
  var limits = DecodingLimits()
  limits.maximumFragmentsOfDatagram = limit
  var reassembly = Reassembly(limits: limits)
  for part in fragments(isIPv6: false) { reassembly.receive(part) }
  #expect(reassembly.payloads.count == (limit < 3 ? 0 : 1))
  #expect(reassembly.decoder.counters.datagramsRefused == (limit < 3 ? 1 : 0))
}

@Test func `a flood of first fragments leaves room for an honest datagram`() {
  var reassembly = Reassembly()
  for identification in 0..<UInt16(20000) {
    reassembly.receive(fragments(isIPv6: false, identification: identification)[0])
  }
  for part in fragments(isIPv6: false, identification: 30000) { reassembly.receive(part) }
  #expect(reassembly.payloads == [payload])
  #expect(reassembly.decoder.counters.datagramsEvicted == 20000 - 1024 + 1)
}

/// Against a plain array of octets, each written by the first fragment that has it.
@Test(arguments: UInt64(0)..<200)
func `random fragments give what a plain array gives`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let length = Int.random(in: 21...300, using: &random)
  var model = [UInt8?](repeating: nil, count: length)
  var reassembly = Reassembly()
  var hasEnd = false
  var completed: [UInt8]?
  while completed == nil {
    let start = Int.random(in: 0...(length - 1) / 8, using: &random) * 8
    let end = min(length, start + Int.random(in: 1...8, using: &random) * 8)
    if start == 0, end == length { continue }  // no fragment
    // An octet with a data offset of five words wherever the TCP header may lie.
    let bytes = (start..<end).map { $0 == 12 ? 0x50 : UInt8.random(in: 0...255, using: &random) }
    if end == length { hasEnd = true }
    for offset in start..<end where model[offset] == nil { model[offset] = bytes[offset - start] }
    reassembly.receive(piece(bytes, at: start, more: end < length, isIPv6: false))
    if hasEnd, !model.contains(nil) { completed = model.compactMap { $0 } }
  }
  let bytes = reassembly.results.last?.reassembled?.bytes
  #expect(bytes == completed)
}
