import Wire

// RFC 792, RFC 1191 section 4, RFC 4443 section 3: type, code and checksum, a word that some types use, and the packet
// that the error is about, from its IP header on.
//
//  +---------------+---------------+-------------------------------+
//  |     Type      |     Code      |           Checksum            |
//  +---------------+---------------+-------------------------------+
//  |   unused (ICMP)               |   Next-Hop MTU (3/4)          |
//  |   MTU (ICMPv6 "packet too big")                               |
//  +---------------------------------------------------------------+
//  |   IP header and the first octets of the packet …              |
//  +---------------------------------------------------------------+

extension PacketDecoder {
  func decodeICMPError(_ bytes: Span<UInt8>, _ extent: Extent, reporter: IPAddress) -> DecodedPacket {
    let start = extent.start
    guard extent.count >= 8 else { return extent.missing(8) }
    let (type, code) = (bytes[start], bytes[start + 1])
    // Destination unreachable, source quench, time exceeded, parameter problem.
    guard type == 3 || type == 4 || type == 11 || type == 12 else { return .other }
    let quoted = extent.dropping(8)
    guard quoted.count >= 20 else { return quoted.missing(20) }
    let inner = quoted.start
    let headerLength = Int(bytes[inner] & 15) * 4
    guard bytes[inner] >> 4 == 4, headerLength >= 20 else { return .malformed(.headerInvalid) }
    // Only the first fragment has the ports.
    guard bytes[inner + 9] == IPProtocol.tcp, bytes.bigEndianUInt16(at: inner + 6) & 0x1fff == 0 else { return .other }
    guard quoted.count >= headerLength + 8 else { return quoted.missing(headerLength + 8) }
    let header = inner + headerLength
    // A router from before RFC 1191 leaves it zero.
    let nextHopMTU = type == 3 && code == 4 ? Int(bytes.bigEndianUInt16(at: start + 6)) : 0
    let identification = bytes.bigEndianUInt16(at: inner + 4)
    return .icmpError(
      ICMPError(
        reporter: reporter, isICMPv6: false, type: type, code: code, nextHopMTU: nextHopMTU == 0 ? nil : nextHopMTU,
        source: Endpoint(
          address: IPAddress(ipv4: bytes.bigEndianUInt32(at: inner + 12)), port: bytes.bigEndianUInt16(at: header)),
        destination: Endpoint(
          address: IPAddress(ipv4: bytes.bigEndianUInt32(at: inner + 16)), port: bytes.bigEndianUInt16(at: header + 2)),
        sequence: bytes.bigEndianUInt32(at: header + 4), identification: identification == 0 ? nil : identification))
  }

  func decodeICMPv6Error(_ bytes: Span<UInt8>, _ extent: Extent, reporter: IPAddress) -> DecodedPacket {
    let start = extent.start
    guard extent.count >= 8 else { return extent.missing(8) }
    let (type, code) = (bytes[start], bytes[start + 1])
    // Destination unreachable, packet too big, time exceeded, parameter problem.
    guard (1...4).contains(type) else { return .other }
    let quoted = extent.dropping(8)
    guard quoted.count >= 40 else { return quoted.missing(40) }
    let inner = quoted.start
    guard bytes[inner] >> 4 == 6 else { return .malformed(.headerInvalid) }
    var next = bytes[inner + 6]
    var upper = quoted.dropping(40)
    while next != IPProtocol.tcp {
      let length: Int
      switch next {
      case IPProtocol.hopByHopOptions, IPProtocol.routing, IPProtocol.destinationOptions:
        guard upper.count >= 8 else { return upper.missing(8) }
        length = Int(bytes[upper.start + 1]) * 8 + 8
      case IPProtocol.fragment:
        guard upper.count >= 8 else { return upper.missing(8) }
        guard bytes.bigEndianUInt16(at: upper.start + 2) & 0xfff8 == 0 else { return .other }
        length = 8
      default: return .other
      }
      guard upper.count >= length else { return upper.missing(length) }
      next = bytes[upper.start]
      upper = upper.dropping(length)
    }
    guard upper.count >= 8 else { return upper.missing(8) }
    return .icmpError(
      ICMPError(
        reporter: reporter, isICMPv6: true, type: type, code: code,
        nextHopMTU: type == 2 ? Int(bytes.bigEndianUInt32(at: start + 4)) : nil,
        source: Endpoint(
          address: IPAddress(
            ipv6High: bytes.bigEndianUInt64(at: inner + 8), low: bytes.bigEndianUInt64(at: inner + 16)),
          port: bytes.bigEndianUInt16(at: upper.start)),
        destination: Endpoint(
          address: IPAddress(
            ipv6High: bytes.bigEndianUInt64(at: inner + 24), low: bytes.bigEndianUInt64(at: inner + 32)),
          port: bytes.bigEndianUInt16(at: upper.start + 2)),
        sequence: bytes.bigEndianUInt32(at: upper.start + 4)))
  }
}
