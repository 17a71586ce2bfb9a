internal import PacketDecoding
internal import Wire

// Nearly all segments go on where their connection stands: it is open, nothing of it is missing or waits, and the segment
// brings the next bytes or acknowledges what was handed up; or the connection is of no interest. They are taken here in one
// go, with the same outcome as `receive(_:from:in:frame:_:)` would have.

extension Connection {
  /// What a segment was to a connection that is in step.
  enum Step: Equatable {
    /// Something that the general way must take; nothing was changed.
    case unusual
    /// It brought nothing to hand up.
    case nothing
    /// All of its payload is to be handed up.
    case bytes(Peer)
  }

  /// Takes a segment of a connection that is in step, if it leaves it so.
  mutating func takeInStep(
    _ segment: TCPSegment, in bytes: Span<UInt8>, frame: FrameDescriptor, _ work: inout StreamWork
  ) -> Step {
    guard isInStep else { return takeIgnored(segment, frame: frame, now: work.now) }
    guard segment.flags.isPlainACK, segment.window > 0, work.now - lastSeen < SilenceWatch.shortest else {
      return .unusual
    }
    let step =
      switch sender(of: segment) {
      case .client:
        Connection.takeInStep(
          segment, in: bytes, frame, from: .client, sender: &client, receiver: &server, &life, &work)
      case .server:
        Connection.takeInStep(
          segment, in: bytes, frame, from: .server, sender: &server, receiver: &client, &life, &work)
      }
    if case .unusual = step { return step }
    life.lastFrame = frame
    lastSeen = work.now
    return step
  }

  /// Takes a segment of a connection that is of no interest, unless it may be its end: it is counted.
  @inline(never)
  private mutating func takeIgnored(_ segment: TCPSegment, frame: FrameDescriptor, now: Int64) -> Step {
    guard life.isIgnored, life.phase == .open, segment.flags.isPlainACK, now - lastSeen < SilenceWatch.shortest else {
      return .unusual
    }
    switch sender(of: segment) {
    case .client: client.counts.packets += 1
    case .server: server.counts.packets += 1
    }
    life.lastFrame = frame
    lastSeen = now
    return .nothing
  }

  // It is long: what only asks for inlining is not heard here.
  @inline(always)
  private static func takeInStep(
    _ segment: TCPSegment, in bytes: Span<UInt8>, _ frame: FrameDescriptor, from peer: Peer,
    sender: inout StreamDirection, receiver: inout StreamDirection, _ life: inout ConnectionLife,
    _ work: inout StreamWork
  ) -> Step {
    let acknowledged = receiver.position(of: TCPSequence(segment.acknowledgment))
    guard acknowledged <= receiver.position, sender.next == TCPSequence(segment.sequence),
      sender.path.knows(segment.timeToLive), segment.options.selectiveAcknowledgment == nil
    else { return .unusual }
    let length = segment.payloadLength
    var verdict = ChecksumVerdict.unknown
    if length > 0 {
      guard segment.payload.count == length,
        sender.isPlausible(end: sender.position + length, window: work.limits.window)
      else { return .unusual }
      verdict = segment.checksum(in: bytes)
      if case .wrong = verdict { return .unusual }
    }
    if length > 0 {
      // It is no copy: the first one would have moved the stream on.
      sender.recent.add(segment, now: work.now)
    } else if sender.recent.hasSeen(
      segment, isDoubtful: false, now: work.now, span: work.limits.duplicateSpan,
      unidentified: work.limits.unidentifiedDuplicateSpan)
    {
      sender.counts.duplicateFrames += 1
      receiver.recent.expectCopies()
      return .nothing
    }
    sender.counts.packets += 1
    sender.path.saw(segment, now: work.now)
    if acknowledged > receiver.acknowledged {
      receiver.acknowledged = acknowledged
      receiver.path.acknowledged(to: acknowledged, now: work.now)
    }
    if acknowledged == receiver.position { receiver.path.allAcknowledged(by: length, of: sender.path) }
    guard length > 0 else { return .nothing }
    _ = sender.accepts(verdict)
    if case .right = verdict { sender.lastPayload.add(segment, in: bytes) }
    sender.path.sent(
      length, to: sender.position + length, isFirst: sender.acknowledged >= sender.position,
      largest: receiver.path.segmentLimit, now: work.now, frame: frame)
    sender.counts.bytes += length
    sender.goOn(by: length)
    life.lastSpeaker = peer
    return .bytes(peer)
  }
}
