import PacketDecoding
import TestSupport
import Testing
import Wire

@Test(arguments: Sample.all)
func `a segment is found below`(_ sample: Sample) throws {
  let segment = try #require(decode(sample.bytes, link: sample.link).segment)
  let isIPv6 = segment.source.address.isIPv6
  #expect(segment.source == (isIPv6 ? Sample.client6 : Sample.client))
  #expect(segment.destination == (isIPv6 ? Sample.server6 : Sample.server))
  #expect(segment.sequence == 0xffff_fff0)
  #expect(segment.acknowledgment == 7)
  #expect(segment.flags == [.psh, .ack])
  #expect(String(decoding: sample.bytes[segment.payload], as: UTF8.self) == Sample.line)
  #expect(segment.payloadLength == Sample.line.utf8.count)
  #expect(!segment.isClipped)
  #expect(segment.timeToLive == 64)
  #expect(segment.identification == (isIPv6 ? nil : 1))
  let verdict = segment.checksum(in: sample.bytes.span)
  #expect(verdict == .right)
}

@Test(arguments: Sample.all)
func `a frame cut anywhere is a clipped segment or a cut header`(_ sample: Sample) throws {
  let whole = try #require(decode(sample.bytes, link: sample.link).segment)
  for length in sample.bytes.indices {
    let cut = Array(sample.bytes[..<length])
    let packet = decode(cut, link: sample.link, originalLength: sample.bytes.count)
    if length < whole.headerStart + 20 {
      // What tells the layers apart may be cut, but nothing else is made up.
      #expect(packet.problem == .headerCut || packet.isOther, "cut at \(length)")
    } else {
      let segment = try #require(packet.segment, "cut at \(length)")
      #expect(segment.payload == whole.payload.clamped(to: 0..<length) || segment.payload.isEmpty)
      #expect(segment.payloadLength == whole.payloadLength)
      #expect(segment.isClipped == (length < whole.payload.upperBound))
      let verdict = segment.checksum(in: cut.span)
      #expect(verdict == (segment.isClipped ? .unknown : .right))
    }
  }
}

@Test(arguments: Sample.all)
func `one wrong octet never traps`(_ sample: Sample) {
  var decoder = PacketDecoder()
  for index in sample.bytes.indices {
    for value in [0, 1, 0x0f, 0x45, 0x7f, 0x80, 0xf0, 0xff] as [UInt8] {
      var bytes = sample.bytes
      bytes[index] = value
      check(decoder.decode(bytes.span, descriptor: descriptor(link: sample.link, originalLength: bytes.count)), bytes)
    }
  }
}

@Test(arguments: UInt64(0)..<8)
func `random bytes never trap`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var decoder = PacketDecoder()
  for link in [0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 228, 229, 239, 258, 276] as [UInt32] {
    for round in 0..<150 {
      let length = Int.random(in: 0...160, using: &random)
      var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      // Plain chance seldom gets past a type field: begin every other one with the headers of a sample.
      if round % 2 == 0, let sample = Sample.all.filter({ $0.link == link }).randomElement(using: &random) {
        bytes = Array(sample.bytes.prefix(Int.random(in: 0...sample.bytes.count, using: &random))) + bytes
        if !bytes.isEmpty { bytes[Int.random(in: bytes.indices, using: &random)] ^= 0x20 }
      }
      let original = round % 10 == 9 ? Int.max : bytes.count + Int.random(in: -5...5, using: &random)
      check(decoder.decode(bytes.span, descriptor: descriptor(link: link, originalLength: original)), bytes)
    }
  }
}

/// What holds of every segment and datagram, however wrong the frame.
private func check(_ packet: DecodedPacket, _ frame: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
  if let datagram = packet.datagram {
    let isInside = datagram.payload.lowerBound >= 8 && datagram.payload.upperBound <= frame.count
    #expect(isInside && datagram.payload.count <= datagram.payloadLength, sourceLocation: sourceLocation)
  }
  guard let segment = packet.segment ?? packet.reassembled?.segment else { return }
  let bytes = packet.reassembled?.bytes ?? frame
  let isInside =
    segment.headerStart >= 0 && segment.payload.lowerBound >= segment.headerStart + 20
    && segment.payload.upperBound <= bytes.count
  #expect(isInside, sourceLocation: sourceLocation)
  #expect(segment.payload.count <= segment.payloadLength, sourceLocation: sourceLocation)
  let verdict = segment.checksum(in: bytes.span)
  #expect(verdict != .unknown || segment.isClipped || segment.payload.isEmpty, sourceLocation: sourceLocation)
}

@Test func `an unknown link type is told`() {
  #expect(decode([1, 2, 3], link: 147).problem == .unknownLinkType(LinkType(number: 147)))
}

@Test(arguments: [
  ("ARP", PacketBuilder(bytes: [UInt8](repeating: 0, count: 28), etherType: 0x0806)),
  ("NTP", Sample.udp(PacketBuilder(bytes: [1, 2, 3, 4]), port: 123)),
  (
    "ESP",
    PacketBuilder(bytes: [UInt8](repeating: 9, count: 40), protocolNumber: 50).ipv6(
      from: Sample.outer6.0, to: Sample.outer6.1)
  ),
  ("no next header", PacketBuilder(bytes: [], protocolNumber: 59).ipv6(from: Sample.outer6.0, to: Sample.outer6.1)),
  ("GTP echo", Sample.udp(Sample.gtp([0x32, 1], [0, 0, 0, 0]), port: 2152)),
  ("VXLAN without an identifier", Sample.udp(PacketBuilder(bytes: [UInt8](repeating: 0, count: 60)), port: 4789)),
  ("PPPoE discovery", PacketBuilder(bytes: [0x11, 9, 0, 0, 0, 0], etherType: 0x8863)),
])
func `what is not TCP is left alone`(_ name: String, _ packet: PacketBuilder) {
  #expect(decode(packet.ethernet().bytes).isOther)
}

@Test(arguments: [
  ("IP version", 14, 0x55), ("IPv4 header length", 14, 0x44), ("IPv4 total length", 17, 19),
  ("TCP data offset too small", 46, 0x40), ("TCP data offset too large", 46, 0xf0),
])
func `a header that contradicts itself is invalid`(_ name: String, offset: Int, value: UInt8) {
  var bytes = Sample.tcp.ethernet().bytes
  bytes[offset] = value
  #expect(decode(bytes).problem == .headerInvalid)
}

@Test func `an IP packet too short for a TCP header is invalid`() {
  let packet = PacketBuilder(bytes: [UInt8](repeating: 0x50, count: 19), protocolNumber: 6)
  #expect(decode(packet.ipv4(from: Sample.outer.0, to: Sample.outer.1).ethernet().bytes).problem == .headerInvalid)
}

@Test(arguments: [Sample.tcp, Sample.tcp6])
func `a length of zero is that of segmentation offload`(_ packet: PacketBuilder) throws {
  var bytes = packet.ethernet().bytes
  let field = packet.etherType == 0x0800 ? 16 : 18
  bytes.replaceSubrange(field..<field + 2, with: [0, 0])
  let segment = try #require(decode(bytes).segment)
  #expect(String(decoding: bytes[segment.payload], as: UTF8.self) == Sample.line)
  let clipped = try #require(decode(bytes, originalLength: 60000).segment)
  #expect(clipped.payloadLength == segment.payloadLength + 60000 - bytes.count)
}

@Test func `an IP packet longer than its frame is clipped`() throws {
  let bytes = Array(Sample.tcp.ethernet().bytes.dropLast(4))
  let segment = try #require(decode(bytes).segment)
  #expect(segment.isClipped)
  #expect(segment.payloadLength == Sample.line.utf8.count)
}

@Test func `no length on the wire is too long to count with`() {
  let fragment = Sample.tcp.withoutIPHeader.ipv4(from: Sample.outer.0, to: Sample.outer.1, fragment: 0x1fff)
  var bytes = fragment.ethernet().bytes
  bytes.replaceSubrange(16..<18, with: [0, 0])
  #expect(decode(bytes, originalLength: Int.max).problem == .headerInvalid)
}

@Test(arguments: [7, 8, 9])
func `tunnels nest as deep as the limit`(depth: Int) {
  var packet = Sample.tcp
  for _ in 0..<depth { packet = packet.ipv4(from: Sample.outer.0, to: Sample.outer.1) }
  let decoded = decode(packet.ethernet().bytes)
  #expect((decoded.segment != nil) == (depth <= DecodingLimits().maximumNesting))
  #expect((decoded.problem == .nestedTooDeep) == (depth > DecodingLimits().maximumNesting))
}

@Test(arguments: ["Ethernet bridged in Ethernet", "MPLS pseudowires", "atomic fragments"])
func `no layer escapes the limit of nesting`(_ kind: String) {
  var packet = kind == "atomic fragments" ? Sample.tcp6.withoutIPHeader : Sample.tcp.ethernet()
  for _ in 0..<5000 {
    switch kind {
    case "MPLS pseudowires": packet = packet.mpls([1]).ethernet()
    case "atomic fragments": packet = packet.fragmentHeader(offset: 0, more: false, identification: 1)
    default: packet = packet.ethernet()
    }
    if packet.bytes.count > 60000 { break }
  }
  if kind == "atomic fragments" { packet = packet.ipv6(from: Sample.outer6.0, to: Sample.outer6.1).ethernet() }
  #expect(decode(packet.bytes).problem == .nestedTooDeep)
}

/// The common frames are read by a way of their own, which must give what the way from header to header gives.
@Test(arguments: UInt64(0)..<400)
func `the common way and the long way agree`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let isIPv6 = Bool.random(using: &random)
  let options: [UInt8] = [[], [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8], [2, 4, 5, 0xb4]][Int(seed % 3)]
  let packet = PacketBuilder.tcp(
    from: isIPv6 ? Sample.client6 : Sample.client, to: isIPv6 ? Sample.server6 : Sample.server,
    sequence: UInt32.random(in: 0...UInt32.max, using: &random), flags: [.ack, .syn], options: options,
    payload: [UInt8](repeating: 9, count: Int.random(in: 0...30, using: &random)))
  var bytes = packet.ethernet().bytes
  for round in 0..<60 {
    if round > 0 { bytes[Int.random(in: 14..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
    let captured = Array(bytes.prefix(Int.random(in: 14...bytes.count + 20, using: &random)))
    // The same packet below a cooked header, which is as long as two octets more than Ethernet's.
    let cooked = [0, 0, 0, 1, 0, 6] + [UInt8](repeating: 0, count: 8) + captured[12...]
    let common = decode(captured, originalLength: bytes.count)
    let long = decode(cooked, link: 113, originalLength: bytes.count + 2)
    var expected = long.segment
    expected?.headerStart -= 2
    if let payload = expected?.payload { expected?.payload = payload.lowerBound - 2..<payload.upperBound - 2 }
    #expect(common.segment == expected)
    #expect(common.problem == long.problem)
    #expect(common.isFragment == long.isFragment)
  }
}
