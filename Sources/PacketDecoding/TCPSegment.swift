package import Wire

/// A TCP segment as it was found in a frame, below whatever links and tunnels carried it (RFC 9293 section 3.1).
///
/// A plain value: the payload stays where it is, and `payload` says where.
package struct TCPSegment: Equatable, Sendable {
  package var source: Endpoint
  package var destination: Endpoint
  package var sequence: UInt32
  /// Meaningful only with the ACK flag.
  package var acknowledgment: UInt32
  package var flags: TCPFlags
  /// The window as sent, not scaled.
  package var window: UInt16
  package var options: TCPOptions
  /// The IPv4 time to live or IPv6 hop limit of the innermost IP header.
  package var timeToLive: UInt8
  /// The IPv4 identification; nil for IPv6.
  package var identification: UInt16?
  /// The IPv4 "don't fragment" flag; always true for IPv6.
  package var dontFragment: Bool
  /// How long the IP packet was on the wire, its header included; 0 where nobody said.
  package var packetLength: UInt32
  /// Where the TCP header begins in the bytes that it was decoded from; the segment ends with `payload`.
  package var headerStart: Int
  /// Where the captured payload lies in those bytes. Link-layer padding is not in it.
  package var payload: Range<Int>
  /// How long the payload was on the wire; more than `payload.count` when a snap length cut the packet.
  package var payloadLength: Int

  package init(
    source: Endpoint, destination: Endpoint, sequence: UInt32, acknowledgment: UInt32 = 0, flags: TCPFlags,
    window: UInt16 = 65535, options: TCPOptions = TCPOptions(), timeToLive: UInt8 = 64,
    identification: UInt16? = nil, dontFragment: Bool = true, packetLength: UInt32 = 0, headerStart: Int = 0,
    payload: Range<Int>, payloadLength: Int
  ) {
    self.source = source
    self.destination = destination
    self.sequence = sequence
    self.acknowledgment = acknowledgment
    self.flags = flags
    self.window = window
    self.options = options
    self.timeToLive = timeToLive
    self.identification = identification
    self.dontFragment = dontFragment
    self.packetLength = packetLength
    self.headerStart = headerStart
    self.payload = payload
    self.payloadLength = payloadLength
  }

  /// Whether a snap length cut off a part of the payload.
  @inlinable
  package var isClipped: Bool { payload.count < payloadLength }
}

/// The control bits of a TCP header (RFC 9293 section 3.1).
package struct TCPFlags: OptionSet, Hashable, Sendable {
  package var rawValue: UInt8

  @inlinable
  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  package static let fin = TCPFlags(rawValue: 1)
  package static let syn = TCPFlags(rawValue: 2)
  package static let rst = TCPFlags(rawValue: 4)
  package static let psh = TCPFlags(rawValue: 8)
  package static let ack = TCPFlags(rawValue: 16)
  package static let urg = TCPFlags(rawValue: 32)
}

/// The TCP options that diagnosis needs.
package struct TCPOptions: Equatable, Sendable {
  /// RFC 9293 section 3.7.1; on SYN segments only.
  package var maximumSegmentSize: UInt16?
  /// RFC 7323 section 2.2; on SYN segments only.
  package var windowScale: UInt8?
  /// RFC 2018 section 2; on SYN segments only.
  package var selectiveAcknowledgmentPermitted = false
  /// TSval of RFC 7323 section 3.2.
  package var timestamp: UInt32?
  /// RFC 7413 section 4.1.1; on SYN segments only.
  package var fastOpen = false
  /// RFC 2018 section 3.
  package var selectiveAcknowledgment: SelectiveAcknowledgment?

  package init() {}
}

/// What a selective acknowledgment tells, as far as diagnosis needs it.
package struct SelectiveAcknowledgment: Equatable, Sendable {
  /// How many bytes the widest block behind the acknowledgment has.
  package var widest: UInt32 = 0
  /// The first block lies before the acknowledgment: those bytes came twice (RFC 2883 section 4).
  package var tellsDuplicate = false

  package init() {}
}

/// An ICMP or ICMPv6 error and the TCP segment that it quotes (RFC 792, RFC 4443).
package struct ICMPError: Equatable, Sendable {
  /// Who sent the error.
  package var reporter: IPAddress
  package var isICMPv6: Bool
  package var type: UInt8
  package var code: UInt8
  /// "Fragmentation needed" and "packet too big" tell it.
  package var nextHopMTU: Int?
  /// The quoted segment's source, which the error was sent to.
  package var source: Endpoint
  package var destination: Endpoint
  package var sequence: UInt32

  package init(
    reporter: IPAddress, isICMPv6: Bool, type: UInt8, code: UInt8, nextHopMTU: Int?, source: Endpoint,
    destination: Endpoint, sequence: UInt32
  ) {
    self.reporter = reporter
    self.isICMPv6 = isICMPv6
    self.type = type
    self.code = code
    self.nextHopMTU = nextHopMTU
    self.source = source
    self.destination = destination
    self.sequence = sequence
  }
}

/// What one frame turned out to hold.
package enum DecodedPacket: Sendable {
  /// A TCP segment whose bytes are those of the frame.
  case segment(TCPSegment)
  /// A TCP segment that a fragment completed; its offsets are into the bytes beside it.
  case reassembledSegment(TCPSegment, [UInt8])
  /// A UDP datagram of a name server or to one, whose bytes are those of the frame.
  case datagram(UDPDatagram)
  /// One that a fragment completed; its offsets are into the bytes beside it.
  case reassembledDatagram(UDPDatagram, [UInt8])
  case icmpError(ICMPError)
  /// A fragment that waits for others.
  case fragment
  /// Well-formed, and nothing that concerns TCP or names.
  case other
  /// Not what its headers promise.
  case malformed(DecodingProblem)
}

/// Why a frame was not decoded.
package enum DecodingProblem: Hashable, Sendable {
  case unknownLinkType(LinkType)
  /// A header reaches over the end of the captured bytes.
  case headerCut
  /// A length or version field contradicts the bytes.
  case headerInvalid
  /// More layers of tunnels than the limit allows.
  case nestedTooDeep
}
