internal import HeapModule
internal import TCPStreams
internal import Wire

/// Brings the sessions that the shards have ended into one order, gives them their numbers, and has each told what the
/// memory knows of those before it.
///
/// Sessions come in the order of their last frames' times, where these are equal in the order of their first frames: each
/// waits for as long as a connection that ended before it may still wait for its tail. One that ended in silence, which is
/// known much later, comes when it is known. An epoch's end depends on the frames alone, so the order does not depend on how
/// many threads there are.
struct SessionSequencer: Sendable {
  /// Frames of an epoch: so many sessions may wait that the shards are seldom asked, and few enough to hold little memory.
  static let epochFrames = 1024

  /// What the shards found out in epochs whose sessions were not asked for yet, in order. Several threads tell of more than one
  /// epoch at a time: one that ended in silence long ago must not come before what an earlier epoch has to give.
  private var waiting: [EpochLog] = []
  private var numbering: SessionNumbering
  private var memory: SessionMemory
  /// Ended; the first waits for its time and its number.
  private var ended = Heap<ShardLog.Ending>()
  /// Transactions that ended while their sessions go on, in their order.
  private var transactions: [Session] = []
  private var now = CaptureTime(nanoseconds: 0)
  /// How many packets the sessions had that were given.
  private(set) var mailPackets = 0

  init(patience: Int64, memory: SessionMemory) {
    numbering = SessionNumbering(patience: patience)
    self.memory = memory
  }

  /// What there is to say when the last session has been given.
  var notes: [AnalysisSummary.Note] { memory.notes }

  /// Whether `next` may have something to give: it was told of an epoch since it last gave nothing.
  private(set) var hasEndedSessions = false

  /// Whether the time of the first has come.
  private var isDue: Bool {
    guard let first = ended.min else { return false }
    return SessionSequencer.isDue(first.time, at: now)
  }

  /// Whether no connection can come any more that ended before this time.
  static func isDue(_ end: CaptureTime, at now: CaptureTime) -> Bool {
    let age = now.nanoseconds(since: end)
    // One that ended in the time to come waits for nothing: the clock was set back.
    return age > linger || age < -clockTolerance
  }

  /// How long a connection waits for its tail at most, in nanoseconds of packet time.
  private static let linger = StreamLimits().linger

  /// How far frames are out of order without anybody having set a clock.
  private static let clockTolerance: Int64 = 1_000_000_000

  /// Takes what the shards have found out in an epoch.
  ///
  /// Which shard stands before which in it depends on how many threads there are: nothing may go by that.
  mutating func take(_ epoch: consuming EpochLog) {
    var previews: [Session] = []
    for shard in epoch.shards.indices where !epoch.shards[shard].transactions.isEmpty {
      previews += epoch.shards[shard].transactions
      epoch.shards[shard].transactions = []
    }
    waiting.append(epoch)
    hasEndedSessions = true
    guard !previews.isEmpty else { return }
    // Those of one session stay in their order: no two sessions have the same first frame.
    let order = previews.indices.sorted { left, right in
      let (one, other) = (previews[left].connection.lastFrame.time, previews[right].connection.lastFrame.time)
      guard one == other else { return one < other }
      let (begun, second) = (previews[left].connection.firstFrame, previews[right].connection.firstFrame)
      return (begun.file, begun.number, left) < (second.file, second.number, right)
    }
    for index in order { transactions.append(previews[index]) }
  }

  /// Goes on to the next epoch; false where there is none. The end of the capture has no time of its own: what ends with it is
  /// ordered with the epoch before.
  private mutating func beginEpoch() -> Bool {
    guard !waiting.isEmpty else { return false }
    bringIn(waiting.removeFirst())
    if let last = waiting.first, last.isLast { bringIn(waiting.removeFirst()) }
    return true
  }

  private mutating func bringIn(_ epoch: consuming EpochLog) {
    now = epoch.time
    guard !epoch.shards.isEmpty else { return }
    for opening in epoch.shards.flatMap(\.openings).sorted(by: { $0.ordinal < $1.ordinal }) {
      numbering.open(opening)
      if opening.isMail { memory.opened(opening.connection) }
    }
    for decision in epoch.shards.flatMap(\.decisions).sorted(by: { $0.ordinal < $1.ordinal }) {
      numbering.decide(decision)
      if let connection = decision.connection { memory.opened(connection) }
    }
    for shard in epoch.shards.indices { ended.insert(contentsOf: epoch.shards[shard].endings) }
  }

  mutating func nextTransaction() -> Session? {
    transactions.isEmpty ? nil : transactions.removeFirst()
  }

  /// The next session that has ended; nil when there is none yet.
  ///
  /// It stays where it lies until it is taken: it is much to move.
  mutating func next() -> ShardLog.Ending? {
    repeat {
      if let ending = nextOfEpoch() { return ending }
    } while beginEpoch()
    hasEndedSessions = false
    return nil
  }

  private mutating func nextOfEpoch() -> ShardLog.Ending? {
    guard isDue, let first = ended.min, let number = numbering.number(of: first.ordinal, at: now),
      var ending = ended.popMin()
    else { return nil }
    ending.amend { session in
      session.id = number
      memory.observe(&session)
      mailPackets += session.connection.clientToServer.capturedPackets
      mailPackets += session.connection.serverToClient.capturedPackets
      mailPackets += session.connection.errorCount
    }
    return ending
  }
}

extension DirectionFacts {
  /// Every frame of this side, those that were not used too.
  fileprivate var capturedPackets: Int { packets + duplicateFrames }
}
