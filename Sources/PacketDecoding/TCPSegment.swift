public import Wire

/// A TCP segment as it was found in a frame, below whatever links and tunnels carried it (RFC 9293 section 3.1).
///
/// A plain value: the payload stays where it is, and `payload` says where.
public struct TCPSegment: Equatable, Sendable {
  /// Address and port that it comes from.
  public var source: Endpoint
  /// Address and port that it goes to.
  public var destination: Endpoint
  /// The number of the first octet of payload; of a SYN the initial one, which stands before it (RFC 9293 section 3.4).
  public var sequence: UInt32
  /// Meaningful only with the ACK flag.
  public var acknowledgment: UInt32
  /// Its control bits.
  public var flags: TCPFlags
  /// The window as sent, not scaled.
  public var window: UInt16
  /// The options that its header has, of those that diagnosis needs.
  public var options: TCPOptions
  /// The IPv4 time to live or IPv6 hop limit of the innermost IP header.
  public var timeToLive: UInt8
  /// The IPv4 identification; nil for IPv6.
  public var identification: UInt16?
  /// The IPv4 "don't fragment" flag; always true for IPv6.
  public var dontFragment: Bool
  /// How long the IP packet was on the wire, its header included; 0 where nobody said.
  public var packetLength: UInt32
  /// Where the TCP header begins in the bytes that it was decoded from; the segment ends with `payload`.
  public var headerStart: Int
  /// Where the captured payload lies in those bytes. Link-layer padding is not in it.
  public var payload: Range<Int>
  /// How long the payload was on the wire; more than `payload.count` when a snap length cut the packet.
  public var payloadLength: Int

  /// Made of what its headers say and of where its payload lies.
  @inlinable
  public init(
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
  public var isClipped: Bool { payload.count < payloadLength }
}

/// The control bits of a TCP header (RFC 9293 section 3.1).
public struct TCPFlags: OptionSet, Hashable, Sendable {
  /// The bits as they stand in the header's octet; CWR and ECE (RFC 3168), 128 and 64, have no name here.
  public var rawValue: UInt8

  /// The flags of a header's octet; bits without a name are kept.
  @inlinable
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The sender has sent everything.
  public static let fin = TCPFlags(rawValue: 1)
  /// Sequence numbers begin here: the connection opens.
  public static let syn = TCPFlags(rawValue: 2)
  /// The connection is given up at once.
  public static let rst = TCPFlags(rawValue: 4)
  /// Push: the receiver is to hand over what it has.
  public static let psh = TCPFlags(rawValue: 8)
  /// The acknowledgment number means something; all but a first SYN and some resets have it.
  public static let ack = TCPFlags(rawValue: 16)
  /// The urgent pointer means something.
  public static let urg = TCPFlags(rawValue: 32)
}

/// The TCP options that diagnosis needs.
public struct TCPOptions: Equatable, Sendable {
  /// RFC 9293 section 3.7.1; on SYN segments only.
  public var maximumSegmentSize: UInt16?
  /// RFC 7323 section 2.2; on SYN segments only.
  public var windowScale: UInt8?
  /// RFC 2018 section 2; on SYN segments only.
  public var selectiveAcknowledgmentPermitted = false
  /// TSval of RFC 7323 section 3.2.
  public var timestamp: UInt32?
  /// RFC 7413 section 4.1.1; on SYN segments only.
  public var fastOpen = false
  /// RFC 2018 section 3.
  public var selectiveAcknowledgment: SelectiveAcknowledgment?

  /// No option at all.
  @inlinable
  public init() {}
}

/// What a selective acknowledgment tells, as far as diagnosis needs it.
public struct SelectiveAcknowledgment: Equatable, Sendable {
  /// How many bytes the widest block behind the acknowledgment has.
  public var widest: UInt32 = 0
  /// The first block lies before the acknowledgment: those bytes came twice (RFC 2883 section 4).
  public var tellsDuplicate = false
  /// Where that block begins.
  public var duplicateStart: UInt32 = 0

  /// Nothing that was received out of order or twice.
  public init() {}
}

/// An ICMP or ICMPv6 error and the TCP segment that it quotes (RFC 792, RFC 4443).
public struct ICMPError: Equatable, Sendable {
  /// Who sent the error.
  public var reporter: IPAddress
  /// Whether it is ICMPv6 (RFC 4443); types and codes have other meanings there.
  public var isICMPv6: Bool
  /// The type of the message: 3 and 1 are "destination unreachable" of ICMP and ICMPv6.
  public var type: UInt8
  /// What of its type it tells, as the RFCs number it.
  public var code: UInt8
  /// "Fragmentation needed" and "packet too big" tell it.
  public var nextHopMTU: Int?
  /// The quoted segment's source, which the error was sent to.
  public var source: Endpoint
  /// The quoted segment's destination: the other end of the connection.
  public var destination: Endpoint
  /// The quoted segment's sequence number.
  public var sequence: UInt32
  /// The quoted packet's IPv4 identification; nil where it has none (IPv6, or zero, RFC 6864).
  public var identification: UInt16?

  /// Made of the message's own fields and those of the segment that it quotes.
  public init(
    reporter: IPAddress, isICMPv6: Bool, type: UInt8, code: UInt8, nextHopMTU: Int?, source: Endpoint,
    destination: Endpoint, sequence: UInt32, identification: UInt16? = nil
  ) {
    self.reporter = reporter
    self.isICMPv6 = isICMPv6
    self.type = type
    self.code = code
    self.nextHopMTU = nextHopMTU
    self.source = source
    self.destination = destination
    self.sequence = sequence
    self.identification = identification
  }
}

/// What one frame turned out to hold.
public enum DecodedPacket: Sendable {
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
public enum DecodingProblem: Hashable, Sendable {
  case unknownLinkType(LinkType)
  /// A header reaches over the end of the captured bytes.
  case headerCut
  /// A length or version field contradicts the bytes.
  case headerInvalid
  /// More layers of tunnels than the limit allows.
  case nestedTooDeep
}
