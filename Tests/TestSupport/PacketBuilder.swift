package import Wire

/// Packets written from the inside out: begin with ``tcp(from:to:sequence:acknowledgment:flags:window:options:payload:timeToLive:identification:dontFragment:)``
/// or another static function and wrap the result in the layers that shall carry it. Lengths and checksums are right.
///
/// ```swift
/// let frame = PacketBuilder.tcp(from: client, to: server, sequence: 1, flags: .syn).ethernet().bytes
/// ```
package struct PacketBuilder: Sendable {
  package var bytes: [UInt8]
  /// What announces these bytes in an Ethernet header.
  package var etherType: UInt16
  /// What announces these bytes in an IP header, when an IP header may precede them.
  package var protocolNumber: UInt8

  package init(bytes: [UInt8], etherType: UInt16 = 0xffff, protocolNumber: UInt8 = 255) {
    self.bytes = bytes
    self.etherType = etherType
    self.protocolNumber = protocolNumber
  }

  /// The control bits of a TCP header; the raw value is the header's octet.
  package struct Flags: OptionSet, Sendable {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let fin = Flags(rawValue: 1)
    package static let syn = Flags(rawValue: 2)
    package static let rst = Flags(rawValue: 4)
    package static let psh = Flags(rawValue: 8)
    package static let ack = Flags(rawValue: 16)
    package static let urg = Flags(rawValue: 32)
  }

  /// An IPv4 or IPv6 packet, by the kind of the addresses, that holds a TCP segment. `options` are padded to words.
  package static func tcp(
    from source: Endpoint, to destination: Endpoint, sequence: UInt32, acknowledgment: UInt32 = 0, flags: Flags = .ack,
    window: UInt16 = 65535, options: [UInt8] = [], payload: [UInt8] = [], timeToLive: UInt8 = 64,
    identification: UInt16 = 1, dontFragment: Bool = true
  ) -> PacketBuilder {
    let padded = options + [UInt8](repeating: 0, count: (4 - options.count % 4) % 4)
    var segment = source.port.octets + destination.port.octets + sequence.octets + acknowledgment.octets
    segment += [UInt8((20 + padded.count) / 4) << 4, flags.rawValue] + window.octets + [0, 0, 0, 0] + padded + payload
    let sum = transportChecksum(segment, from: source.address, to: destination.address, protocolNumber: 6)
    segment.replaceSubrange(16..<18, with: sum.octets)
    return PacketBuilder(bytes: segment, protocolNumber: 6)
      .ip(
        from: source.address, to: destination.address, timeToLive: timeToLive, identification: identification,
        dontFragment: dontFragment)
  }

  /// The same with the payload as text.
  package static func tcp(
    from source: Endpoint, to destination: Endpoint, sequence: UInt32, acknowledgment: UInt32 = 0, flags: Flags = .ack,
    text: String
  ) -> PacketBuilder {
    tcp(
      from: source, to: destination, sequence: sequence, acknowledgment: acknowledgment, flags: flags,
      payload: Array(text.utf8))
  }

  /// These bytes in an IPv4 or IPv6 header, by the kind of the addresses.
  package func ip(
    from source: IPAddress, to destination: IPAddress, timeToLive: UInt8 = 64, identification: UInt16 = 1,
    dontFragment: Bool = true
  ) -> PacketBuilder {
    source.isIPv6
      ? ipv6(from: source, to: destination, hopLimit: timeToLive)
      : ipv4(
        from: source, to: destination, timeToLive: timeToLive, identification: identification,
        fragment: dontFragment ? 0x4000 : 0)
  }

  /// These bytes in an IPv4 header. `options` are padded to words; `fragment` is the word of flags and fragment offset.
  package func ipv4(
    from source: IPAddress, to destination: IPAddress, timeToLive: UInt8 = 64, identification: UInt16 = 1,
    fragment: UInt16 = 0x4000, options: [UInt8] = []
  ) -> PacketBuilder {
    let padded = options + [UInt8](repeating: 0, count: (4 - options.count % 4) % 4)
    var header: [UInt8] = [0x40 | UInt8(5 + padded.count / 4), 0]
    header += UInt16(truncatingIfNeeded: 20 + padded.count + bytes.count).octets + identification.octets
    header += fragment.octets + [timeToLive, protocolNumber, 0, 0] + source.octets + destination.octets + padded
    header.replaceSubrange(10..<12, with: (~foldedChecksum(header.span.internetChecksumSum)).octets)
    return PacketBuilder(bytes: header + bytes, etherType: 0x0800, protocolNumber: 4)
  }

  /// These bytes in an IPv6 header.
  package func ipv6(from source: IPAddress, to destination: IPAddress, hopLimit: UInt8 = 64) -> PacketBuilder {
    let header =
      [0x60, 0, 0, 0] + UInt16(truncatingIfNeeded: bytes.count).octets + [protocolNumber, hopLimit]
      + source.octets + destination.octets
    return PacketBuilder(bytes: header + bytes, etherType: 0x86dd, protocolNumber: 41)
  }

  /// These bytes behind an IPv6 extension header of `number`: its content follows the two octets of type and length,
  /// and is padded to eight.
  package func extensionHeader(_ number: UInt8, content: [UInt8] = [1, 4, 0, 0, 0, 0]) -> PacketBuilder {
    let padded = content + [UInt8](repeating: 0, count: (14 - content.count % 8) % 8)
    let words = (padded.count + 2) / 8 - 1
    return PacketBuilder(bytes: [protocolNumber, UInt8(words)] + padded + bytes, protocolNumber: number)
  }

  /// These bytes behind an IPv6 fragment header.
  package func fragmentHeader(offset: Int, more: Bool, identification: UInt32) -> PacketBuilder {
    let word = UInt16(truncatingIfNeeded: offset) & 0xfff8 | (more ? 1 : 0)
    return PacketBuilder(
      bytes: [protocolNumber, 0] + word.octets + identification.octets + bytes, protocolNumber: 44)
  }

  /// These bytes, the payload of an IP packet, as fragments of `size` bytes (a multiple of 8) between two addresses.
  package func fragments(
    of size: Int, from source: IPAddress, to destination: IPAddress, identification: UInt16 = 77
  ) -> [PacketBuilder] {
    stride(from: 0, to: bytes.count, by: size).map { offset in
      let end = min(offset + size, bytes.count)
      let piece = PacketBuilder(bytes: Array(bytes[offset..<end]), protocolNumber: protocolNumber)
      return source.isIPv6
        ? piece.fragmentHeader(offset: offset, more: end < bytes.count, identification: UInt32(identification))
          .ipv6(from: source, to: destination)
        : piece.ipv4(
          from: source, to: destination, identification: identification,
          fragment: UInt16(offset / 8) | (end < bytes.count ? 0x2000 : 0))
    }
  }

  /// What an IPv4 header without options or an IPv6 header without extension headers carries.
  package var withoutIPHeader: PacketBuilder {
    etherType == 0x0800
      ? PacketBuilder(bytes: Array(bytes[20...]), protocolNumber: bytes[9])
      : PacketBuilder(bytes: Array(bytes[40...]), protocolNumber: bytes[6])
  }

  /// These bytes in a UDP datagram in an IP packet.
  package func udp(from source: Endpoint, to destination: Endpoint) -> PacketBuilder {
    let length = UInt16(truncatingIfNeeded: 8 + bytes.count)
    var datagram = source.port.octets + destination.port.octets + length.octets + [0, 0] + bytes
    let sum = Self.transportChecksum(datagram, from: source.address, to: destination.address, protocolNumber: 17)
    datagram.replaceSubrange(6..<8, with: sum.octets)
    return PacketBuilder(bytes: datagram, protocolNumber: 17).ip(from: source.address, to: destination.address)
  }

  /// An ICMP (for IPv4 addresses) or ICMPv6 error that quotes these bytes; `rest` is the second word of its header.
  package func icmpError(
    from source: IPAddress, to destination: IPAddress, type: UInt8, code: UInt8, rest: UInt32 = 0
  ) -> PacketBuilder {
    var message = [type, code, 0, 0] + rest.octets + bytes
    let sum =
      source.isIPv6
      ? Self.transportChecksum(message, from: source, to: destination, protocolNumber: 58)
      : ~foldedChecksum(message.span.internetChecksumSum)
    message.replaceSubrange(2..<4, with: sum.octets)
    return PacketBuilder(bytes: message, protocolNumber: source.isIPv6 ? 58 : 1).ip(from: source, to: destination)
  }

  /// These bytes in an Ethernet II frame, padded with zeros to the 60 octets that a wire asks for.
  package func ethernet(minimum: Int = 60) -> PacketBuilder {
    var frame: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1] + etherType.octets + bytes
    frame += [UInt8](repeating: 0, count: max(0, minimum - frame.count))
    return PacketBuilder(bytes: frame, etherType: 0x6558)
  }

  /// These bytes behind a VLAN tag; 0x8100 is 802.1Q, 0x88a8 802.1ad.
  package func vlan(_ identifier: UInt16, tag: UInt16 = 0x8100) -> PacketBuilder {
    PacketBuilder(bytes: identifier.octets + etherType.octets + bytes, etherType: tag)
  }

  /// These bytes behind MPLS labels, the last of them the bottom of the stack.
  package func mpls(_ labels: [UInt32]) -> PacketBuilder {
    let stack = labels.indices.flatMap { index in
      (labels[index] << 12 | (index == labels.count - 1 ? 0x100 : 0) | 64).octets
    }
    return PacketBuilder(bytes: stack + bytes, etherType: 0x8847)
  }

  /// This IP packet behind a PPP protocol field, in a PPPoE session.
  package func pppoe(session: UInt16 = 1) -> PacketBuilder {
    let payload = (etherType == 0x86dd ? [0x00, 0x57] : [0x00, 0x21]) + bytes
    let length = UInt16(truncatingIfNeeded: payload.count)
    return PacketBuilder(bytes: [0x11, 0] + session.octets + length.octets + payload, etherType: 0x8864)
  }

  /// These bytes behind a GRE header of version 0; an Ethernet frame becomes Transparent Ethernet Bridging.
  package func gre(checksum: Bool = false, key: UInt32? = nil, sequence: UInt32? = nil) -> PacketBuilder {
    let flags: UInt16 = (checksum ? 0x8000 : 0) | (key == nil ? 0 : 0x2000) | (sequence == nil ? 0 : 0x1000)
    var header = flags.octets + etherType.octets
    if checksum { header += [0, 0, 0, 0] }
    if let key { header += key.octets }
    if let sequence { header += sequence.octets }
    return PacketBuilder(bytes: header + bytes, protocolNumber: 47)
  }

  /// This Ethernet frame behind a VXLAN header (RFC 7348 section 5), to be wrapped in UDP to port 4789.
  package func vxlan(_ identifier: UInt32 = 7) -> PacketBuilder {
    PacketBuilder(bytes: [8, 0, 0, 0] + (identifier << 8).octets + bytes)
  }

  /// These bytes behind a Geneve header (RFC 8926 section 3.4), to be wrapped in UDP to port 6081; `options` are words.
  package func geneve(_ identifier: UInt32 = 7, options: [UInt8] = []) -> PacketBuilder {
    let header = [UInt8(options.count / 4), 0] + etherType.octets + (identifier << 8).octets
    return PacketBuilder(bytes: header + options + bytes)
  }

  /// The checksum field of TCP, UDP or ICMPv6 over `segment`, whose own field is zero (RFC 9293 section 3.1).
  package static func transportChecksum(
    _ segment: [UInt8], from source: IPAddress, to destination: IPAddress, protocolNumber: UInt8
  ) -> UInt16 {
    let pseudo =
      source.octets + destination.octets + UInt32(truncatingIfNeeded: segment.count).octets + [0, 0, 0, protocolNumber]
    return ~foldedChecksum((pseudo + segment).span.internetChecksumSum)
  }
}

extension IPAddress {
  /// The address as it stands on the wire.
  package var octets: [UInt8] {
    isIPv6 ? (high.octets + low.octets) : UInt32(truncatingIfNeeded: low).octets
  }
}

extension FixedWidthInteger {
  /// The integer in network order.
  package var octets: [UInt8] {
    (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> (Self.bitWidth - 8 - $0 * 8)) }
  }
}
