internal import HeapModule
internal import TCPStreams
internal import Wire

/// The sessions of a shard that have ended and whose records are not due yet.
///
/// A record is given when no connection can come any more that ended before (`SessionSequencer`). Until then a session that
/// is not read stays so: what it said takes less memory than its record, and is read when that is wanted.
struct EndedSessions: ~Copyable {
  private var order = Heap<Place>()
  private var sessions = SlotPages<Kept?>()

  /// A session that has ended.
  enum Kept {
    case read(ShardLog.Ending)
    case unread(Unread)

    fileprivate var order: (time: CaptureTime, ordinal: Int) {
      switch self {
      case .read(let ending): (ending.time, ending.ordinal)
      case .unread(let unread): (unread.facts.lastFrame.time, unread.session.ordinal)
      }
    }
  }

  /// One that was not read, with what is known of its connection. A class: the facts are much to copy.
  final class Unread {
    let session: UnreadSession
    fileprivate var facts: ConnectionFacts
    /// Whether the other side acknowledged all that each has said.
    let acknowledged: (client: Bool, server: Bool)

    init(_ session: UnreadSession, _ facts: consuming ConnectionFacts, acknowledged: (client: Bool, server: Bool)) {
      self.session = session
      self.facts = facts
      self.acknowledged = acknowledged
    }

    /// Gives the facts away.
    func takeFacts() -> ConnectionFacts {
      var taken = ConnectionFacts(
        client: facts.client, server: facts.server, opening: facts.opening, firstFrame: facts.firstFrame)
      swap(&taken, &facts)
      return taken
    }
  }

  /// When it ended, and where it is kept.
  private struct Place: Comparable {
    let time: CaptureTime
    let ordinal: Int
    let slot: Int

    static func == (left: Place, right: Place) -> Bool { left.ordinal == right.ordinal }

    static func < (left: Place, right: Place) -> Bool {
      left.time != right.time ? left.time < right.time : left.ordinal < right.ordinal
    }
  }

  mutating func add(_ session: consuming Kept) {
    let (time, ordinal) = session.order
    order.insert(Place(time: time, ordinal: ordinal, slot: sessions.add(session)))
  }

  /// The first session that is due at a time, in the order in which they ended; nil where there is none.
  mutating func popDue(at now: CaptureTime) -> Kept? {
    guard let first = order.min, SessionSequencer.isDue(first.time, at: now) else { return nil }
    order.removeMin()
    let session = sessions[first.slot].take()
    sessions.release(first.slot)
    return session
  }
}
