public import Wire

/// A UDP datagram of a name server or to one, the only ones that are handed up (RFC 768).
///
/// A plain value: the payload stays where it is, and `payload` says where.
public struct UDPDatagram: Equatable, Sendable {
  /// Address and port that it comes from.
  public var source: Endpoint
  /// Address and port that it goes to.
  public var destination: Endpoint
  /// Where the captured payload lies in the bytes that it was decoded from.
  public var payload: Range<Int>
  /// How long the payload was on the wire; more than `payload.count` when a snap length cut the packet.
  public var payloadLength: Int

  /// Made of its endpoints, of where its payload lies, and of how many octets that had on the wire.
  public init(source: Endpoint, destination: Endpoint, payload: Range<Int>, payloadLength: Int) {
    self.source = source
    self.destination = destination
    self.payload = payload
    self.payloadLength = payloadLength
  }
}

//  +---------------+---------------+-------------------------------+
//  |          Source Port          |       Destination Port        |
//  +-------------------------------+-------------------------------+
//  |            Length             |           Checksum            |
//  +-------------------------------+-------------------------------+

extension PacketDecoder {
  /// A datagram of port 53, or the packet inside one to a port that tunnels use; any other is no concern of ours.
  mutating func decodeUDP(_ bytes: Span<UInt8>, _ extent: Extent, _ header: IPHeader) -> DecodedPacket {
    guard extent.count >= 8 else { return extent.missing(8) }
    let source = bytes.bigEndianUInt16(at: extent.start)
    let destination = bytes.bigEndianUInt16(at: extent.start + 2)
    // Names come first: a client may have asked from a port that is a tunnel's elsewhere.
    if source == 53 || destination == 53 {
      guard let payload = datagramPayload(bytes, extent) else { return .malformed(.headerInvalid) }
      return .datagram(
        UDPDatagram(
          source: Endpoint(address: header.source, port: source),
          destination: Endpoint(address: header.destination, port: destination), payload: payload.start..<payload.end,
          payloadLength: payload.wireEnd - payload.start))
    }
    guard let tunnel = UDPTunnel(rawValue: destination) else { return .other }
    guard let payload = datagramPayload(bytes, extent) else { return .malformed(.headerInvalid) }
    guard extent.depth < limits.maximumNesting else { return .malformed(.nestedTooDeep) }
    return decodeUDPTunnel(tunnel, bytes, payload.nested)
  }

  /// What is behind a header that is there; nil where its length contradicts it.
  private func datagramPayload(_ bytes: Span<UInt8>, _ extent: Extent) -> Extent? {
    let length = Int(bytes.bigEndianUInt16(at: extent.start + 4))
    guard length >= 8 || length == 0 else { return nil }
    // Zero is a jumbogram's (RFC 2675 section 4) or segmentation offload's.
    let datagram = length == 0 || length > extent.wireEnd - extent.start ? extent : extent.limited(to: length)
    return datagram.dropping(8)
  }
}
