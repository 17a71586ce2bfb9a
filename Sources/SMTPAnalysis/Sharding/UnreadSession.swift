internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// A mail session of which little was said, kept as it came and not read yet; what was said lies in `UnreadPages`.
///
/// Where thousands of connections take turns, what a dialogue and its record hold is out of the processor's cache whenever
/// the next segment comes, and waiting for it takes longer than reading. So a session is read in one go: when its record is
/// due, or when more is said than is kept. It is told the same of the same moments, later.
struct UnreadSession {
  /// The place of its first frame among all frames of the run.
  let ordinal: Int
  private let start: CaptureTime
  private let sawOpening: Bool
  private let assumesLMTP: Bool
  /// Bytes that are kept, what stands before each run included.
  fileprivate var count: UInt16 = 0
  fileprivate var first: Int32 = 0
  fileprivate var last: Int32 = 0

  /// A session on a connection of which there is only the first frame yet.
  init(ordinal: Int, facts: borrowing ConnectionFacts) {
    self.ordinal = ordinal
    start = facts.firstFrame.time
    sawOpening = facts.opening != .midstream
    assumesLMTP = MailSession.assumesLMTP(facts.server)
  }

  /// The session to be read, which was told nothing yet.
  func begin(_ shared: ShardContext, _ output: (any MessageOutput)?) -> MailSession {
    MailSession(
      ordinal: ordinal, start: start, sawOpening: sawOpening, assumesLMTP: assumesLMTP, shared: shared, output: output)
  }
}

/// What was said in the unread sessions of a shard, in small pages that go from one to the next.
struct UnreadPages: ~Copyable {
  private var pages = SlotPages<Page>()
  /// Bytes of a session that are kept at most.
  private let most: Int
  /// What one session was told, in one piece.
  private var gathered: [UInt8] = []

  struct Page {
    var bytes: [252 of UInt8] = InlineArray(repeating: 0)
    /// Where the session goes on.
    var next: Int32 = 0

    fileprivate static let size = 252
  }

  /// What happened at a moment: stands before the bytes that were said, whole in one page.
  fileprivate struct Head {
    private let time: UInt64
    /// From the lowest bit on: 8 for the kind, 16 for a count of bytes, present or missing, and the frame's number.
    private let rest: UInt64

    enum Kind: UInt8 {
      case clientSaid, serverSaid, clientMisses, serverMisses, clientFinished, serverFinished
    }

    static let size = 16
  }

  /// - Parameter most: Bytes of a session that are kept, what stands before each run included; 0 keeps none.
  init(most: Int) {
    self.most = min(most, Int(UInt16.max))
  }

  /// Whether any session is kept.
  var keepsAny: Bool { most > 0 }

  /// Keeps what was said. Returns false, and keeps nothing of it, where it is too much together.
  mutating func add(_ said: Span<UInt8>, from peer: Peer, at moment: Moment, to session: inout UnreadSession) -> Bool {
    add(Head(peer == .client ? .clientSaid : .serverSaid, said.count, moment), said, to: &session)
  }

  /// Keeps that bytes are missing. Returns false where it cannot.
  mutating func addMissing(_ count: Int, from peer: Peer, at moment: Moment, to session: inout UnreadSession) -> Bool {
    add(Head(peer == .client ? .clientMisses : .serverMisses, count, moment), Span(), to: &session)
  }

  /// Keeps that a side has said everything. Returns false where it cannot.
  mutating func addFinish(from peer: Peer, at moment: Moment, to session: inout UnreadSession) -> Bool {
    add(Head(peer == .client ? .clientFinished : .serverFinished, 0, moment), Span(), to: &session)
  }

  private mutating func add(_ head: Head?, _ said: Span<UInt8>, to session: inout UnreadSession) -> Bool {
    let place = Head.place(behind: Int(session.count))
    guard let head, said.count <= most - place - Head.size else { return false }
    if place % Page.size == 0 { addPage(to: &session) }
    session.count = UInt16(place + Head.size + said.count)
    var done = pages[Int(session.last)].write(head, said, at: place % Page.size)
    while done < said.count {
      addPage(to: &session)
      done += pages[Int(session.last)].write(said.extracting(done...), at: 0)
    }
    return true
  }

  private mutating func addPage(to session: inout UnreadSession) {
    let page = Int32(truncatingIfNeeded: pages.reuse() ?? pages.add(Page()))
    if session.count == 0 { session.first = page } else { pages[Int(session.last)].next = page }
    session.last = page
  }

  /// Tells the session all that was kept of it, which is let go of.
  mutating func tell(_ kept: UnreadSession, to session: inout MailSession) {
    gather(kept)
    let said = gathered.span
    var place = 0
    while place <= said.count - Head.size {
      let head = Head(in: said, at: place)
      let begin = place + Head.size
      var end = begin
      switch head.kind {
      case .clientSaid, .serverSaid:
        end += head.count
        session.receive(
          said.extracting(begin..<end), from: head.kind == .clientSaid ? .client : .server, at: head.moment)
      case .clientMisses: session.missing(head.count, from: .client, at: head.moment)
      case .serverMisses: session.missing(head.count, from: .server, at: head.moment)
      case .clientFinished: session.finish(from: .client, at: head.moment)
      case .serverFinished: session.finish(from: .server, at: head.moment)
      case nil: return
      }
      place = Head.place(behind: end)
    }
  }

  private mutating func gather(_ kept: UnreadSession) {
    gathered.removeAll(keepingCapacity: true)
    var page = Int(kept.first)
    var left = Int(kept.count)
    while left > 0 {
      pages[page].append(min(left, Page.size), to: &gathered)
      left -= Page.size
      let next = Int(pages[page].next)
      pages.release(page)
      page = next
    }
  }
}

extension UnreadPages.Page {
  /// Writes a head, and behind it of what was said as much as there is room for. Returns how much that is.
  fileprivate mutating func write(_ head: UnreadPages.Head, _ said: Span<UInt8>, at place: Int) -> Int {
    var page = bytes.mutableSpan
    page.write(head.octets.span, at: place)
    return write(said, at: place + UnreadPages.Head.size)
  }

  /// Writes of what was said as much as there is room for. Returns how much that is.
  fileprivate mutating func write(_ said: Span<UInt8>, at place: Int) -> Int {
    let length = min(said.count, Self.size - place)
    var page = bytes.mutableSpan
    page.write(said.extracting(0..<length), at: place)
    return length
  }

  /// Mutating although it changes nothing, so that the page is read where it lies and not copied first.
  fileprivate mutating func append(_ count: Int, to gathered: inout [UInt8]) {
    gathered.append(bytes.span.extracting(0..<count))
  }
}

extension UnreadPages.Head {
  /// Nil where a number is too large for its place.
  fileprivate init?(_ kind: Kind, _ count: Int, _ moment: Moment) {
    guard let count = UInt16(exactly: count), let frame = UInt64(exactly: moment.frame), frame < 1 << 40
    else { return nil }
    time = UInt64(bitPattern: moment.time.nanoseconds)
    rest = frame << 24 | UInt64(count) << 8 | UInt64(kind.rawValue)
  }

  /// The one at `place`.
  fileprivate init(in said: Span<UInt8>, at place: Int) {
    time = said.littleEndianUInt64(at: place)
    rest = said.littleEndianUInt64(at: place + 8)
  }

  /// As it is kept.
  ///
  /// Inlined always, so that its octets go to the page one by one. What copied them from elsewhere, several at once, would
  /// wait until all that was written before has reached the cache.
  @inline(__always)
  fileprivate var octets: [16 of UInt8] {
    var octets: [16 of UInt8] = InlineArray(repeating: 0)
    for place in 0..<8 {
      octets[place] = UInt8(truncatingIfNeeded: time &>> (8 &* UInt64(place)))
      octets[8 + place] = UInt8(truncatingIfNeeded: rest &>> (8 &* UInt64(place)))
    }
    return octets
  }

  fileprivate var kind: Kind? { Kind(rawValue: UInt8(truncatingIfNeeded: rest)) }
  fileprivate var count: Int { Int(UInt16(truncatingIfNeeded: rest >> 8)) }
  fileprivate var moment: Moment {
    Moment(time: CaptureTime(nanoseconds: Int64(bitPattern: time)), frame: Int(rest >> 24))
  }

  /// Where the next one stands behind `place`: none goes over the end of a page.
  fileprivate static func place(behind place: Int) -> Int {
    let left = UnreadPages.Page.size - place % UnreadPages.Page.size
    return left < size ? place + left : place
  }
}
