internal import Wire

/// Segments of one side that are at one place only, and numbers that were rewritten.
struct SegmentChanges {
  typealias Segment = SegmentTrace.Segment

  /// A place of capture as one direction meets it.
  struct Place {
    var trace: SegmentTrace
    /// In the other place's time; what passed outside of it cannot have been captured there.
    var otherCapture: ClosedRange<Int64>
  }

  private(set) var changes: [Change] = []
  /// By how much the numbers differ at the receiver's place; nil where that is not known.
  private(set) var delta: UInt32?

  /// - Parameter comparesData: false where lengths were changed: then positions mean nothing.
  init(of peer: Peer, sent: Place, arrived: Place, comparesData: Bool, limits: ComparisonLimits) {
    let one = sent.trace.segments.filter { $0.from == peer }
    let other = arrived.trace.segments.filter { $0.from == peer }
    delta = SegmentChanges.delta(of: peer, sent.trace, arrived.trace)
    compare(\.isRST, nil, one, other, peer, delta, sent, arrived)
    guard comparesData, !sent.trace.isCut, !arrived.trace.isCut, let delta else { return }
    compare(\.isSYN, "SYN", one, other, peer, delta, sent, arrived)
    compare(\.isFIN, "FIN", one, other, peer, delta, sent, arrived)
    compareData(one, other, peer, delta, sent, arrived, limits)
  }

  private static func delta(of peer: Peer, _ sent: SegmentTrace, _ arrived: SegmentTrace) -> UInt32? {
    if let one = sent.start(of: peer), let other = arrived.start(of: peer) { return other &- one }
    // Without SYNs: by the first payload that both have.
    var hashes: [UInt32: UInt32] = [:]
    for segment in sent.segments where segment.from == peer && segment.length > 0 && segment.hash != 0 {
      if hashes[segment.hash] == nil { hashes[segment.hash] = segment.sequence }
    }
    for segment in arrived.segments where segment.from == peer && segment.length > 0 {
      if let sequence = hashes[segment.hash] { return segment.sequence &- sequence }
    }
    return nil
  }

  /// Segments with a flag, by their number: what both have comes first.
  private mutating func compare(
    _ flag: (Segment) -> Bool, _ name: String?, _ sent: [Segment], _ arrived: [Segment], _ peer: Peer,
    _ delta: UInt32?, _ sender: Place, _ receiver: Place
  ) {
    let one = sent.filter(flag)
    let other = arrived.filter(flag)
    let lost = one.dropFirst(other.count).filter { sender.otherCapture.contains($0.time.nanoseconds) }
    // A SYN or FIN that is acknowledged at the other place has passed there.
    func hasPassed(_ segment: Segment, _ place: Place, _ shift: UInt32) -> Bool {
      place.trace.acknowledged(of: peer, from: segment.sequence &+ shift) > segment.length
    }
    if let first = lost.first {
      let wasMissed = name != nil && other.isEmpty && delta.map { hasPassed(first, receiver, $0) } ?? false
      let kind: Change.Kind = name == nil ? .resetLost : wasMissed ? .notCaptured : .packetsLost
      var change = Change(kind, from: peer, sent: name)
      change.count = lost.count
      change.sentFrame = first.frame
      changes.append(change)
    }
    let madeUp = other.dropFirst(one.count).filter { receiver.otherCapture.contains($0.time.nanoseconds) }
    if let first = madeUp.first {
      let wasMissed = name != nil && one.isEmpty && delta.map { hasPassed(first, sender, 0 &- $0) } ?? false
      let kind: Change.Kind = name == nil ? .resetMadeUp : wasMissed ? .notCaptured : .packetsMadeUp
      var change = Change(kind, from: peer, arrived: name)
      change.count = madeUp.count
      change.arrivedFrame = first.frame
      changes.append(change)
    }
  }

  private struct Stretch: Hashable {
    var start: Int
    var length: Int
  }

  private mutating func compareData(
    _ sent: [Segment], _ arrived: [Segment], _ peer: Peer, _ delta: UInt32, _ sender: Place, _ receiver: Place,
    _ limits: ComparisonLimits
  ) {
    let firstSent = sent.first { $0.length > 0 }?.sequence
    guard let base = firstSent ?? arrived.first(where: { $0.length > 0 }).map({ $0.sequence &- delta }) else { return }
    func span(_ segment: Segment, _ shift: UInt32) -> Stretch {
      Stretch(start: Int(Int32(bitPattern: segment.sequence &- shift &- base)), length: segment.length)
    }
    // The same range at both places. Where it was sent more often than it arrived, the first ones were lost; where it
    // arrived more often, the last ones were made up.
    var ones: [Stretch: [Segment]] = [:]
    var others: [Stretch: [Segment]] = [:]
    for segment in sent where segment.length > 0 { ones[span(segment, 0), default: []].append(segment) }
    for segment in arrived where segment.length > 0 { others[span(segment, delta), default: []].append(segment) }
    var unmatched: [Segment] = []
    var extra: [Segment] = []
    var rewritten: [(Segment, Segment)] = []
    for (stretch, same) in ones {
      let other = others.removeValue(forKey: stretch) ?? []
      let lost = max(same.count - other.count, 0)
      unmatched += same.prefix(lost)
      extra += other.dropFirst(same.count)
      rewritten += zip(same.dropFirst(lost), other).filter { $0.hash != $1.hash && $0.hash != 0 && $1.hash != 0 }
    }
    extra += others.values.flatMap(\.self)
    unmatched.sort { $0.frame < $1.frame }
    extra.sort { $0.frame < $1.frame }
    if let first = rewritten.min(by: { $0.0.frame < $1.0.frame }) {
      var change = Change(.payloadRewritten, from: peer)
      change.count = rewritten.count
      change.sentFrame = first.0.frame
      change.arrivedFrame = first.1.frame
      changes.append(change)
    }
    guard !unmatched.isEmpty || !extra.isEmpty else { return }
    guard unmatched.count <= limits.recutSegments, extra.count <= limits.recutSegments else { return }
    let one = unmatched.map { (segment: $0, span: span($0, 0)) }
    let other = extra.map { (segment: $0, span: span($0, delta)) }

    let lost = SegmentChanges.uncovered(one, by: other)
    let end = receiver.trace.acknowledged(of: peer, from: base &+ delta)
    let isSeenAtAll = SegmentChanges.coverage(arrived.filter { $0.length > 0 }.map { span($0, delta) })
    add(lost.filter { sender.otherCapture.contains($0.segment.time.nanoseconds) }, peer, atSender: true) { span in
      // Acknowledged at the receiver's place, and never seen there: the capture missed it.
      span.start + span.length <= end && !isSeenAtAll(span)
    }
    let madeUp = SegmentChanges.uncovered(other, by: one)
    let wasSent = SegmentChanges.coverage(sent.filter { $0.length > 0 }.map { span($0, 0) })
    let acknowledged = sender.trace.acknowledged(of: peer, from: base)
    add(madeUp.filter { receiver.otherCapture.contains($0.segment.time.nanoseconds) }, peer, atSender: false) { span in
      span.start + span.length <= acknowledged && !wasSent(span)
    }
  }

  private mutating func add(
    _ spans: [(segment: Segment, span: Stretch, bytes: Int)], _ peer: Peer, atSender: Bool,
    _ wasMissed: (Stretch) -> Bool
  ) {
    for isMissed in [false, true] {
      let matching = spans.filter { wasMissed($0.span) == isMissed }
      guard let first = matching.first else { continue }
      var change = Change(isMissed ? .notCaptured : atSender ? .packetsLost : .packetsMadeUp, from: peer)
      change.count = matching.count
      change.bytes = matching.reduce(0) { $0 + $1.bytes }
      if atSender { change.sentFrame = first.segment.frame } else { change.arrivedFrame = first.segment.frame }
      changes.append(change)
    }
  }

  /// Those of which bytes are not among the others, which each cover a byte once.
  private static func uncovered(
    _ ones: [(segment: Segment, span: Stretch)], by others: [(segment: Segment, span: Stretch)]
  ) -> [(segment: Segment, span: Stretch, bytes: Int)] {
    let bounds = Set((ones + others).flatMap { [$0.span.start, $0.span.start + $0.span.length] }).sorted()
    var places: [Int: Int] = [:]
    for (place, bound) in bounds.enumerated() { places[bound] = place }
    var left = [Int](repeating: 0, count: bounds.count)
    func pieces(_ span: Stretch) -> Range<Int> {
      (places[span.start] ?? 0)..<(places[span.start + span.length] ?? 0)
    }
    for other in others { for piece in pieces(other.span) { left[piece] += 1 } }
    return ones.compactMap { one in
      var bytes = 0
      for piece in pieces(one.span) {
        if left[piece] > 0 { left[piece] -= 1 } else { bytes += bounds[piece + 1] - bounds[piece] }
      }
      return bytes > 0 ? (one.segment, one.span, bytes) : nil
    }
  }

  /// Whether any byte of a span is within the spans.
  private static func coverage(_ spans: [Stretch]) -> (Stretch) -> Bool {
    let sorted = spans.sorted { $0.start < $1.start }
    var merged: [(start: Int, end: Int)] = []
    for span in sorted {
      if let last = merged.last, span.start <= last.end {
        merged[merged.count - 1].end = max(last.end, span.start + span.length)
      } else {
        merged.append((span.start, span.start + span.length))
      }
    }
    return { span in
      var (low, high) = (0, merged.count)
      while low < high {
        let middle = (low + high) / 2
        if merged[middle].end <= span.start { low = middle + 1 } else { high = middle }
      }
      return low < merged.count && merged[low].start < span.start + span.length
    }
  }
}
