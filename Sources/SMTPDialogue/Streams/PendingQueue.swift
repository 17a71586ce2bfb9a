internal import Wire

/// What waits for a reply, in the order in which it was said.
struct PendingQueue: Sendable {
  private var entries = Queue<Awaited>()
  let limit: Int
  /// Octets of the lines that wait, and how many are kept whole.
  private var octets = 0
  private let octetLimit: Int
  /// Kept of any line: as much as RFC 5321 section 4.5.3.1.4 allows.
  static let shortLine = 512

  init(limit: Int, octets: Int) {
    self.limit = limit
    octetLimit = octets
  }

  var count: Int { entries.count }
  var isEmpty: Bool { entries.isEmpty }
  var isFull: Bool { count >= limit }
  var first: Awaited? { entries.first }

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
    guard !entries.isEmpty else { return nil }
    return switch entries[0] {
    case .greeting: .greeting
    case .command(let command): .command(command.verb)
    case .endOfData: .endOfData
    case .chunk(_, _, let isLast, _): .chunk(isLast: isLast)
    case .unseen: .unseen
    }
  }

  subscript(index: Int) -> Awaited? { index >= 0 && index < count ? entries[index] : nil }

  mutating func append(_ awaited: consuming Awaited) {
    entries.append(awaited)
    let last = entries.count - 1
    let length = lineLength(at: last)
    if length > PendingQueue.shortLine, octets + length > octetLimit {
      entries[last].shorten(to: PendingQueue.shortLine)
      octets += lineLength(at: last)
    } else {
      octets += length
    }
  }

  @discardableResult
  mutating func popFirst() -> Awaited? {
    guard !entries.isEmpty else { return nil }
    octets -= lineLength(at: 0)
    return entries.popFirst()
  }

  func firstIndex(_ predicate: (Awaited) -> Bool) -> Int? {
    entries.indices.first { predicate(entries[$0]) }
  }

  /// Octets of the command line that waits, looked at where it lies; 0 where none does.
  private func lineLength(at index: Int) -> Int {
    switch entries[index] {
    case .command(let command), .chunk(let command, _, _, _): command.line.count
    case .greeting, .endOfData, .unseen: 0
    }
  }
}

extension Awaited {
  fileprivate mutating func shorten(to length: Int) {
    switch self {
    case .command(var command):
      command.line = Array(command.line.prefix(length))
      self = .command(command)
    case .chunk(var command, let message, let isLast, let sent):
      command.line = Array(command.line.prefix(length))
      self = .chunk(command, message: message, isLast: isLast, sent: sent)
    case .greeting, .endOfData, .unseen: break
    }
  }
}

/// Replies that wait until it is clear what they answer.
struct DeferredReplies: Sendable {
  private(set) var replies: [Reply] = []
  /// Of their texts.
  private var octets = 0

  var count: Int { replies.count }
  var isEmpty: Bool { replies.isEmpty }

  /// - Parameter limit: Octets of texts that are kept whole.
  mutating func append(_ reply: consuming Reply, limit: Int) {
    let text = reply.lines.joined
    if text.count > PendingQueue.shortLine, octets + text.count > limit {
      let first = text.span.extracting(first: PendingQueue.shortLine)
      reply.lines = TextLines(line: first.extracting(0..<(first.firstIndex(of: 0x0a) ?? first.count)))
    }
    octets += reply.lines.joined.count
    replies.append(reply)
  }

  mutating func take() -> [Reply] {
    defer { self = DeferredReplies() }
    return replies
  }
}
