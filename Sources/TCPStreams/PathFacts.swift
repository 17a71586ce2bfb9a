public import Wire

/// What the packets of one side show of the path to the other.
public struct PathFacts: Sendable {
  /// What its SYN offered; nil where that was not captured.
  public var options: HandshakeOptions?
  /// The largest payload of a segment that was acknowledged in the size in which it was sent.
  public var largestAcknowledged = 0
  /// The times to live of its packets, resets aside; nil where there were none.
  public var timeToLive: ClosedRange<UInt8>?
  /// Bytes that were sent and not acknowledged.
  public var unacknowledged = 0
  /// Everything of it that was captured has been acknowledged by a segment of a size that passes, so that its receipt
  /// did not hang on a large one.
  public var isSurelyAcknowledged = true
  /// One at most: what a healthy connection does not have.
  public var troubles: [PathTrouble] = []

  /// A side of which no packet was seen.
  public init() {}

  /// The trouble, where there is one; nil for a healthy side.
  public var trouble: PathTrouble? { troubles.first }
  /// The bytes that wait at the end and were sent again and again.
  public var openStall: StallFacts? { trouble?.stall.flatMap { $0.isOpen ? $0 : nil } }
}

/// What a SYN offers besides a connection.
public struct HandshakeOptions: Hashable, Sendable {
  /// RFC 9293 section 3.7.1; zero where it was not told.
  public var maximumSegmentSize: UInt16 = 0
  /// RFC 7323 section 2.2.
  public var windowScale: UInt8?
  /// Whether it permits selective acknowledgments (RFC 2018 section 2).
  public var selectiveAcknowledgment = false
  /// Whether it offers timestamps (RFC 7323 section 3.2).
  public var timestamps = false
  /// Whether it asks for a fast open cookie or shows one (RFC 7413 section 4.1.1).
  public var fastOpen = false

  /// A SYN without options.
  public init() {}
}

/// What went wrong with the packets of one side. Times count nanoseconds of packet time from the first packet.
public struct PathTrouble: Equatable, Sendable {
  /// The last stretch in which the first byte that waited was sent more than once.
  public var stall: StallFacts?
  /// The longest before it.
  public var longestPastStall: StallFacts?
  /// What it waited until it sent again what was lost, all together.
  public var waited: Int64 = 0
  /// The frame that sent something again first.
  public var firstRepeat: FrameDescriptor?
  /// The frame that did so last.
  public var lastRepeat: FrameDescriptor?
  /// Segments sent again although the capture has their acknowledgement.
  public var needless = Repeats()
  /// How often the other side said that it had got bytes twice (RFC 2883): what was sent again had not been lost.
  public var duplicates = 0
  /// Its own window, while it was closed.
  public var closure: WindowClosure?
  /// The longest closure before it; nil where there was none.
  public var longestPastClosure: WindowClosure?
  /// Its resets.
  public var reset: ResetFacts?
  /// How many bytes behind the last captured one it says to have sent.
  public var unseen = 0
  var claimedEnd: Int?
  /// The first segment that was sent again with other bytes, and how long all such were.
  public var contradiction: FrameDescriptor?
  /// The payload bytes of all segments that were sent again with other bytes.
  public var contradictedBytes = 0
  /// Bytes that are missing and were never acknowledged: they were lost before the capture's place, or after.
  public var unconfirmedGaps = 0
  /// ICMP errors that quote it, those that are alike once, and how many were captured, the same one twice too.
  var errors: [PathError] = []
  var errorCount = 0
  var recentErrors = RecentErrors()
  /// The widest selective acknowledgment of its bytes while the first that waited stood at `selectiveFront`.
  var selectiveWidth = 0
  var selectiveFront = 0
  /// Which bytes were last told to have come twice, and when.
  var lastDuplicate: ToldDuplicate?

  struct ToldDuplicate: Equatable {
    /// The sequence number of the first of them.
    var start: UInt32
    var time: Int64
  }

  /// Nothing wrong yet.
  public init() {}

  /// Different errors kept of one side: forged ones may vary without end.
  static let errorLimit = 16

  /// How many segments were sent again, with the frames of the first and the last.
  public struct Repeats: Equatable, Sendable {
    /// How many there were.
    public var count = 0
    /// The first one's frame; nil where there was none.
    public var first: FrameDescriptor?
    /// The last one's frame; nil where there was none.
    public var last: FrameDescriptor?
  }
}

/// A stretch in which no new acknowledgement came and the first byte that waited for one was sent again.
public struct StallFacts: Equatable, Sendable {
  /// Where that byte stands in the stream.
  public var position: Int
  /// How often it was sent.
  public var transmissions = 1
  /// The largest and the smallest payload that it was sent in again; zero for a FIN alone.
  public var size = 0
  /// The smallest of these payloads; `Int.max` until it is sent again.
  public var smallestSize = Int.max
  /// The smallest payload of other segments that were sent again meanwhile.
  public var smallestOther = Int.max
  /// Since when it had waited when it was first sent again: for the last new acknowledgement, or its own sending.
  public var since: Int64
  /// When it was first sent again, in nanoseconds of packet time from the first packet.
  public var firstRepeat: Int64
  /// When it was last sent again, likewise; the same as `since` until that happens.
  public var lastRepeat: Int64
  /// The frame that sent it first, where it is known.
  public var firstFrame: Int?
  /// The frames that sent it again: the first and the last.
  public var begin: FrameDescriptor
  /// The frame that sent it again last.
  public var end: FrameDescriptor
  /// Whether all of them said "don't fragment".
  public var dontFragment = true
  /// Whether it still waits.
  public var isOpen = false
  /// When the other side was last heard.
  public var peerHeard: Int64 = 0
  /// The widest range behind it that the other side has.
  public var widestSelective = 0

  /// From the beginning of the wait to the last time that it was sent again, in nanoseconds.
  public var duration: Int64 { lastRepeat - since }
  /// How often it was sent again.
  public var repeats: Int { transmissions - 1 }
}

/// A receive window that was closed.
public struct WindowClosure: Equatable, Sendable {
  /// When it was closed, in nanoseconds of packet time from the first packet.
  public var since: Int64
  /// When it was opened, likewise; where it was not, when the connection's last segment came.
  public var until: Int64
  /// The frame that closed it.
  public var begin: FrameDescriptor
  /// The frame that announced it as closed last.
  public var last: FrameDescriptor
  /// How often it was announced again, in answer to probes.
  public var answers = 0
  /// Packets of the other side meanwhile.
  public var probes = 0
  /// Whether the closure lasts: the window was not opened again.
  public var isOpen = true

  /// How long it was closed, in nanoseconds.
  public var duration: Int64 { until - since }
}

/// The resets that one side sent, or that were sent in its name.
public struct ResetFacts: Equatable, Sendable {
  /// The first one's frame.
  public var frame: FrameDescriptor
  /// How many they are.
  public var count = 1
  /// The first one's IPv4 time to live or IPv6 hop limit.
  public var timeToLive: UInt8
  /// The first one's IPv4 identification; nil for IPv6.
  public var identification: UInt16?
  /// The first one's "don't fragment" flag; always true for IPv6.
  public var dontFragment: Bool
  /// Whether the first one has the ACK flag.
  public var hasACK: Bool
  /// The first one's window as sent, not scaled.
  public var window: UInt16
  /// How far it stands behind everything that was captured of its side.
  public var ahead: Int
  /// Whether others followed with other sequence numbers.
  public var sequencesDiffer = false
  var sequence: UInt32
  /// Whether its side had counted its IP identifications up so far, and this one does not go on from the last.
  public var breaksIdentifications: Bool
  /// Whether all other packets of its side said "don't fragment".
  public var breaksDontFragment: Bool
}

/// How silent the connection was.
public struct SilenceFacts: Equatable, Sendable {
  /// The longest silence after which both sides were heard again, in nanoseconds; zero below a second.
  public var longestSurvived: Int64 = 0
  /// A silence after which one side spoke and the other was not heard any more.
  public var unanswered: Int64 = 0
  /// Who spoke after that silence; without meaning where `unanswered` is zero.
  public var brokenBy = Peer.client
  /// How long the capture went on after the last packet, as far as other packets show it.
  public var afterwards: Int64 = 0

  /// No silence that is worth noting.
  public init() {}
}

/// An ICMP error that quotes a segment of the connection (RFC 792, RFC 4443, RFC 5927).
public struct PathError: Equatable, Sendable {
  /// Who had sent the segment.
  public var about: Peer
  /// The address that the error came from: a router's or firewall's on the way, or the other end's.
  public var reporter: IPAddress
  /// Whether it is ICMPv6 (RFC 4443), where types and codes have other meanings.
  public var isICMPv6: Bool
  /// The type of the message, as the RFCs number it.
  public var type: UInt8
  /// What of its type it tells, likewise.
  public var code: UInt8
  /// How many octets the packets of the next link may have; nil where the error does not tell.
  public var nextHopMTU: Int?
  /// The frame of the first one.
  public var frame: FrameDescriptor
  /// How many like it came.
  public var count = 1

  /// Made of the side whose segment it quotes, of its own fields, and of the frame that it came in.
  public init(
    about: Peer, reporter: IPAddress, isICMPv6: Bool, type: UInt8, code: UInt8, nextHopMTU: Int?,
    frame: FrameDescriptor
  ) {
    self.about = about
    self.reporter = reporter
    self.isICMPv6 = isICMPv6
    self.type = type
    self.code = code
    self.nextHopMTU = nextHopMTU
    self.frame = frame
  }

  /// The meanings of errors, by the words of the reports.
  public enum Kind: String, Sendable {
    case packetTooBig = "packet_too_big"
    case portUnreachable = "port_unreachable"
    case prohibited
    case unreachable
    case timeExceeded = "time_exceeded"
    case other
  }

  /// What it means to a connection.
  public var kind: Kind {
    switch (isICMPv6, type, code) {
    case (false, 3, 4), (true, 2, _): .packetTooBig
    case (false, 3, 3), (true, 1, 4): .portUnreachable
    case (false, 3, 9), (false, 3, 10), (false, 3, 13), (true, 1, 1), (true, 1, 5), (true, 1, 6): .prohibited
    case (false, 3, _), (true, 1, _): .unreachable
    case (false, 11, _), (true, 3, _): .timeExceeded
    default: .other
    }
  }

  func isLike(_ other: PathError) -> Bool {
    about == other.about && reporter == other.reporter && type == other.type && code == other.code
      && nextHopMTU == other.nextHopMTU
  }
}
