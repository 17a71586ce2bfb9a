internal import Wire

// Two readings of a lone dot between odd line ends (`<LF>.<LF>`, `<LF>.<CRLF>` …): a strict server reads on, a lenient
// one ends the message there and takes what follows for commands (SMTP smuggling). What the server did, its replies tell:
// until they do, the client's bytes and the replies wait. Where they never tell, the strict reading is followed.

extension Dialogue {
  /// Decides if that can be done; `isFinal`: decides anyway.
  ///
  /// - Parameter hasNewReply: Whether a reply came, and not only bytes.
  mutating func settleEndOfData<Sink: DialogueSink & ~Copyable>(
    hasNewReply: Bool = false, isFinal: Bool, at moment: Moment, into sink: inout Sink
  ) {
    guard case .ambiguousEnd(let message, let receiver, let dot) = client else { return }
    let lineEnd = dot.end.bytes.count
    guard isFinal || !deferredReplies.isEmpty else { return }
    let isNew = held.readEnds(behind: lineEnd, limit: limits.readings)
    // More bytes without another command or another end prove nothing that was not proved before.
    guard isFinal || isNew || hasNewReply, let decision = decision(isFinal: isFinal) else { return }
    let replies = deferredReplies.take()
    let ended = held.first?.moment ?? moment
    let rest = held.beginning(Self.toldBehindDot)
    let start = min(lineEnd, rest.count)
    sink.loneDot(dot, decision.fate, before: rest.span.extracting(start..<rest.count), at: ended)
    if decision.fate == .end {
      endText(message, .sentNonstandard, at: ended, into: &sink)
      held.advance(by: lineEnd)
    } else {
      if !decision.isLater { fateOfCandidates = decision.fate }
      resumeText(message, receiver, behind: dot, at: moment, into: &sink)
    }
    readHeld(into: &sink)
    for reply in replies { take(reply, into: &sink) }
  }

  /// Octets behind the dot that are told: they show what was to be smuggled.
  private static let toldBehindDot = 200

  /// What became of the lone dot at hand, and whether another one further on may be the end.
  private struct Decision {
    var fate: LoneDot.Fate
    var isLater = false
  }

  /// What the replies prove so far; nil while several readings explain them and more replies may come.
  private func decision(isFinal: Bool) -> Decision? {
    guard let first = deferredReplies.replies.first else { return isFinal ? Decision(fate: .unknown) : nil }
    let ends = held.ends
    if ends.strict == nil, ends.lenient.isEmpty {
      // No other end was sent: the server is content with the message, or it still waits.
      if first.isPositive { return Decision(fate: .end) }
      return isFinal ? Decision(fate: .unknown) : nil
    }
    let here = ends.here
    let strict = ends.strict
    let fitsHere = explain(here)
    let fitsStrict = strict.map(explain) ?? false
    let fitsLater = ends.lenient.contains { explain($0.verbs) }
    if fitsHere != (fitsStrict || fitsLater) {
      return fitsHere ? Decision(fate: .end) : Decision(fate: .text, isLater: !fitsStrict)
    }
    let answers = deferredReplies.count - 1
    if !fitsHere, answers > strict?.count ?? 0, answers <= here.count { return Decision(fate: .end) }
    guard isFinal else { return nil }
    if strict == nil, first.isPositive { return Decision(fate: .end) }
    // Each command that follows for a strict reader was answered, and none of those that a lenient one would see.
    if fitsStrict, let strict, answers > 0, answers == strict.count, here.count > answers {
      return Decision(fate: .text)
    }
    return Decision(fate: .unknown)
  }

  /// Whether the replies behind the first one, which answers the end, fit these commands.
  private func explain(_ verbs: [Verb]) -> Bool {
    for (index, reply) in deferredReplies.replies.dropFirst().enumerated() {
      guard index < verbs.count else { return verbs.last == .data }
      guard verbs[index].allows(reply.code) else { return false }
    }
    return true
  }
}
