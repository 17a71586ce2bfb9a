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

  /// What happened at a moment: stands before the bytes that were said.
  private struct Run {
    var kind: Kind
    /// Of bytes, present or missing.
    var count: UInt32
    var moment: Moment

    enum Kind: UInt8 {
      case clientSaid, serverSaid, clientMisses, serverMisses, clientFinished, serverFinished
    }

    static let size = 24
  }

  /// - Parameter most: Bytes of a session that are kept, what stands before each run included; 0 keeps none.
  init(most: Int) {
    self.most = min(most, Int(UInt16.max))
  }

  /// Whether any session is kept.
  var keepsAny: Bool { most > 0 }

  /// Keeps what was said. Returns false, and keeps nothing of it, where it is too much together.
  mutating func add(_ said: Span<UInt8>, from peer: Peer, at moment: Moment, to session: inout UnreadSession) -> Bool {
    guard add(peer == .client ? .clientSaid : .serverSaid, said.count, moment, behind: said.count, to: &session)
    else { return false }
    append(said, to: &session)
    return true
  }

  /// Keeps that bytes are missing. Returns false where it cannot.
  mutating func addMissing(_ count: Int, from peer: Peer, at moment: Moment, to session: inout UnreadSession) -> Bool {
    add(peer == .client ? .clientMisses : .serverMisses, count, moment, behind: 0, to: &session)
  }

  /// Keeps that a side has said everything. Returns false where it cannot.
  mutating func addFinish(from peer: Peer, at moment: Moment, to session: inout UnreadSession) -> Bool {
    add(peer == .client ? .clientFinished : .serverFinished, 0, moment, behind: 0, to: &session)
  }

  private mutating func add(
    _ kind: Run.Kind, _ count: Int, _ moment: Moment, behind length: Int, to session: inout UnreadSession
  ) -> Bool {
    guard let count = UInt32(exactly: count), length <= most - Int(session.count) - Run.size else { return false }
    var head: [24 of UInt8] = InlineArray(repeating: 0)
    head[0] = kind.rawValue
    for place in 0..<8 {
      if place < 4 { head[4 + place] = UInt8(truncatingIfNeeded: count &>> (8 &* UInt32(place))) }
      head[8 + place] = UInt8(truncatingIfNeeded: moment.time.nanoseconds &>> (8 &* Int64(place)))
      head[16 + place] = UInt8(truncatingIfNeeded: moment.frame &>> (8 &* place))
    }
    append(head.span, to: &session)
    return true
  }

  private mutating func append(_ bytes: Span<UInt8>, to session: inout UnreadSession) {
    var done = 0
    while done < bytes.count {
      let place = Int(session.count) % Page.size
      if place == 0 { addPage(to: &session) }
      let length = min(bytes.count - done, Page.size - place)
      var page = pages[Int(session.last)].bytes.mutableSpan
      page.write(bytes.extracting(done..<done + length), at: place)
      session.count += UInt16(length)
      done += length
    }
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
    while place <= said.count - Run.size, let run = UnreadPages.run(in: said, at: place) {
      place += Run.size
      switch run.kind {
      case .clientSaid, .serverSaid:
        let end = place + Int(run.count)
        session.receive(
          said.extracting(place..<end), from: run.kind == .clientSaid ? .client : .server, at: run.moment)
        place = end
      case .clientMisses: session.missing(Int(run.count), from: .client, at: run.moment)
      case .serverMisses: session.missing(Int(run.count), from: .server, at: run.moment)
      case .clientFinished: session.finish(from: .client, at: run.moment)
      case .serverFinished: session.finish(from: .server, at: run.moment)
      }
    }
  }

  private mutating func gather(_ kept: UnreadSession) {
    gathered.removeAll(keepingCapacity: true)
    var page = Int(kept.first)
    var left = Int(kept.count)
    while left > 0 {
      gathered.append(pages[page].bytes.span.extracting(0..<min(left, Page.size)))
      left -= Page.size
      let next = Int(pages[page].next)
      pages.release(page)
      page = next
    }
  }

  private static func run(in said: Span<UInt8>, at place: Int) -> Run? {
    guard let kind = Run.Kind(rawValue: said[place]) else { return nil }
    return Run(
      kind: kind, count: said.littleEndianUInt32(at: place + 4),
      moment: Moment(
        time: CaptureTime(nanoseconds: Int64(truncatingIfNeeded: said.littleEndianUInt64(at: place + 8))),
        frame: Int(truncatingIfNeeded: said.littleEndianUInt64(at: place + 16))))
  }
}
