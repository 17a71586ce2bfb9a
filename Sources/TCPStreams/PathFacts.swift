package import Wire

/// What the packets of one side show of the path to the other.
package struct PathFacts: Sendable {
  /// What its SYN offered; nil where that was not captured.
  package var options: HandshakeOptions?
  /// The largest payload of a segment that was acknowledged in the size in which it was sent.
  package var largestAcknowledged = 0
  /// The times to live of its packets, resets aside; nil where there were none.
  package var timeToLive: ClosedRange<UInt8>?
  /// Bytes that were sent and not acknowledged.
  package var unacknowledged = 0
  /// Everything of it that was captured has been acknowledged by a segment of a size that passes, so that its receipt
  /// did not hang on a large one.
  package var isSurelyAcknowledged = true
  /// One at most: what a healthy connection does not have.
  package var troubles: [PathTrouble] = []

  package init() {}

  package var trouble: PathTrouble? { troubles.first }
  /// The bytes that wait at the end and were sent again and again.
  package var openStall: StallFacts? { trouble?.stall.flatMap { $0.isOpen ? $0 : nil } }
}

/// What a SYN offers besides a connection.
package struct HandshakeOptions: Hashable, Sendable {
  /// RFC 9293 section 3.7.1; zero where it was not told.
  package var maximumSegmentSize: UInt16 = 0
  /// RFC 7323 section 2.2.
  package var windowScale: UInt8?
  package var selectiveAcknowledgment = false
  package var timestamps = false
  package var fastOpen = false

  package init() {}
}

/// What went wrong with the packets of one side. Times count nanoseconds of packet time from the first packet.
package struct PathTrouble: Equatable, Sendable {
  /// The last stretch in which the first byte that waited was sent more than once.
  package var stall: StallFacts?
  /// The longest before it.
  package var longestPastStall: StallFacts?
  /// What it waited until it sent again what was lost, all together.
  package var waited: Int64 = 0
  /// The frame that sent something again first.
  package var firstRepeat: FrameDescriptor?
  package var lastRepeat: FrameDescriptor?
  /// Segments sent again although the capture has their acknowledgement.
  package var needless = Repeats()
  /// How often the other side said that it had got bytes twice (RFC 2883): what was sent again had not been lost.
  package var duplicates = 0
  /// Its own window, while it was closed.
  package var closure: WindowClosure?
  package var longestPastClosure: WindowClosure?
  /// Its resets.
  package var reset: ResetFacts?
  /// How many bytes behind the last captured one it says to have sent.
  package var unseen = 0
  var claimedEnd: Int?
  /// The first segment that was sent again with other bytes, and how long all such were.
  package var contradiction: FrameDescriptor?
  package var contradictedBytes = 0
  /// Bytes that are missing and were never acknowledged: they were lost before the capture's place, or after.
  package var unconfirmedGaps = 0
  /// ICMP errors that quote it, those that are alike once, and how many came.
  var errors: [PathError] = []
  var errorCount = 0
  /// The widest selective acknowledgment of its bytes while the first that waited stood at `selectiveFront`.
  var selectiveWidth = 0
  var selectiveFront = 0

  package init() {}

  /// Different errors kept of one side: forged ones may vary without end.
  static let errorLimit = 16

  package struct Repeats: Equatable, Sendable {
    package var count = 0
    package var first: FrameDescriptor?
    package var last: FrameDescriptor?
  }
}

/// A stretch in which no new acknowledgement came and the first byte that waited for one was sent again.
package struct StallFacts: Equatable, Sendable {
  /// Where that byte stands in the stream.
  package var position: Int
  /// How often it was sent.
  package var transmissions = 1
  /// The largest and the smallest payload that it was sent in again; zero for a FIN alone.
  package var size = 0
  package var smallestSize = Int.max
  /// The smallest payload of other segments that were sent again meanwhile.
  package var smallestOther = Int.max
  /// Since when it had waited when it was first sent again: for the last new acknowledgement, or its own sending.
  package var since: Int64
  package var firstRepeat: Int64
  package var lastRepeat: Int64
  /// The frame that sent it first, where it is known.
  package var firstFrame: Int?
  /// The frames that sent it again: the first and the last.
  package var begin: FrameDescriptor
  package var end: FrameDescriptor
  /// Whether all of them said "don't fragment".
  package var dontFragment = true
  /// Whether it still waits.
  package var isOpen = false
  /// When the other side was last heard.
  package var peerHeard: Int64 = 0
  /// The widest range behind it that the other side has.
  package var widestSelective = 0

  package var duration: Int64 { lastRepeat - since }
  package var repeats: Int { transmissions - 1 }
}

/// A receive window that was closed.
package struct WindowClosure: Equatable, Sendable {
  package var since: Int64
  package var until: Int64
  package var begin: FrameDescriptor
  package var last: FrameDescriptor
  /// How often it was announced again, in answer to probes.
  package var answers = 0
  /// Packets of the other side meanwhile.
  package var probes = 0
  package var isOpen = true

  package var duration: Int64 { until - since }
}

/// The resets that one side sent, or that were sent in its name.
package struct ResetFacts: Equatable, Sendable {
  package var frame: FrameDescriptor
  package var count = 1
  package var timeToLive: UInt8
  package var identification: UInt16?
  package var dontFragment: Bool
  package var hasACK: Bool
  package var window: UInt16
  /// How far it stands behind everything that was captured of its side.
  package var ahead: Int
  /// Whether others followed with other sequence numbers.
  package var sequencesDiffer = false
  var sequence: UInt32
  /// Whether its side had counted its IP identifications up so far, and this one does not go on from the last.
  package var breaksIdentifications: Bool
  /// Whether all other packets of its side said "don't fragment".
  package var breaksDontFragment: Bool
}

/// How silent the connection was.
package struct SilenceFacts: Equatable, Sendable {
  /// The longest silence after which both sides were heard again, in nanoseconds; zero below a second.
  package var longestSurvived: Int64 = 0
  /// A silence after which one side spoke and the other was not heard any more.
  package var unanswered: Int64 = 0
  package var brokenBy = Peer.client
  /// How long the capture went on after the last packet, as far as other packets show it.
  package var afterwards: Int64 = 0

  package init() {}
}

/// An ICMP error that quotes a segment of the connection (RFC 792, RFC 4443, RFC 5927).
package struct PathError: Equatable, Sendable {
  /// Who had sent the segment.
  package var about: Peer
  package var reporter: IPAddress
  package var isICMPv6: Bool
  package var type: UInt8
  package var code: UInt8
  package var nextHopMTU: Int?
  package var frame: FrameDescriptor
  /// How many like it came.
  package var count = 1

  package init(
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

  package enum Kind: String, Sendable {
    case packetTooBig = "packet_too_big"
    case portUnreachable = "port_unreachable"
    case prohibited
    case unreachable
    case timeExceeded = "time_exceeded"
    case other
  }

  /// What it means to a connection.
  package var kind: Kind {
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
