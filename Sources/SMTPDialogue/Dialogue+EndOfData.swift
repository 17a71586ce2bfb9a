internal import Wire

// Two readings of a lone dot between odd line ends (`<LF>.<LF>`, `<LF>.<CRLF>` …): a strict server reads on, a lenient
// one ends the message there and takes what follows for commands (SMTP smuggling). What the server did, its replies tell:
// until they do, the client's bytes and the replies wait.

extension Dialogue {
  /// Decides if that can be done; `isFinal`: decides anyway.
  mutating func settleEndOfData<Sink: DialogueSink & ~Copyable>(
    isFinal: Bool, at moment: Moment, into sink: inout Sink
  ) {
    guard case .ambiguousEnd(let message, let receiver, let isLineStart, let lineEndLength) = client else { return }
    guard let wasTheEnd = wasTheEnd(lineEndLength: lineEndLength) ?? (isFinal ? false : nil) else { return }
    let replies = deferredReplies
    deferredReplies = []
    let segments = held.take()
    sink.oddDot(wasTheEnd: wasTheEnd, at: segments.first?.moment ?? moment)
    if wasTheEnd {
      let ended = segments.first?.moment ?? moment
      endText(message, .sentNonstandard, at: ended, into: &sink)
      var skipped = lineEndLength
      for (bytes, moment) in segments {
        receiveFromClient(bytes.span, from: min(skipped, bytes.count), at: moment, into: &sink)
        skipped -= min(skipped, bytes.count)
      }
    } else {
      ignoresCandidates = true
      resumeText(message, receiver, isLineStart: isLineStart, at: moment, into: &sink)
      for (bytes, moment) in segments { receiveFromClient(bytes.span, from: 0, at: moment, into: &sink) }
    }
    for reply in replies { take(reply, into: &sink) }
  }

  /// What the replies prove so far; nil while both readings explain them.
  private func wasTheEnd(lineEndLength: Int) -> Bool? {
    guard let first = deferredReplies.first else { return nil }
    let bytes = held.joined
    guard let strictEnd = Self.endOfText(in: bytes) else {
      // No other end was sent, and the server is content with the message.
      return first.isPositive ? true : nil
    }
    let strict = Self.verbs(in: bytes[strictEnd...])
    let lenient = Self.verbs(in: bytes[min(lineEndLength, bytes.count)...])
    for (index, reply) in deferredReplies.dropFirst().enumerated() {
      let explainedByStrict = index < strict.count && strict[index].allows(reply.code)
      let explainedByLenient = index < lenient.count && lenient[index].allows(reply.code)
      if explainedByStrict != explainedByLenient { return explainedByLenient }
      if !explainedByStrict { return index >= strict.count && index < lenient.count ? true : nil }
    }
    return nil
  }

  /// Where what follows `<CRLF>.<CRLF>` begins.
  private static func endOfText(in bytes: [UInt8]) -> Int? {
    let span = bytes.span
    var search = 0
    while let dot = span.firstIndex(of: 0x2e, from: search) {
      if dot >= 2, bytes[dot - 2] == 0x0d, bytes[dot - 1] == 0x0a, span.hasBytes("\r\n", at: dot + 1) { return dot + 3 }
      search = dot + 1
    }
    return nil
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
