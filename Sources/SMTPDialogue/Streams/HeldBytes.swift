internal import Wire

/// Client bytes that wait, in one piece, with the frame that brought each segment.
struct HeldBytes: Sendable {
  /// Those that were let go lie before `start`, until more come than are left.
  private(set) var bytes: [UInt8] = []
  private var start = 0
  /// Where each segment ends, and what brought it; those before `head` were let go.
  private var segments: [(end: Int, moment: Moment)] = []
  private var head = 0
  /// Behind the last line feed.
  private var linesEnd = 0
  /// Where the data may have ended in them, as far as that was asked for.
  private(set) var ends = EndReadings()

  var count: Int { bytes.count - start }
  var isEmpty: Bool { count == 0 }
  /// Whether a line is there whole.
  var hasLine: Bool { linesEnd > start }
  /// Where in `bytes` they lie.
  var range: Range<Int> { start..<bytes.count }

  /// Where in `bytes` the first segment lies, and what brought it.
  var first: (range: Range<Int>, moment: Moment)? {
    guard head < segments.count else { return nil }
    return (start..<segments[head].end, segments[head].moment)
  }

  mutating func append(_ new: Span<UInt8>, at moment: Moment) {
    guard !new.isEmpty else { return }
    if start > count { forgetRead() }
    let before = bytes.count
    bytes.append(new)
    if let feed = new.lastIndex(of: 0x0a) { linesEnd = before + feed + 1 }
    // One-byte segments must not cost a mark each; but what came much later is known to have.
    if let last = first == nil ? nil : segments.last {
      let begin = segments.count > head + 1 ? segments[segments.count - 2].end : start
      if last.moment == moment
        || before - begin < 256
          && (moment.time.nanoseconds(since: last.moment.time) < HeldBytes.sameMoment
            || segments.count - head > HeldBytes.limit)
      {
        return segments[segments.count - 1].end = bytes.count
      }
    }
    segments.append((bytes.count, moment))
  }

  private static let sameMoment: Int64 = 100_000_000
  /// Segments that are kept apart for their times' sake.
  private static let limit = 4096

  /// Each byte is moved at most once for another one that was read.
  private mutating func forgetRead() {
    bytes.removeFirst(start)
    segments.removeFirst(head)
    for index in segments.indices { segments[index].end -= start }
    linesEnd = max(0, linesEnd - start)
    start = 0
    head = 0
  }

  /// Lets the first bytes go. Fewer than none are some that were let go and wait again: a line end may have begun in
  /// the segment before.
  mutating func advance(by count: Int) {
    start = min(max(0, start + count), bytes.count)
    while head < segments.count, segments[head].end <= start { head += 1 }
    if isEmpty { self = HeldBytes() }
  }

  mutating func take() -> HeldBytes {
    defer { self = HeldBytes() }
    ends = EndReadings()
    return self
  }

  /// Whether there is more to go by than when it was asked last where the data may have ended.
  mutating func readEnds(behind lineEnd: Int, limit: Int) -> Bool {
    let bytes = bytes
    return ends.read(bytes.span.extracting(start..<bytes.count), behind: lineEnd, limit: limit)
  }

  /// A handshake that did not wait for the reply to STARTTLS.
  var beginsWithTLS: Bool { TLSSigns.looksLikeRecord(bytes.span.extracting(range)) }

  /// Some of the first bytes, no more than so many of each segment.
  func beginning(_ limit: Int) -> [UInt8] {
    var beginning: [UInt8] = []
    var begin = start
    for segment in segments[head...] where beginning.count < limit {
      beginning += bytes[begin..<segment.end].prefix(limit)
      begin = segment.end
    }
    return beginning
  }
}
