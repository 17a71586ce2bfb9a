internal import PacketDecoding

/// The last few frames of one direction, to tell the same packet captured twice from one that was sent twice.
///
/// Capture on every interface of a bridge, a mirror of both directions of a port and two capture points merged into one
/// file show each packet again within milliseconds, with another time to live perhaps, but with the same
/// identification. A retransmission is a new packet: it has a new IPv4 identification, and comes no sooner than a
/// round-trip time. Where there is no identification (IPv6, or zero with "don't fragment", RFC 6864) only frames with
/// payload or FIN are judged, and only for the shorter span, unless copies were met and a time stamp tells as well. A SYN is sent
/// again no sooner than a second later (RFC 6298).
///
/// Four places suffice until the first frame was seen twice, usually the SYN; from then on there are more, in both directions.
struct RecentFrames {
  private struct Entry {
    var fingerprint: UInt64 = 0
    var time: Int64 = 0
  }

  private var many: [Entry] = []
  private var place: UInt8 = 0
  private var few: [4 of Entry] = [4 of Entry](repeating: Entry())

  /// Whether the segment was there a moment ago. Remembers it. `isDoubtful`: its checksum is wrong, and its like are those only
  /// whose are too.
  mutating func hasSeen(
    _ segment: TCPSegment, isDoubtful: Bool, now: Int64, span identified: Int64, unidentified: Int64
  ) -> Bool {
    let identification = segment.identification ?? 0
    let flags = segment.flags
    let span: Int64
    if identification != 0 || flags.hasSYN {
      span = identified
    } else if segment.payloadLength > 0 || flags.hasFIN {
      span = !many.isEmpty && segment.options.timestamp != nil ? identified : unidentified
    } else {
      return false
    }
    let fingerprint = RecentFrames.fingerprint(segment, identification) ^ (isDoubtful ? 2 : 0)
    if many.isEmpty {
      for index in 0..<4 where few[index].fingerprint == fingerprint && now &- few[index].time <= span {
        expectCopies()
        remember(fingerprint, now)
        return true
      }
    } else {
      for entry in many where entry.fingerprint == fingerprint && now &- entry.time <= span { return true }
    }
    remember(fingerprint, now)
    return false
  }

  /// Remembers a segment with payload that cannot have been there, and whose checksum is not wrong.
  mutating func add(_ segment: TCPSegment, now: Int64) {
    remember(RecentFrames.fingerprint(segment, segment.identification ?? 0), now)
  }

  private mutating func remember(_ fingerprint: UInt64, _ now: Int64) {
    let entry = Entry(fingerprint: fingerprint, time: now)
    if many.isEmpty { few[Int(place & 3)] = entry } else { many[Int(place) % RecentFrames.manyCount] = entry }
    place &+= 1
  }

  /// Frames of this connection are captured twice: the other direction's too, of which more than a few may pass before the first
  /// copy comes.
  mutating func expectCopies() {
    guard many.isEmpty else { return }
    many = [Entry](repeating: Entry(), count: RecentFrames.manyCount)
    for index in 0..<4 { many[index] = few[index] }
    place = 4
  }

  private static let manyCount = 64

  private static func fingerprint(_ segment: TCPSegment, _ identification: UInt16) -> UInt64 {
    let numbers = UInt64(segment.sequence) << 32 | UInt64(segment.acknowledgment)
    let rest = UInt64(segment.options.timestamp ?? 0) << 32 | UInt64(identification) << 16 | UInt64(segment.window)
    let shape = UInt64(truncatingIfNeeded: segment.payloadLength) << 8 | UInt64(segment.flags.rawValue)
    var mixed = numbers &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 29 ^ rest) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 32 ^ shape) &* 0x94d0_49bb_1331_11eb
    return (mixed ^ mixed >> 31) | 1
  }
}
