import PacketDecoding
import TestSupport
import Testing
import Wire

private let resolver = Endpoint(address: Sample.outer.0, port: 53)
private let asker = Endpoint(address: Sample.outer.1, port: 4789)  // a tunnel's port elsewhere
private let message: [UInt8] = Array("a message of names".utf8)

@Test(arguments: [false, true])
func `a name server's datagrams are handed up, both ways`(isIPv6: Bool) throws {
  let (server, client) =
    isIPv6
    ? (Endpoint(address: Sample.outer6.0, port: 53), Endpoint(address: Sample.outer6.1, port: 4789)) : (resolver, asker)
  for (source, destination) in [(server, client), (client, server)] {
    let frame = PacketBuilder(bytes: message).udp(from: source, to: destination).ethernet(minimum: 120).bytes
    let datagram = try #require(decode(frame).datagram)
    #expect(datagram.source == source && datagram.destination == destination)
    #expect(Array(frame[datagram.payload]) == message)
    #expect(datagram.payloadLength == message.count)
  }
}

@Test func `a name server's datagram is found in a tunnel`() throws {
  let inner = PacketBuilder(bytes: message).udp(from: resolver, to: asker).ethernet().vxlan()
  let frame = Sample.udp(inner, port: 4789).ethernet().bytes
  let datagram = try #require(decode(frame).datagram)
  #expect(Array(frame[datagram.payload]) == message)
}

@Test func `a datagram of another port is left alone`() {
  for port in [54, 5353, 113] as [UInt16] {
    #expect(decode(Sample.udp(PacketBuilder(bytes: message), port: port).ethernet().bytes).isOther)
  }
}

@Test func `a datagram cut anywhere is a clipped one or a cut header`() throws {
  let whole = PacketBuilder(bytes: message).udp(from: resolver, to: asker).ethernet().bytes
  for length in whole.indices {
    let packet = decode(Array(whole[..<length]), originalLength: whole.count)
    if length < 42 {
      #expect(packet.problem == .headerCut || packet.isOther, "cut at \(length)")
    } else {
      let datagram = try #require(packet.datagram, "cut at \(length)")
      #expect(datagram.payload == 42..<min(length, 42 + message.count))
      #expect(datagram.payloadLength == message.count)
    }
  }
}

@Test(arguments: [0, 7, 8, 0xffff] as [UInt16])
func `a datagram's length is believed as far as its packet goes`(length: UInt16) throws {
  var frame = PacketBuilder(bytes: message).udp(from: resolver, to: asker).ethernet(minimum: 0).bytes
  frame.replaceSubrange(38..<40, with: length.octets)
  guard length != 7 else {
    #expect(decode(frame).problem == .headerInvalid)
    return
  }
  #expect(try #require(decode(frame).datagram).payload == 42..<(length == 8 ? 42 : frame.count))
}

@Test(arguments: [false, true])
func `fragments are one datagram`(isIPv6: Bool) throws {
  let (source, destination) = isIPv6 ? Sample.outer6 : Sample.outer
  let datagram = PacketBuilder(bytes: message).udp(
    from: Endpoint(address: source, port: 53), to: Endpoint(address: destination, port: 4000)
  ).withoutIPHeader
  var decoder = PacketDecoder()
  var last: DecodedPacket?
  for fragment in datagram.fragments(of: 16, from: source, to: destination) {
    let bytes = fragment.ethernet().bytes
    last = decoder.decode(bytes.span, descriptor: descriptor(originalLength: bytes.count))
  }
  guard case .reassembledDatagram(let datagram, let bytes)? = last else {
    Issue.record("not reassembled")
    return
  }
  #expect(Array(bytes[datagram.payload]) == message)
  #expect(datagram.source == Endpoint(address: source, port: 53))
}
