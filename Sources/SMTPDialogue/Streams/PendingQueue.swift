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
