// CaptureComparing: two captures of the same traffic at two places, and what happened between them. It does no I/O.

internal import TCPStreams
package import Wire

/// What there is to say of two captures.
package struct CaptureComparison: Sendable {
  package private(set) var pairs: [SessionPair]
  package private(set) var onlyInA: [LoneSession] = []
  package private(set) var onlyInB: [LoneSession] = []
  /// Which capture was made nearer to the clients; nil where nothing tells.
  package private(set) var nearClient: CaptureSide?
  /// Routers between the places, as the times to live tell; nil where they tell nothing.
  package private(set) var hops: Int?
  /// How far b's clock is ahead, in nanoseconds; nil where no session is at both places.
  package private(set) var clockOffset: Int64?

  /// - Parameters:
  ///   - a: The sessions of the one capture with their segments, in their order.
  ///   - aSpan: From its first packet to its last.
  package init(
    _ a: [ComparedSession], during aSpan: ClosedRange<CaptureTime>, _ b: [ComparedSession],
    during bSpan: ClosedRange<CaptureTime>, limits: ComparisonLimits = ComparisonLimits()
  ) {
    let matching = SessionMatching(a, b, limits: limits)
    pairs = matching.pairs.map { SessionPair(a: a[$0.a], b: b[$0.b], reason: $0.reason) }
    let offset = CaptureComparison.offset(pairs)
    clockOffset = offset
    nearClient = CaptureComparison.nearClient(pairs)
    hops = CaptureComparison.hops(pairs, near: nearClient)
    let near = nearClient ?? .a
    let spans = (
      a: aSpan.lowerBound.nanoseconds...aSpan.upperBound.nanoseconds,
      b: bSpan.lowerBound.nanoseconds...bSpan.upperBound.nanoseconds
    )
    for index in pairs.indices {
      PairChanges(
        near: pairs[index][near], far: pairs[index][near.other], offset: (offset ?? 0) * (near == .a ? 1 : -1),
        nearCapture: near == .a ? spans.a : spans.b, farCapture: near == .a ? spans.b : spans.a, limits: limits
      ).complete(&pairs[index])
    }
    let inA = Set(matching.pairs.map(\.a))
    let inB = Set(matching.pairs.map(\.b))
    let (side, clock) = (nearClient, offset)
    onlyInA = a.indices.filter { !inA.contains($0) }.map {
      CaptureComparison.lone(a[$0], isNear: side.map { $0 == .a }, other: spans.b, offset: clock)
    }
    onlyInB = b.indices.filter { !inB.contains($0) }.map {
      CaptureComparison.lone(b[$0], isNear: side.map { $0 == .b }, other: spans.a, offset: clock.map { -$0 })
    }
    pairs.removeAll { !$0.a.isSelected && !$0.b.isSelected }
    onlyInA.removeAll { !$0.session.isSelected }
    onlyInB.removeAll { !$0.session.isSelected }
  }

  /// Whether everything is at both places, and the same.
  package var isUnchanged: Bool {
    onlyInA.isEmpty && onlyInB.isEmpty && pairs.allSatisfy { $0.changes.isEmpty && $0.furtherChanges == 0 }
  }

  /// Each line and each SYN of one direction passed both places: half of what the two directions differ by is the clocks'.
  private static func offset(_ pairs: [SessionPair]) -> Int64? {
    let offsets = pairs.compactMap { pair -> Int64? in
      let client = median(apart(pair, .client))
      let server = median(apart(pair, .server))
      guard let one = client ?? server, let other = server ?? client else {
        return pair.b.start.nanoseconds(since: pair.a.start)
      }
      return one / 2 + other / 2 + (one % 2 + other % 2) / 2
    }
    return median(offsets)
  }

  /// How much later, by the clocks, what a side sent was seen in b.
  private static func apart(_ pair: SessionPair, _ peer: Peer) -> [Int64] {
    var times: [[UInt8]: CaptureTime] = [:]
    for line in pair.a.lines where line.from == peer && times[line.text] == nil { times[line.text] = line.time }
    var apart: [Int64] = []
    for line in pair.b.lines where line.from == peer {
      if let time = times.removeValue(forKey: line.text) { apart.append(line.time.nanoseconds(since: time)) }
    }
    if let one = pair.a.trace.segments.first(where: { $0.from == peer && $0.isSYN }),
      let other = pair.b.trace.segments.first(where: { $0.from == peer && $0.isSYN }), one.sequence == other.sequence
    {
      apart.append(other.time.nanoseconds(since: one.time))
    }
    return apart
  }

  private static func median(_ values: [Int64]) -> Int64? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }

  /// Shorter differences of waits are the capturing's own, in nanoseconds.
  private static let jitter: Int64 = 2_000

  /// A reply takes longer, the further from the server it is waited for; and a packet has a lower time to live, the further
  /// it came. Captures of the same place show neither.
  private static func nearClient(_ pairs: [SessionPair]) -> CaptureSide? {
    var votes = (a: 0, b: 0)
    for pair in pairs {
      var differences: [Int64] = []
      // The same words may be said again and again: in their order.
      var waits: [[UInt8]: [Int64]] = [:]
      for line in pair.a.lines.reversed() where line.from == .server {
        if let wait = line.wait { waits[line.text, default: []].append(wait) }
      }
      for line in pair.b.lines where line.from == .server {
        guard let wait = line.wait, let other = waits[line.text]?.popLast() else { continue }
        differences.append(other.subtractingSaturated(wait))
      }
      if differences.isEmpty, let one = pair.a.serverRoundTrip, let other = pair.b.serverRoundTrip {
        differences.append(one.subtractingSaturated(other))
      }
      if let difference = median(differences), abs(difference) >= jitter {
        if difference > 0 { votes.a += 1 } else { votes.b += 1 }
      } else if let one = pair.a.clientTimeToLive, let other = pair.b.clientTimeToLive, one != other {
        if one > other { votes.a += 1 } else { votes.b += 1 }
      }
    }
    guard votes.a != votes.b else { return nil }
    return votes.a > votes.b ? .a : .b
  }

  private static func hops(_ pairs: [SessionPair], near: CaptureSide?) -> Int? {
    guard let near else { return nil }
    let differences = pairs.compactMap { pair -> Int64? in
      guard let one = pair[near].clientTimeToLive, let other = pair[near.other].clientTimeToLive, one >= other else {
        return nil
      }
      return Int64(one - other)
    }
    return median(differences).map { Int($0) }
  }

  private static func lone(
    _ session: ComparedSession, isNear: Bool?, other: ClosedRange<Int64>, offset: Int64?
  ) -> LoneSession {
    func reason() -> LoneSession.Reason {
      let shift = offset ?? 0
      if session.end.nanoseconds.addingSaturated(shift) < other.lowerBound { return .beforeOtherCapture }
      if session.start.nanoseconds.addingSaturated(shift) > other.upperBound { return .afterOtherCapture }
      guard let isNear else { return session.opening == .unanswered ? .synDropped : .unknown }
      guard isNear else { return .notAtClientSide }
      switch session.opening {
      case .unanswered: return .synDropped
      case .refused: return .refusedBetween
      case .handshake, .midstream: return .notAtServerSide
      }
    }
    return LoneSession(session: session, reason: reason())
  }
}
