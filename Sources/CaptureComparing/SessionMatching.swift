internal import Wire

/// How two sessions were known for one.
package enum MatchReason: String, Sendable {
  /// The same addresses and ports.
  case addresses
  /// The same initial sequence numbers.
  case sequenceNumbers = "sequence_numbers"
  /// The same mails or lines.
  case content
}

/// Finds which session of the one capture is which of the other.
struct SessionMatching {
  struct Pair {
    var a: Int
    var b: Int
    var reason: MatchReason
  }

  private(set) var pairs: [Pair] = []
  private var takenA: Set<Int> = []
  private var takenB: Set<Int> = []
  private let a: [ComparedSession]
  private let b: [ComparedSession]
  private let limits: ComparisonLimits

  init(_ a: [ComparedSession], _ b: [ComparedSession], limits: ComparisonLimits) {
    self.a = a
    self.b = b
    self.limits = limits
    // Sequence numbers first: a port that was used again has others.
    match(.sequenceNumbers) { (session: ComparedSession) -> Numbers? in
      guard let client = session.trace.start(of: .client), let server = session.trace.start(of: .server) else {
        return nil
      }
      return Numbers(client: client, server: server)
    }
    // What was answered at one place only.
    match(.sequenceNumbers) { (session: ComparedSession) -> Numbers? in
      session.trace.start(of: .client).map { Numbers(client: $0, server: nil) }
    }
    match(.addresses) { (session: ComparedSession) -> Ends? in Ends(client: session.client, server: session.server) }
    matchContents()
    matchBare()
    pairs.sort { $0.a < $1.a }
    for index in pairs.indices where isSame(pairs[index]) { pairs[index].reason = .addresses }
  }

  private func isSame(_ pair: Pair) -> Bool {
    a[pair.a].client == b[pair.b].client && a[pair.a].server == b[pair.b].server
  }

  private struct Numbers: Hashable {
    var client: UInt32
    var server: UInt32?
  }

  private struct Ends: Hashable {
    var client: Endpoint
    var server: Endpoint
  }

  /// Takes those for one that have the same key, in their order where there are several.
  private mutating func match<Key: Hashable>(_ reason: MatchReason, _ key: (ComparedSession) -> Key?) {
    var places: [Key: [Int]] = [:]
    for index in b.indices.reversed() where !takenB.contains(index) {
      if let key = key(b[index]) { places[key, default: []].append(index) }
    }
    for index in a.indices where !takenA.contains(index) {
      guard let key = key(a[index]), let other = places[key]?.popLast() else { continue }
      take(index, other, reason)
    }
  }

  private mutating func take(_ one: Int, _ other: Int, _ reason: MatchReason) {
    takenA.insert(one)
    takenB.insert(other)
    pairs.append(Pair(a: one, b: other, reason: reason))
  }

  /// What makes a session itself, and how much of it one such thing is.
  private enum Mark: Hashable {
    case helo([UInt8])
    case greeting([UInt8])
    case envelope([UInt8])
    case reply([UInt8])
    case message(String)
    case body([UInt8])
    /// Bytes that need not be text: a TLS ClientHello is like no other.
    case payload(UInt32, length: Int)

    var weight: Double {
      switch self {
      case .helo, .greeting: 2
      case .envelope, .body: 3
      case .reply, .payload: 4
      case .message: 6
      }
    }

    /// Whether no other session has it.
    var isUnique: Bool {
      switch self {
      case .helo, .greeting, .envelope, .body: false
      case .reply, .payload, .message: true
      }
    }
  }

  /// The marks of a session, and those of them that tell one mail from another.
  private struct Marks {
    var all: Set<Mark> = []
    var messages: Set<Mark> { all.filter { if case .message = $0 { true } else { false } } }
    var replies: Set<Mark> { all.filter { if case .reply = $0 { true } else { false } } }

    /// Whether these are marks of other mails: both have some of a kind, and none in common.
    func contradict(_ others: Marks) -> Bool {
      func differ(_ ours: Set<Mark>, _ theirs: Set<Mark>) -> Bool {
        !ours.isEmpty && !theirs.isEmpty && ours.isDisjoint(with: theirs)
      }
      return differ(messages, others.messages) || differ(replies, others.replies)
    }
  }

  /// How much two sessions have in common.
  private struct Likeness {
    var score = 0.0
    var isProven = false
  }

  /// Less than this is what two unlike sessions may have in common.
  private static let least = 4.0
  /// Further apart than this by the clocks, in nanoseconds, sessions are not one.
  private static let furthest: Int64 = 60_000_000_000

  private mutating func matchContents() {
    var index: [Mark: [Int]] = [:]
    var marksOfB: [Int: Marks] = [:]
    for place in b.indices where !takenB.contains(place) {
      let marks = Self.marks(of: b[place])
      for mark in marks.all { index[mark, default: []].append(place) }
      marksOfB[place] = marks
    }
    let offset = medianOffset
    var rivals: [(score: Double, a: Int, b: Int)] = []
    for place in a.indices where !takenA.contains(place) {
      var likenesses: [Int: Likeness] = [:]
      let marks = Self.marks(of: a[place])
      for mark in marks.all {
        guard let others = index[mark] else { continue }
        // Of many with the same mark those that are nearest in their order.
        let near = others.count <= limits.rivals ? others[...] : nearest(to: place, in: others)
        for other in near {
          likenesses[other, default: Likeness()].score += mark.weight
          if mark.isUnique { likenesses[other, default: Likeness()].isProven = true }
        }
      }
      for (other, likeness) in likenesses where likeness.score >= Self.least {
        if !likeness.isProven {
          // The same two hosts and addresses: that may be the next mail as well.
          guard marksOfB[other].map(marks.contradict) != true else { continue }
          let apart = b[other].start.nanoseconds(since: a[place].start)
          guard offset != nil || abs(apart) <= Self.furthest else { continue }
        }
        rivals.append((likeness.score, place, other))
      }
    }
    func distance(_ rival: (score: Double, a: Int, b: Int)) -> Int64 {
      let apart = b[rival.b].start.nanoseconds(since: a[rival.a].start)
      return offset.map { abs(apart.subtractingSaturated($0)) } ?? 0
    }
    let ordered = rivals.map { (rival: $0, distance: distance($0)) }.sorted { left, right in
      if left.rival.score != right.rival.score { return left.rival.score > right.rival.score }
      if left.distance != right.distance { return left.distance < right.distance }
      return (left.rival.a, left.rival.b) < (right.rival.a, right.rival.b)
    }
    for (rival, distance) in ordered where distance <= Self.furthest {
      if !takenA.contains(rival.a), !takenB.contains(rival.b) { take(rival.a, rival.b, .content) }
    }
  }

  private func nearest(to place: Int, in others: [Int]) -> ArraySlice<Int> {
    var (low, high) = (0, others.count)
    while low < high {
      let middle = (low + high) / 2
      if others[middle] < place { low = middle + 1 } else { high = middle }
    }
    let start = max(0, min(low - limits.rivals / 2, others.count - limits.rivals))
    return others[start..<min(start + limits.rivals, others.count)]
  }

  /// How far b's clock is ahead, by the sessions that are known for one.
  private var medianOffset: Int64? {
    let offsets = pairs.map { b[$0.b].start.nanoseconds(since: a[$0.a].start) }.sorted()
    return offsets.isEmpty ? nil : offsets[offsets.count / 2]
  }

  private static func marks(of session: ComparedSession) -> Marks {
    var marks: Set<Mark> = []
    for line in session.lines.prefix(200) {
      let text = line.text
      switch line.kind {
      case .greeting: marks.insert(.greeting(text))
      case .command:
        let verb = String(decoding: text.prefix(4).map { $0 & 0xdf }, as: UTF8.self)
        if verb == "EHLO" || verb == "HELO" || verb == "LHLO" {
          if text.count > 5 { marks.insert(.helo(Array(text.dropFirst(4)))) }
        } else if verb == "MAIL" || verb == "RCPT" {
          if text.contains(UInt8(ascii: "@")) { marks.insert(.envelope(text)) }
        }
      case .reply: if tellsID(text) { marks.insert(.reply(text)) }
      case .capability: continue
      }
    }
    for mail in session.mails where mail.isComplete {
      if let id = mail.messageID, !id.isEmpty { marks.insert(.message(id)) }
      if let digest = mail.digest, digest.bodyBytes > 0 { marks.insert(.body(digest.body)) }
    }
    // A server's first long payload in clear is its answer to EHLO, the same to everybody.
    for peer in session.lines.isEmpty ? [Peer.client, .server] : [.client] {
      let first = session.trace.segments.first { $0.from == peer && $0.length >= longPayload && $0.hash != 0 }
      if let first { marks.insert(.payload(first.hash, length: first.length)) }
    }
    return Marks(all: marks)
  }

  /// Shorter payloads may be the same by chance.
  private static let longPayload = 100

  /// What a session is known by that has nothing of its own.
  private struct Bare: Hashable {
    var server: Endpoint
    var commands: [[UInt8]]

    init(_ session: ComparedSession) {
      server = session.server
      commands = session.lines.prefix(20).filter { $0.from == .client }.map(\.text)
    }
  }

  /// Sessions in which nothing was said that others do not say: the same to the same server at nearly the same time.
  private mutating func matchBare() {
    let offset = medianOffset ?? 0
    var places: [Bare: [Int]] = [:]
    for index in b.indices.reversed() where !takenB.contains(index) {
      places[Bare(b[index]), default: []].append(index)
    }
    for index in a.indices where !takenA.contains(index) {
      let session = a[index]
      let bare = Bare(session)
      while let other = places[bare]?.last {
        let apart = b[other].start.nanoseconds(since: session.start).subtractingSaturated(offset)
        guard apart <= SessionMatching.nearest else { break }
        // One that is much earlier has no counterpart.
        places[bare]?.removeLast()
        guard apart >= -SessionMatching.nearest, session.opening == b[other].opening,
          !Self.marks(of: session).contradict(Self.marks(of: b[other]))
        else { continue }
        take(index, other, .content)
        break
      }
    }
  }

  /// In nanoseconds.
  private static let nearest: Int64 = 1_000_000_000

  /// Whether a reply to a mail has something like a queue's id in it: a word of letters and digits.
  private static func tellsID(_ text: [UInt8]) -> Bool {
    guard text.starts(with: "250".utf8) else { return false }
    return text.dropFirst(4).split(separator: 0x20).contains { word in
      word.count >= 6 && word.contains { $0 >= 0x30 && $0 <= 0x39 }
        && word.contains { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a }
    }
  }
}

extension Int64 {
  func subtractingSaturated(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (self < other ? -.max : .max) : difference
  }
}
