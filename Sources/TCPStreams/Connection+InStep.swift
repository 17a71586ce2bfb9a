internal import PacketDecoding
internal import Wire

// Nearly all segments go on where their connection stands: it is open, nothing of it is missing or waits, and the segment
// brings the next bytes or acknowledges what was handed up. They are taken here in one go, with the same outcome as
// `receive(_:from:in:frame:_:)` would have.

extension Connection {
  /// Takes a segment of a connection that is in step, if it leaves it so. Returns false, with nothing changed, where the
  /// general way must take it.
  mutating func takeInStep(
    _ segment: TCPSegment, in bytes: Span<UInt8>, frame: FrameDescriptor, _ work: inout StreamWork
  ) -> Bool {
    guard isInStep, segment.flags.isPlainACK, segment.window > 0, work.now - lastSeen < SilenceWatch.shortest
    else { return false }
    switch sender(of: segment) {
    case .client:
      guard
        Connection.takeInStep(
          segment, in: bytes, frame, id: id, from: .client, sender: &client, receiver: &server, &life, &work)
      else { return false }
    case .server:
      guard
        Connection.takeInStep(
          segment, in: bytes, frame, id: id, from: .server, sender: &server, receiver: &client, &life, &work)
      else { return false }
    }
    life.lastFrame = frame
    lastSeen = work.now
    return true
  }

  @inline(__always)
  private static func takeInStep(
    _ segment: TCPSegment, in bytes: Span<UInt8>, _ frame: FrameDescriptor, id: ConnectionID, from peer: Peer,
    sender: inout StreamDirection, receiver: inout StreamDirection, _ life: inout ConnectionLife,
    _ work: inout StreamWork
  ) -> Bool {
    let acknowledged = receiver.position(of: TCPSequence(segment.acknowledgment))
    guard acknowledged <= receiver.position, sender.next == TCPSequence(segment.sequence),
      sender.path.knows(segment.timeToLive), segment.options.selectiveAcknowledgment == nil
    else { return false }
    let length = segment.payloadLength
    var verdict = ChecksumVerdict.unknown
    if length > 0 {
      guard segment.payload.count == length,
        sender.isPlausible(end: sender.position + length, window: work.limits.window)
      else { return false }
      verdict = segment.checksum(in: bytes)
      if case .wrong = verdict { return false }
    }
    if sender.recent.hasSeen(
      segment, isDoubtful: false, now: work.now, span: work.limits.duplicateSpan,
      unidentified: work.limits.unidentifiedDuplicateSpan)
    {
      sender.counts.duplicateFrames += 1
      receiver.recent.expectCopies()
      return true
    }
    sender.counts.packets += 1
    sender.path.saw(segment, now: work.now)
    if acknowledged > receiver.acknowledged {
      receiver.acknowledged = acknowledged
      receiver.path.acknowledged(to: acknowledged, now: work.now)
    }
    if acknowledged == receiver.position { receiver.path.allAcknowledged(by: length, of: sender.path) }
    if length > 0 {
      _ = sender.accepts(verdict)
      if case .right = verdict { sender.lastPayload.add(segment, in: bytes) }
      sender.path.sent(
        length, to: sender.position + length, isFirst: sender.acknowledged >= sender.position,
        largest: receiver.path.segmentLimit, now: work.now, frame: frame)
      sender.counts.bytes += length
      sender.goOn(by: length)
      life.lastSpeaker = peer
      work.events.bytes(id, from: peer, segment.payload)
    }
    return true
  }
}
