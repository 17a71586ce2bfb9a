internal import Wire

// Client bytes that waited for a reply to tell what they are.

extension Dialogue {
  /// The bytes that waited are now known to be what `state` reads.
  mutating func release<Sink: DialogueSink & ~Copyable>(
    as state: ClientState, at moment: Moment, into sink: inout Sink
  ) {
    client = state
    switch state {
    case .commands: resumeChunks()
    case .afterStartTLS: endInterruptedMessage(at: moment, into: &sink)
    default: break
    }
    isBehindClientGap = false
    if missingBeforeHeld > 0 {
      let count = missingBeforeHeld
      missingBeforeHeld = 0
      missingFromClient(count, at: held.first?.moment ?? moment, into: &sink)
    }
    readHeld(into: &sink)
  }

  mutating func discardHeldText<Sink: DialogueSink & ~Copyable>(into sink: inout Sink) {
    var waiting = held.take()
    while let segment = waiting.first {
      var offset = 0
      lines: while true {
        let bytes = waiting.bytes.span.extracting(segment.range)
        switch clientLines.next(in: bytes, from: &offset, at: segment.moment) {
        case .whole(let range, let facts): discard(Array(bytes.extracting(range)), from: facts.begin, into: &sink)
        case .carried(let line, let facts): discard(line, from: facts.begin, into: &sink)
        case .more: break lines
        }
      }
      waiting.advance(by: segment.range.count)
    }
    if let line = clientLines.takePartial() { discard(line.bytes, from: line.facts.begin, into: &sink) }
  }

  private mutating func discard<Sink: DialogueSink & ~Copyable>(
    _ bytes: [UInt8], from moment: Moment, into sink: inout Sink
  ) {
    let command = Command(line: bytes, moment: moment)
    if command.verb == .auth || command.verb == .xExps { mayHearSecrets = true }
    let secret = secretStart(of: command)
    sink.said(bytes.span, from: .client, secretStart: secret, at: moment)
    sink.discarded(bytes.span, at: moment)
  }

  /// The reply that would tell what the client's bytes are was not captured: their look decides.
  mutating func decideWithoutReply<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    let looksLikeCommand = heldLooksLikeCommand
    if case .awaitingReply(.auth) = client, !looksLikeCommand, !held.isEmpty, pending.count == 1 {
      // The 334 was lost; the exchange that it belongs to goes on.
      mayHaveLostReplies = false
      release(as: .authResponse, at: moment, into: &sink)
      return
    }
    settleLostReplies(into: &sink)
    guard case .awaitingReply(let awaited) = client else { return }
    switch awaited {
    case .data:
      if looksLikeCommand || held.isEmpty {
        release(as: .commands, at: moment, into: &sink)
      } else {
        settleUnanswered(into: &sink)
        beginText(at: moment, into: &sink)
        release(as: client, at: moment, into: &sink)
      }
    case .auth:
      release(as: looksLikeCommand || held.isEmpty ? .commands : .authResponse, at: moment, into: &sink)
    case .startTLS where looksLikeCommand:
      release(as: .commands, at: moment, into: &sink)
    case .startTLS:
      if case .replies = server { server = .afterStartTLS }
      tlsBeginsInHole = (held.isEmpty, true)
      release(as: .afterStartTLS, at: moment, into: &sink)
    case .blob(let count):
      release(as: looksLikeCommand ? .commands : .blob(remaining: count), at: moment, into: &sink)
    }
  }

  /// The server was heard and passed over what waits: it will not be answered any more. Where the server was never
  /// captured, everything waits until the end.
  private mutating func settleUnanswered<Sink: DialogueSink & ~Copyable>(into sink: inout Sink) {
    guard hasHeardServer else { return }
    while let awaited = pending.popFirst() { sink.exchanged(awaited, with: nil) }
  }

  private var heldLooksLikeCommand: Bool {
    guard let first = held.first else { return false }
    let bytes = held.bytes.span.extracting(held.range).extracting(first: limits.commandLineLength)
    var line = Array(bytes.extracting(0..<(bytes.firstIndex(of: 0x0a) ?? bytes.count)))
    if line.last == 0x0d { line.removeLast() }
    return Command(line: line, moment: first.moment).isUnmistakable
  }
}
