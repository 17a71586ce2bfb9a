private import Dispatch
internal import PacketDecoding
internal import TCPStreams
internal import Threads
internal import Wire

/// The shards, worked on by several threads, the caller's among them.
///
/// Frames go to teams of shards in batches, what the shards found out comes back epoch by epoch. The caller reads on while the
/// others work, and works along where it is too far ahead. Nothing is shared: batches and findings are handed over.
struct ShardThreads: ~Copyable {
  private let work: TeamWork
  private let others: Int
  private let ended = DispatchSemaphore(value: 0)
  private let teams: Int
  /// By team.
  private var batches: [FrameBatch]
  /// What came back while an epoch was going on.
  private var collected: [EpochLog] = []
  private var limited = AnalysisSummary.Limited()
  /// What the frames lie in that come now; nil where their bytes are to be copied.
  private var lent: SharedBytes?

  /// Bytes of a batch that is handed over before its epoch ends: epochs of large mails have megabytes.
  private static let bytesOfBatch = 1 << 17
  /// Handovers that may be on their way. More would only hold memory.
  private static let mostHandedOver = 6

  /// How many teams there are for so many threads: as many. More would spread the work no better, and each may have an output
  /// with files of its own.
  static func teams(for threads: Int) -> Int { min(max(1, threads), FlowShard.count) }

  /// - Parameter count: How many threads work, the caller's among them.
  init(
    count: Int, options: AnalysisOptions, spread: FlowSpread, output: (@Sendable () -> any MessageOutput)?
  ) throws(ThreadError) {
    let teams = ShardThreads.teams(for: count)
    let work = TeamWork(
      teams: (0..<teams).map { number in
        ShardTeam(
          count: (FlowShard.count - number + teams - 1) / teams, options: options, spread: spread, output: output)
      }, threads: teams)
    let ended = ended
    for number in 0..<teams - 1 {
      do throws(ThreadError) {
        try startThread(named: "shards \(number)") {
          work.serve(as: number)
          ended.signal()
        }
      } catch {
        work.end()
        for _ in 0..<number { ended.wait() }
        throw error
      }
    }
    self.work = work
    self.teams = teams
    others = teams - 1
    batches = Array(repeating: FrameBatch(), count: teams)
  }

  /// Where the caller gave up, the threads end before what they write to goes.
  deinit {
    work.end()
    for _ in 0..<others { ended.wait() }
  }

  /// From now on frames lie in this memory. Batches are of one piece of it: what came before is handed over.
  mutating func lend(_ block: SharedBytes?) {
    if lent != nil { handOver(end: nil) }
    lent = block
  }

  /// - Parameter place: Where its frame begins in what was lent; -1 where `bytes` are gone after the call.
  mutating func receive(
    _ segment: TCPSegment, in bytes: Span<UInt8>, at place: Int, _ descriptor: FrameDescriptor, ordinal: Int, shard: Int
  ) {
    let team = shard % teams
    guard segment.payload.upperBound <= bytes.count else { return }
    if place >= 0, let lent, bytes.count <= lent.count - place {
      batches[team].append(lent: segment, at: place, descriptor, ordinal: ordinal, shard: shard / teams)
      return
    }
    batches[team].append(segment, of: bytes, descriptor, ordinal: ordinal, shard: shard / teams)
    if batches[team].bytes.count >= Self.bytesOfBatch { handOver(end: nil) }
  }

  mutating func receive(_ error: ICMPError, _ descriptor: FrameDescriptor, shard: Int) {
    batches[shard % teams].append(error, descriptor, shard: shard / teams)
  }

  /// An epoch is over. Gives what is known of earlier ones by now, epoch by epoch.
  mutating func endEpoch(at time: CaptureTime) -> [EpochLog] {
    handOver(end: .ofEpoch(time))
    return takeCollected()
  }

  /// Waits for what the threads were given, and gives what is known of its epochs.
  mutating func collectAll() -> [EpochLog] {
    handOver(end: nil)
    help(until: 0)
    return takeCollected()
  }

  /// The capture is over: everything that is open ends. Gives what was not given before, and what was cut for the limits.
  mutating func finish() -> (logs: [EpochLog], limited: AnalysisSummary.Limited) {
    handOver(end: .ofCapture)
    help(until: 0)
    lent = nil
    return (takeCollected(), limited)
  }

  private mutating func handOver(end: FrameBatch.End?) {
    for team in batches.indices { batches[team].lent = lent }
    work.put(&batches, end: end)
    help(until: Self.mostHandedOver)
  }

  private mutating func help(until most: Int) {
    let (logs, cut) = work.help(until: most)
    collected += logs
    limited.add(cut)
  }

  private mutating func takeCollected() -> [EpochLog] {
    let logs = collected
    collected = []
    return logs
  }
}

/// What the shards found out in an epoch, which ended at `time`.
struct EpochLog: Sendable {
  var time: CaptureTime
  var shards: [ShardLog] = []
  /// What the end of the capture ended, behind the last epoch: all time has passed.
  var isLast = false

  static func last(_ shards: [ShardLog] = []) -> EpochLog {
    EpochLog(time: CaptureTime(nanoseconds: .max), shards: shards, isLast: true)
  }
}
