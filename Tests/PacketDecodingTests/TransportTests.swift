import PacketDecoding
import TestSupport
import Testing
import Wire

private func segment(flags: PacketBuilder.Flags, options: [UInt8]) throws -> TCPSegment {
  let packet = PacketBuilder.tcp(from: Sample.client, to: Sample.server, sequence: 1, flags: flags, options: options)
  return try #require(decode(packet.ethernet().bytes).segment)
}

@Test func `the options of a SYN are read`() throws {
  let options = try segment(
    flags: .syn, options: [2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7]
  ).options
  #expect(options.maximumSegmentSize == 1460)
  #expect(options.windowScale == 7)
  #expect(options.selectiveAcknowledgmentPermitted)
  #expect(options.timestamp == 0x0102_0304)
}

@Test func `options of the handshake mean nothing behind it`() throws {
  let options = try segment(flags: .ack, options: [2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7]).options
  #expect(options == TCPOptions())
}

@Test(
  arguments: [
    ("the usual layout", [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8], 0x0102_0304),
    (
      "behind a selective acknowledgment", [1, 5, 10, 0, 0, 0, 0, 0, 0, 0, 0, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8],
      0x0102_0304
    ),
    ("before the usual padding", [8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1], 0x0102_0304),
    ("behind the end", [0, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8], nil),
    ("length zero", [9, 0, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8], nil),
    ("length one", [9, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8], nil), ("too long", [8, 11, 1, 2, 3, 4, 5, 6, 7, 8], nil),
    ("wrong length", [8, 9, 1, 2, 3, 4, 5, 6, 7], nil), ("kind without length", [1, 1, 1, 8], nil),
  ] as [(String, [UInt8], UInt32?)])
func `a timestamp is read where it is`(_ name: String, options: [UInt8], timestamp: UInt32?) throws {
  #expect(try segment(flags: .ack, options: options).options.timestamp == timestamp)
}

/// The acknowledgment is 0.
@Test(
  arguments: [
    ("one block behind it", [1, 1, 5, 10, 0, 0, 0, 10, 0, 0, 0, 30], 20, false),
    (
      "the widest, behind a timestamp",
      [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 5, 18, 0, 0, 0, 10, 0, 0, 0, 30, 0, 0, 1, 0, 0, 0, 1, 100], 100, false
    ),
    ("a duplicate before it", [1, 1, 5, 10, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff], 0, true),
    (
      "a duplicate first, then a block",
      [5, 18, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 10, 0, 0, 0, 30, 1, 1], 20, true
    ),
    ("wider than any window", [1, 1, 5, 10, 0, 0, 0, 10, 0x70, 0, 0, 30], 0, false),
  ] as [(String, [UInt8], UInt32, Bool)])
func `a selective acknowledgment tells its widest block and a duplicate`(
  _ name: String, options: [UInt8], widest: UInt32, tellsDuplicate: Bool
) throws {
  let read = try #require(try segment(flags: .ack, options: options).options.selectiveAcknowledgment)
  #expect(read.widest == widest)
  #expect(read.tellsDuplicate == tellsDuplicate)
}

@Test(arguments: [
  ([5, 2], false), ([5, 9, 0, 0, 0, 0, 0, 0, 0], false), ([34, 2], true), ([34, 10, 1, 2, 3, 4, 5, 6, 7, 8], true),
])
func `Fast Open is read, a selective acknowledgment without a block is none`(options: [UInt8], isFastOpen: Bool) throws
{
  let read = try segment(flags: .syn, options: options).options
  #expect(read.selectiveAcknowledgment == nil)
  #expect(read.fastOpen == isFastOpen)
}

@Test func `a window scale over fourteen counts as fourteen`() throws {
  #expect(try segment(flags: .syn, options: [3, 3, 255]).options.windowScale == 14)
}

@Test(arguments: [Sample.tcp, Sample.tcp6])
func `a checksum is right, wrong, or left to the network card`(_ packet: PacketBuilder) throws {
  let frame = packet.ethernet(minimum: 120).bytes
  let segment = try #require(decode(frame).segment)
  let field = segment.headerStart + 16
  let right = segment.checksum(in: frame.span)
  #expect(right == .right)

  for offset in [segment.headerStart, segment.headerStart + 4, field, segment.payload.upperBound - 1] {
    var bytes = frame
    bytes[offset] ^= 1
    let wrong = segment.checksum(in: bytes.span)
    #expect(wrong == .wrong)
  }

  let length = segment.payload.upperBound - segment.headerStart
  for claimed in [length, 0] {
    let pseudo = segment.source.address.octets + segment.destination.address.octets + [0, 6] + UInt16(claimed).octets
    var bytes = frame
    bytes.replaceSubrange(field..<field + 2, with: foldedChecksum(pseudo.span.internetChecksumSum).octets)
    let offloaded = segment.checksum(in: bytes.span)
    #expect(offloaded == .offloaded)
  }

  let short = Array(frame[..<(segment.payload.upperBound - 1)])
  let missing = segment.checksum(in: short.span)
  #expect(missing == .unknown)
}

@Test func `a header cut within its options is a segment without payload`() throws {
  let packet = PacketBuilder.tcp(
    from: Sample.client, to: Sample.server, sequence: 9, options: [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8],
    payload: [1, 2, 3])
  let bytes = packet.ethernet().bytes
  for cut in 54..<66 {
    let segment = try #require(decode(Array(bytes[..<cut]), originalLength: bytes.count).segment)
    #expect(segment.payload == cut..<cut)
    #expect(segment.payloadLength == 3)
    #expect(segment.options.timestamp == nil)
  }
}

@Test(
  arguments: [
    (3, 1, 0, nil), (3, 4, 1400, 1400), (3, 4, 0, nil), (4, 0, 0, nil), (11, 0, 0, nil), (12, 0, 0x1400_0000, nil),
  ] as [(UInt8, UInt8, UInt32, Int?)])
func `an ICMP error tells the segment that it quotes`(type: UInt8, code: UInt8, rest: UInt32, mtu: Int?) throws {
  // RFC 792 lets eight octets of the segment suffice.
  var quoted = PacketBuilder(bytes: Sample.tcp.withoutIPHeader.bytes, protocolNumber: 6)
    .ipv4(from: Sample.client.address, to: Sample.server.address, options: [1, 1, 1, 1])
  quoted.bytes = Array(quoted.bytes[..<32])
  let packet = quoted.icmpError(
    from: Sample.outer.0, to: Sample.client.address, type: type, code: code, rest: rest)
  let error = try #require(decode(packet.vlan(3).ethernet().bytes).icmpError)
  #expect(
    error
      == ICMPError(
        reporter: Sample.outer.0, isICMPv6: false, type: type, code: code, nextHopMTU: mtu, source: Sample.client,
        destination: Sample.server, sequence: 0xffff_fff0, identification: 1))
}

@Test(
  arguments: [(1, 0, 0, nil), (2, 0, 1280, 1280), (3, 1, 0, nil), (4, 2, 48, nil)] as [(UInt8, UInt8, UInt32, Int?)])
func `an ICMPv6 error tells the segment that it quotes`(type: UInt8, code: UInt8, rest: UInt32, mtu: Int?) throws {
  let quoted = Sample.tcp6.withoutIPHeader.extensionHeader(60).extensionHeader(0)
    .ipv6(from: Sample.client6.address, to: Sample.server6.address)
  let packet = quoted.icmpError(
    from: Sample.outer6.0, to: Sample.client6.address, type: type, code: code, rest: rest)
  let error = try #require(
    decode(packet.gre().ipv4(from: Sample.outer.0, to: Sample.outer.1).ethernet().bytes).icmpError)
  #expect(
    error
      == ICMPError(
        reporter: Sample.outer6.0, isICMPv6: true, type: type, code: code, nextHopMTU: mtu, source: Sample.client6,
        destination: Sample.server6, sequence: 0xffff_fff0))
}

@Test(arguments: [false, true])
func `an ICMP error cut anywhere is one or a cut header`(isIPv6: Bool) {
  let packet =
    isIPv6
    ? Sample.tcp6.icmpError(from: Sample.outer6.0, to: Sample.client6.address, type: 1, code: 0)
    : Sample.tcp.icmpError(from: Sample.outer.0, to: Sample.client.address, type: 3, code: 0)
  let bytes = packet.ethernet().bytes
  let needed = isIPv6 ? 14 + 40 + 8 + 40 + 8 : 14 + 20 + 8 + 20 + 8
  for length in bytes.indices {
    let decoded = decode(Array(bytes[..<length]), originalLength: bytes.count)
    #expect((decoded.icmpError != nil) == (length >= needed))
    #expect((decoded.problem == .headerCut) == (length < needed))
  }
}

@Test func `ICMP that quotes no TCP or is no error is left alone`() {
  let echo = PacketBuilder(bytes: []).icmpError(from: Sample.outer.0, to: Sample.outer.1, type: 8, code: 0)
  let quotingUDP = Sample.udp(PacketBuilder(bytes: [1, 2, 3]), port: 53)
    .icmpError(from: Sample.outer.0, to: Sample.outer.1, type: 3, code: 3)
  let advertisement = Sample.tcp6.icmpError(from: Sample.outer6.0, to: Sample.outer6.1, type: 136, code: 0)
  for packet in [echo, quotingUDP, advertisement] { #expect(decode(packet.ethernet().bytes).isOther) }
}
