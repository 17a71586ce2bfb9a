import PacketDecoding
import TestSupport
import Testing
import Wire

/// A frame that carries ``line`` from ``client`` to ``server`` (or between their IPv6 fellows), below something.
struct Sample: Sendable, CustomTestStringConvertible {
  var name: String
  var link: UInt32
  var bytes: [UInt8]

  init(_ name: String, link: UInt32 = 1, _ bytes: [UInt8]) {
    self.name = name
    self.link = link
    self.bytes = bytes
  }

  var testDescription: String { name }

  static let client = Endpoint(address: IPAddress(ipv4: 0xc000_0201), port: 40000)
  static let server = Endpoint(address: IPAddress(ipv4: 0xc000_0219), port: 25)
  static let client6 = Endpoint(address: IPAddress(ipv6High: 0x2001_0db8_0000_0000, low: 1), port: 40000)
  static let server6 = Endpoint(address: IPAddress(ipv6High: 0x2001_0db8_0000_0000, low: 25), port: 25)
  static let outer = (IPAddress(ipv4: 0x0a00_0001), IPAddress(ipv4: 0x0a00_0002))
  static let outer6 = (IPAddress(ipv6High: 0xfd00_0000_0000_0000, low: 1), IPAddress(ipv6High: 0xfd00 << 48, low: 2))
  static let line = "EHLO client.example\r\n"

  static let tcp = PacketBuilder.tcp(
    from: client, to: server, sequence: 0xffff_fff0, acknowledgment: 7, flags: [.psh, .ack], text: line)
  static let tcp6 = PacketBuilder.tcp(
    from: client6, to: server6, sequence: 0xffff_fff0, acknowledgment: 7, flags: [.psh, .ack], text: line)

  static func udp(_ packet: PacketBuilder, port: UInt16) -> PacketBuilder {
    packet.udp(from: Endpoint(address: outer.0, port: 50000), to: Endpoint(address: outer.1, port: port))
  }

  static func greType(_ type: UInt16, sequence: UInt32? = nil, _ payload: [UInt8]) -> [UInt8] {
    PacketBuilder(bytes: payload, etherType: type).gre(sequence: sequence)
      .ipv4(from: outer.0, to: outer.1).ethernet().bytes
  }

  static let snap: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]
  static let pppoe = tcp.pppoe().bytes

  static let links: [Sample] = [
    Sample("Ethernet", tcp.ethernet().bytes),
    Sample("Ethernet, IPv6", tcp6.ethernet().bytes),
    Sample(
      "Ethernet padded to 60",
      PacketBuilder(bytes: tcp.bytes, etherType: 0x0800).ethernet(minimum: 120).bytes),
    Sample("802.3 and SNAP", [UInt8](repeating: 2, count: 12) + UInt16(8 + tcp.bytes.count).octets + snap + tcp.bytes),
    Sample(
      "802.3 and LLC", [UInt8](repeating: 2, count: 12) + UInt16(3 + tcp.bytes.count).octets + [6, 6, 3] + tcp.bytes),
    Sample("802.1Q", tcp.vlan(5).ethernet().bytes),
    Sample("802.1ad", tcp6.vlan(5).vlan(6, tag: 0x88a8).ethernet().bytes),
    Sample("QinQ 0x9100", tcp.vlan(5).vlan(6, tag: 0x9100).ethernet().bytes),
    Sample("QinQ 0x9200, three tags", tcp.vlan(5).vlan(6).vlan(7, tag: 0x9200).ethernet().bytes),
    Sample("SLL", link: 113, [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0] + tcp.bytes),
    Sample(
      "SLL, IPv6 on loopback", link: 113,
      [0, 0, 3, 4, 0, 6] + [UInt8](repeating: 0, count: 8) + [0x86, 0xdd] + tcp6.bytes),
    Sample("SLL, VLAN", link: 113, [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0] + tcp.vlan(5).bytes),
    Sample("SLL, LLC", link: 113, [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4] + snap + tcp.bytes),
    Sample("SLL2", link: 276, [8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + tcp.bytes),
    Sample(
      "SLL2, VLAN", link: 276, [0x81, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + tcp6.vlan(5).bytes),
    Sample("raw 101", link: 101, tcp.bytes), Sample("raw 101, IPv6", link: 101, tcp6.bytes),
    Sample("raw 12", link: 12, tcp.bytes), Sample("raw 14", link: 14, tcp6.bytes),
    Sample("raw IPv4", link: 228, tcp.bytes), Sample("raw IPv6", link: 229, tcp6.bytes),
    Sample("NULL, little-endian", link: 0, [2, 0, 0, 0] + tcp.bytes),
    Sample("NULL, big-endian", link: 0, [0, 0, 0, 2] + tcp.bytes),
    Sample("NULL, Linux's IPv6", link: 0, [10, 0, 0, 0] + tcp6.bytes),
    Sample("NULL, NetBSD's IPv6", link: 0, [0, 0, 0, 24] + tcp6.bytes),
    Sample("NULL, FreeBSD's IPv6", link: 0, [28, 0, 0, 0] + tcp6.bytes),
    Sample("LOOP, Darwin's IPv6", link: 108, [0, 0, 0, 30] + tcp6.bytes),
    Sample("PPP", link: 9, [0xff, 3, 0, 0x21] + tcp.bytes),
    Sample("PPP without address and control", link: 9, [0, 0x57] + tcp6.bytes),
    Sample("PPP with a short protocol", link: 9, [0x21] + tcp.bytes),
    Sample("PPP in HDLC", link: 50, [0xff, 3, 0, 0x57] + tcp6.bytes),
    Sample("PPP in HDLC without address and control", link: 50, [0, 0x21] + tcp.bytes),
    Sample("Cisco HDLC", link: 104, [0x0f, 0, 8, 0] + tcp.bytes),
    Sample("PPPoE link", link: 51, pppoe),
    Sample("PPPoE session", tcp.pppoe().ethernet().bytes),
    Sample("PPPoE session, IPv6, padded", tcp6.pppoe().vlan(4).ethernet(minimum: 200).bytes),
    Sample(
      "NFLOG", link: 239,
      [2, 0, 0, 0, 8, 0, 1, 0, 0, 0, 0, 0, 5, 0, 10, 0, 0, 0, 0, 0] + nflog(tcp.bytes, little: true)),
    Sample("NFLOG, big-endian", link: 239, [10, 0, 0, 0, 0, 8, 0, 1, 0, 0, 0, 0] + nflog(tcp6.bytes, little: false)),
    Sample("PKTAP", link: 258, [16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 9, 9, 9] + tcp.ethernet().bytes),
    Sample("802.11", link: 105, [0x08, 1] + [UInt8](repeating: 0, count: 22) + snap + tcp.bytes),
    Sample(
      "radiotap, QoS, four addresses", link: 127,
      [0, 0, 8, 0, 0, 0, 0, 0, 0x88, 3] + [UInt8](repeating: 0, count: 30) + snap + tcp.bytes),
  ]

  static func nflog(_ packet: [UInt8], little: Bool) -> [UInt8] {
    let length = UInt16(packet.count + 4)
    return (little ? length.byteSwapped : length).octets + (little ? [9, 0] : [0, 9]) + packet
  }

  static let tunnels: [Sample] = [
    Sample(
      "IPv4 options",
      PacketBuilder(bytes: tcp.withoutIPHeader.bytes, protocolNumber: 6)
        .ipv4(from: client.address, to: server.address, options: [7, 7, 4, 1, 2, 3, 4]).ethernet().bytes),
    Sample(
      "every extension header",
      tcp6.withoutIPHeader
        .extensionHeader(60).fragmentHeader(offset: 0, more: false, identification: 9)
        .extensionHeader(43, content: [0, 0, 0, 0, 0, 0]).extensionHeader(
          0, content: [1, 12] + [UInt8](repeating: 0, count: 12)
        )
        .ipv6(from: client6.address, to: server6.address).ethernet().bytes),
    Sample(
      "Authentication Header",
      PacketBuilder(
        bytes: [6, 4, 0, 0] + [UInt8](repeating: 9, count: 20) + tcp.withoutIPHeader.bytes, protocolNumber: 51
      )
      .ipv4(from: client.address, to: server.address).ethernet().bytes),
    Sample(
      "routing header on its way",
      tcp6.withoutIPHeader
        .extensionHeader(43, content: [0, 1, 0, 0, 0, 0] + server6.address.octets)
        .ipv6(from: client6.address, to: outer6.0).ethernet().bytes),
    Sample(
      "segment routing on its way",
      tcp6.withoutIPHeader
        .extensionHeader(43, content: [4, 1, 1, 0, 0, 0] + server6.address.octets + outer6.1.octets)
        .ipv6(from: client6.address, to: outer6.1).ethernet().bytes),
    Sample("IPIP", tcp.ipv4(from: outer.0, to: outer.1).ethernet().bytes),
    Sample("6in4", tcp6.ipv4(from: outer.0, to: outer.1).ethernet().bytes),
    Sample("IPv6 in IPv6", tcp6.ipv6(from: outer6.0, to: outer6.1).ethernet().bytes),
    Sample("IPv4 in IPv6", tcp.extensionHeader(60).ipv6(from: outer6.0, to: outer6.1).ethernet().bytes),
    Sample("MPLS", tcp.mpls([16]).ethernet().bytes),
    Sample("MPLS, three labels, IPv6", tcp6.mpls([16, 17, 18]).ethernet().bytes),
    Sample(
      "MPLS pseudowire", PacketBuilder(bytes: [0, 0, 0, 1] + tcp.ethernet().bytes).mpls([16, 17]).ethernet().bytes),
    Sample("MPLS pseudowire without control word", tcp.vlan(3).ethernet().mpls([16]).ethernet().bytes),
    Sample("GRE", tcp.gre().ipv4(from: outer.0, to: outer.1).ethernet().bytes),
    Sample(
      "GRE with everything",
      tcp6.gre(checksum: true, key: 1, sequence: 2).ipv6(from: outer6.0, to: outer6.1).ethernet().bytes),
    Sample(
      "Transparent Ethernet Bridging", tcp.ethernet().gre(key: 1).ipv4(from: outer.0, to: outer.1).ethernet().bytes),
    Sample(
      "PPTP",
      PacketBuilder(
        bytes: [0x30, 0x81, 0x88, 0x0b, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xff, 3, 0, 0x21] + tcp.bytes,
        protocolNumber: 47
      )
      .ipv4(from: outer.0, to: outer.1).ethernet().bytes),
    Sample("ERSPAN I", greType(0x88be, tcp.ethernet().bytes)),
    Sample("ERSPAN II", greType(0x88be, sequence: 1, [0x10, 1, 0, 1, 0, 0, 0, 0] + tcp.ethernet().bytes)),
    Sample(
      "ERSPAN III", greType(0x22eb, sequence: 1, [0x20, 1] + [UInt8](repeating: 0, count: 10) + tcp6.ethernet().bytes)),
    Sample(
      "ERSPAN III with a platform's words",
      greType(
        0x22eb, sequence: 1,
        [0x20, 1] + [UInt8](repeating: 0, count: 9) + [1] + [UInt8](repeating: 9, count: 8)
          + tcp.ethernet().bytes)),
    Sample(
      "ERSPAN III of IP",
      greType(
        0x22eb, sequence: 1, [0x20, 1] + [UInt8](repeating: 0, count: 8) + [8, 0] + tcp.bytes)),
    Sample("VXLAN", udp(tcp.ethernet().vxlan(), port: 4789).ethernet().bytes),
    Sample("VXLAN, Linux's port", udp(tcp6.vlan(1).ethernet().vxlan(), port: 8472).ethernet().bytes),
    Sample(
      "VXLAN with a next protocol",
      udp(PacketBuilder(bytes: [0x0c, 0, 0, 1, 0, 0, 1, 0] + tcp.bytes), port: 4789).ethernet().bytes),
    Sample("Geneve", udp(tcp.ethernet().geneve(), port: 6081).ethernet().bytes),
    Sample(
      "Geneve with options and IP", udp(tcp.geneve(options: [0, 1, 2, 1, 9, 9, 9, 9]), port: 6081).ethernet().bytes),
    Sample("GTP-U", udp(gtp([0x30, 255], tcp.bytes), port: 2152).ethernet().bytes),
    Sample(
      "GTP-U with a sequence number", udp(gtp([0x32, 255], [0, 1, 0, 0] + tcp6.bytes), port: 2152).ethernet().bytes),
    Sample(
      "GTP-U with extension headers",
      udp(
        gtp([0x34, 255], [0, 0, 0, 0x85, 1, 0, 0, 0x40, 2, 0, 0, 0, 0, 0, 0, 0] + tcp.bytes), port: 2152
      ).ethernet().bytes),
    Sample(
      "EtherIP",
      PacketBuilder(bytes: [0x30, 0] + tcp.ethernet().bytes, protocolNumber: 97)
        .ipv4(from: outer.0, to: outer.1).ethernet().bytes),
    Sample(
      "MPLS in IP",
      PacketBuilder(bytes: tcp.mpls([3]).bytes, protocolNumber: 137).ipv4(from: outer.0, to: outer.1).ethernet().bytes),
    Sample(
      "VXLAN in GRE in VLAN",
      udp(tcp.ethernet().vxlan(), port: 4789).gre().ipv4(from: outer.0, to: outer.1)
        .vlan(3).ethernet().bytes),
  ]

  static func gtp(_ start: [UInt8], _ rest: [UInt8]) -> PacketBuilder {
    PacketBuilder(bytes: start + UInt16(rest.count).octets + [0, 0, 0, 5] + rest)
  }

  static let all = links + tunnels
}

/// What a fresh decoder makes of the bytes.
func decode(
  _ bytes: [UInt8], link: UInt32 = 1, originalLength: Int? = nil, limits: DecodingLimits = DecodingLimits()
) -> DecodedPacket {
  var decoder = PacketDecoder(limits: limits)
  return decoder.decode(bytes.span, descriptor: descriptor(link: link, originalLength: originalLength ?? bytes.count))
}

func descriptor(link: UInt32 = 1, originalLength: Int, at nanoseconds: Int64 = 0) -> FrameDescriptor {
  FrameDescriptor(
    time: CaptureTime(nanoseconds: nanoseconds), number: 1, file: 0, linkType: LinkType(number: link),
    originalLength: originalLength)
}

extension DecodedPacket {
  /// The segment whose bytes are the frame's.
  var segment: TCPSegment? {
    guard case .segment(let segment) = self else { return nil }
    return segment
  }

  var reassembled: (segment: TCPSegment, bytes: [UInt8])? {
    guard case .reassembledSegment(let segment, let bytes) = self else { return nil }
    return (segment, bytes)
  }

  /// The datagram whose bytes are the frame's.
  var datagram: UDPDatagram? {
    guard case .datagram(let datagram) = self else { return nil }
    return datagram
  }

  var icmpError: ICMPError? {
    guard case .icmpError(let error) = self else { return nil }
    return error
  }

  var problem: DecodingProblem? {
    guard case .malformed(let problem) = self else { return nil }
    return problem
  }

  var isFragment: Bool {
    guard case .fragment = self else { return false }
    return true
  }

  var isOther: Bool {
    guard case .other = self else { return false }
    return true
  }
}
