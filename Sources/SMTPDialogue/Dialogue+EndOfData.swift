internal import Wire

// Two readings of a lone dot between odd line ends (`<LF>.<LF>`, `<LF>.<CRLF>` …): a strict server reads on, a lenient
// one ends the message there and takes what follows for commands (SMTP smuggling). What the server did, its replies tell:
// until they do, the client's bytes and the replies wait. Where they never tell, the strict reading is followed.

extension Dialogue {
  /// Decides if that can be done; `isFinal`: decides anyway.
  mutating func settleEndOfData<Sink: DialogueSink & ~Copyable>(
    isFinal: Bool, at moment: Moment, into sink: inout Sink
  ) {
    guard case .ambiguousEnd(let message, let receiver, let dot) = client else { return }
    let lineEnd = dot.end.bytes.count
    guard let decision = decision(lineEndLength: lineEnd, isFinal: isFinal) else { return }
    let replies = deferredReplies
    deferredReplies = []
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
  private func decision(lineEndLength: Int, isFinal: Bool) -> Decision? {
    guard let first = deferredReplies.first else { return isFinal ? Decision(fate: .unknown) : nil }
    let bytes = Array(held.bytes[held.range])
    let ends = Self.laterEnds(in: bytes, limit: limits.readings)
    if ends.strict == nil, ends.lenient.isEmpty {
      // No other end was sent: the server is content with the message, or it still waits.
      if first.isPositive { return Decision(fate: .end) }
      return isFinal ? Decision(fate: .unknown) : nil
    }
    let here = Self.verbs(in: bytes[min(lineEndLength, bytes.count)...])
    let strict = ends.strict.map { Self.verbs(in: bytes[$0...]) }
    let fitsHere = explain(here)
    let fitsStrict = strict.map(explain) ?? false
    let fitsLater = ends.lenient.contains { explain(Self.verbs(in: bytes[$0...])) }
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
    for (index, reply) in deferredReplies.dropFirst().enumerated() {
      guard index < verbs.count else { return verbs.last == .data }
      guard verbs[index].allows(reply.code) else { return false }
    }
    return true
  }

  /// Where what follows begins: behind `<CRLF>.<CRLF>`, and behind the lone dots before it that a lenient reader may take.
  private static func laterEnds(in bytes: [UInt8], limit: Int) -> (strict: Int?, lenient: [Int]) {
    let span = bytes.span
    var lenient: [Int] = []
    var search = 1
    while let dot = span.firstIndex(of: 0x2e, from: search) {
      search = dot + 1
      let before = span[dot - 1]
      guard before == 0x0a || before == 0x0d || before == 0, dot + 1 < span.count else { continue }
      let isCRLF = span.hasBytes("\r\n", at: dot + 1)
      if isCRLF, before == 0x0a, dot >= 2, span[dot - 2] == 0x0d { return (dot + 3, lenient) }
      guard lenient.count < limit, isCRLF || span[dot + 1] == 0x0a || span[dot + 1] == 0x0d else { continue }
      lenient.append(dot + (isCRLF ? 3 : 2))
    }
    return (nil, lenient)
  }

  /// The verbs of the command lines up to DATA, where text begins.
  private static func verbs(in bytes: ArraySlice<UInt8>) -> [Verb] {
    var verbs: [Verb] = []
    for line in bytes.split(separator: 0x0a, maxSplits: 256, omittingEmptySubsequences: false).dropLast() {
      let line = line.last == 0x0d ? Array(line.dropLast()) : Array(line)
      let verb = Verb(of: line.span)
      verbs.append(verb)
      if verb == .data { break }
    }
    return verbs
  }
}
