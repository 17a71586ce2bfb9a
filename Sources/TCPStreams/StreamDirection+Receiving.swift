internal import PacketDecoding
internal import Wire

/// The payload of a segment as a part of its stream.
struct StreamPart {
  /// Positions in the stream.
  var start: Int
  var end: Int
  /// Where its captured bytes lie in the frame.
  var payload: Range<Int>
  /// What the other side must have handed up before.
  var requirement: Int
  var frame: FrameDescriptor
}

extension StreamDirection {
  /// RFC 7323 section 2.3: windows end at 1 GiB, and sequence numbers mean something only within it.
  static let largestWindow = 1 << 30

  /// Takes the position of the first byte from a SYN that was captured late.
  mutating func rebase(to sequence: TCPSequence) {
    acknowledged = max(0, acknowledged + next.distance(from: sequence))
    highest = 0
    begin(at: sequence)
  }

  /// Moves the mark of what was acknowledged of this stream. Returns the position that the acknowledgement gives, one
  /// behind the end where it covers the FIN; 0 where it is beyond belief.
  mutating func takeAcknowledgment(_ number: TCPSequence, window: Int) -> Int {
    guard isKnown else {
      begin(at: number)
      return 0
    }
    let given = position(of: number)
    guard given > acknowledged else { return max(0, given) }
    guard given <= max(highest, acknowledged) + window else { return 0 }
    acknowledged = min(given, finPosition)
    return given
  }

  /// Notes the FIN. Returns whether it was not known before.
  mutating func takeFIN(at end: Int, bare: Bool, requirement: Int) -> Bool {
    guard finPosition == .max else {
      if bare, end == finPosition { counts.retransmittedSegments += 1 }
      return false
    }
    // An end before what was sent already is not one; before its own acknowledgement it may have been captured.
    guard end >= max(position, highest), end >= acknowledged - 1 else { return false }
    acknowledged = min(acknowledged, end)
    marks.remove(.finPresumed)
    finPosition = end
    finRequirement = requirement
    return true
  }

  /// Keeps payload whose checksum is wrong. Its receiver threw it away, and then it is sent again; but where a capture was
  /// edited, or its card garbled it, the receiver acknowledges the bytes and they never come again.
  mutating func setAside(
    _ segment: TCPSegment, of bytes: Span<UInt8>, frame: FrameDescriptor, _ work: inout StreamWork
  ) {
    guard isKnown, !segment.payload.isEmpty, !segment.isClipped else { return }
    let start = position(of: TCPSequence(segment.sequence))
    let end = start + segment.payload.count
    guard start >= position, isPlausible(end: end, window: work.limits.window),
      doubtful.count < work.limits.corruptPiecesPerDirection
    else { return }
    let insertion = doubtful.insert(
      from: start, to: end, captured: end - start, of: bytes, at: segment.payload.lowerBound, requirement: 0,
      frame: frame)
    doubtfulCost += insertion.cost
    work.heldCost += insertion.cost
  }

  /// Drops what was set aside and has come better since.
  mutating func dropPastDoubtful(_ work: inout StreamWork) {
    while doubtful.firstEnd <= position, let run = doubtful.popFirst() {
      doubtfulCost -= run.cost
      work.heldCost -= run.cost
    }
  }

  /// Takes payload: hands it up where it lies if it is next, or copies and holds it.
  mutating func take(
    _ part: StreamPart, of bytes: Span<UInt8>, id: ConnectionID, from peer: Peer, reach: Int,
    windowClosed: Bool, _ life: inout ConnectionLife, _ work: inout StreamWork
  ) {
    let length = part.end - part.start
    guard part.end > position else {
      let isProbe =
        length == 1 && part.end == position
        && (acknowledged >= position || windowClosed)
      if !isProbe {
        counts.retransmittedBytes += length
        counts.retransmittedSegments += 1
      }
      return
    }
    let end = min(part.end, finPosition)
    let start = max(part.start, position)
    guard start < end else { return }
    var repeated = start - part.start
    if repeated == 1, marks.contains(.probed) { repeated = 0 }
    let skipped = min(start - part.start, part.payload.count)
    let captured = min(part.payload.count - skipped, end - start)
    let offset = part.payload.lowerBound + skipped
    if start == position, held.firstStart >= end, part.requirement <= reach {
      if highest > start, repeated == 0 { counts.outOfOrder += 1 }
      if captured > 0 {
        work.events.bytes(id, from: peer, offset..<offset + captured)
        counts.bytes += captured
      }
      if captured < end - start {
        work.events.gap(id, from: peer, end - start - captured)
        counts.missingBytes += end - start - captured
      }
      life.lastSpeaker = peer
      advance(to: end)
      if length == 1, windowClosed {
        marks.insert(.probed)
      } else {
        marks.remove(.probed)
      }
    } else {
      let insertion = held.insert(
        from: start, to: end, captured: captured, of: bytes, at: offset, requirement: part.requirement,
        frame: part.frame)
      heldCost += insertion.cost
      work.heldCost += insertion.cost
      counts.conflictingBytes += insertion.conflicting
      repeated += insertion.overlapping
      if start != highest, repeated == 0 { counts.outOfOrder += 1 }
      if highest < end { highest = end }
    }
    if repeated > 0 {
      counts.retransmittedBytes += repeated
      counts.retransmittedSegments += 1
    }
  }
}
