internal import TCPStreams
internal import Wire

/// Brings the sessions that the shards have ended into one order, gives them their numbers, and has each told what the
/// memory knows of those before it.
///
/// Sessions that end within one epoch come in the order of their last frames' times, where these are equal in the order of
/// their first frames; epochs follow each other. Where an epoch ends depends on the frames alone, so the order does not
/// depend on how many threads there are.
struct SessionSequencer: Sendable {
  /// Frames of an epoch: so many sessions may wait that the shards are seldom asked, and few enough to hold little memory.
  static let epochFrames = 1024

  private var numbering: SessionNumbering
  private var memory: SessionMemory
  /// Ended, in their order; the first waits for its number.
  private var ended: [ShardLog.Ending] = []
  private var head = 0
  /// Transactions that ended while their sessions go on, in their order.
  private var transactions: [Session] = []
  private var now = CaptureTime(nanoseconds: 0)

  init(patience: Int64, memory: SessionMemory) {
    numbering = SessionNumbering(patience: patience)
    self.memory = memory
  }

  /// What there is to say when the last session has been given.
  var notes: [AnalysisSummary.Note] { memory.notes }

  /// Whether `next` may have something to give.
  var hasEndedSessions: Bool { head < ended.count }

  /// Takes what the shards have found out in an epoch.
  mutating func take(_ epoch: EpochLog) {
    now = epoch.time
    let logs = epoch.shards
    guard !logs.isEmpty else { return }
    for opening in logs.flatMap(\.openings).sorted(by: { $0.ordinal < $1.ordinal }) {
      numbering.open(opening)
      if opening.isMail { memory.opened(opening.connection) }
    }
    for log in logs {
      for decision in log.decisions {
        numbering.decide(decision)
        if let connection = decision.connection { memory.opened(connection) }
      }
    }
    let previews = logs.flatMap(\.transactions)
    if !previews.isEmpty {
      let order = previews.indices.sorted { left, right in
        let (one, other) = (previews[left].connection.lastFrame.time, previews[right].connection.lastFrame.time)
        return one != other ? one < other : left < right
      }
      for index in order { transactions.append(previews[index]) }
    }
    let endings = logs.flatMap(\.endings)
    let order = endings.indices.sorted { left, right in
      let (one, other) = (endings[left].time, endings[right].time)
      return one != other ? one < other : endings[left].ordinal < endings[right].ordinal
    }
    for index in order { ended.append(endings[index]) }
  }

  mutating func nextTransaction() -> Session? {
    transactions.isEmpty ? nil : transactions.removeFirst()
  }

  /// The next session that has ended; nil when there is none yet.
  mutating func next() -> Session? {
    guard head < ended.count, let number = numbering.number(of: ended[head].ordinal, at: now) else { return nil }
    guard var session = ended[head].take() else { return nil }
    session.id = number
    memory.observe(&session)
    head += 1
    if head == ended.count || head > 1024 {
      ended.removeFirst(head)
      head = 0
    }
    return session
  }
}
