internal import Wire

/// What waits for a reply, in the order in which it was said.
struct PendingQueue: Sendable {
  private var entries: [Awaited] = []
  private var head = 0
  let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  var count: Int { entries.count - head }
  var isEmpty: Bool { count == 0 }
  var isFull: Bool { count >= limit }
  var first: Awaited? { isEmpty ? nil : entries[head] }

  /// What has waited longest, without what it holds: a copy of that counts references.
  enum Front {
    case greeting
    case command(Verb)
    case endOfData
    case chunk(isLast: Bool)
    case unseen
  }

  /// What has waited longest, looked at where it lies.
  var front: Front? {
    guard head < entries.count else { return nil }
    return switch entries[head] {
    case .greeting: .greeting
    case .command(let command): .command(command.verb)
    case .endOfData: .endOfData
    case .chunk(_, _, let isLast, _): .chunk(isLast: isLast)
    case .unseen: .unseen
    }
  }

  subscript(index: Int) -> Awaited? { index >= 0 && index < count ? entries[head + index] : nil }

  mutating func append(_ awaited: consuming Awaited) {
    entries.append(awaited)
  }

  @discardableResult
  mutating func popFirst() -> Awaited? {
    guard head < entries.count else { return nil }
    // Mostly one waits, and needs not be copied.
    if head == 0, entries.count == 1 { return entries.popLast() }
    let first = entries[head]
    head += 1
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 64, head * 2 >= entries.count {
      entries.removeFirst(head)
      head = 0
    }
    return first
  }

  func contains(_ predicate: (Awaited) -> Bool) -> Bool {
    entries[head...].contains(where: predicate)
  }

  func firstIndex(_ predicate: (Awaited) -> Bool) -> Int? {
    entries[head...].firstIndex(where: predicate).map { $0 - head }
  }
}

/// Client bytes that wait, segment by segment with the frame that brought each.
struct HeldBytes: Sendable {
  private(set) var segments: [(bytes: [UInt8], moment: Moment)] = []
  private(set) var count = 0
  /// Whether a line is there whole.
  private(set) var hasLine = false

  var isEmpty: Bool { segments.isEmpty }

  mutating func append(_ bytes: [UInt8], at moment: Moment) {
    guard !bytes.isEmpty else { return }
    count += bytes.count
    if !hasLine { hasLine = bytes.contains(0x0a) }
    // One-byte segments must not cost an array each; but what came much later is known to have.
    if let last = segments.last,
      last.moment == moment
        || last.bytes.count < 256
          && (moment.time.nanoseconds(since: last.moment.time) < HeldBytes.sameMoment
            || segments.count > HeldBytes.limit)
    {
      segments[segments.count - 1].bytes.append(contentsOf: bytes)
    } else {
      segments.append((bytes, moment))
    }
  }

  private static let sameMoment: Int64 = 100_000_000
  /// Segments that are kept apart for their times' sake.
  private static let limit = 4096

  mutating func take() -> [(bytes: [UInt8], moment: Moment)] {
    defer { self = HeldBytes() }
    return segments
  }

  /// A handshake that did not wait for the reply to STARTTLS.
  var beginsWithTLS: Bool { segments.first.map { TLSSigns.looksLikeRecord($0.bytes.span) } ?? false }

  /// All bytes in one piece.
  var joined: [UInt8] { segments.flatMap(\.bytes) }
}
