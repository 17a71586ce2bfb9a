internal import PacketDecoding
internal import TCPStreams
internal import Threads
internal import Wire

/// The shards, dealt out to threads of their own.
///
/// Frames go to the threads in batches, what the shards found out comes back epoch by epoch. The caller reads on while the
/// threads work, a few batches ahead at most. Nothing is shared: batches and findings are handed over.
struct ShardThreads: ~Copyable {
  private let workers: [ShardWorker]
  private var batches: [FrameBatch]
  private var spare: [FrameBatch] = []
  /// Batches of each thread that are on their way.
  private var handedOver = 0
  /// What came back while an epoch was going on.
  private var collected: [EpochLog] = []
  private var isFinished = false

  /// Bytes of a batch that is handed over before its epoch ends: epochs of large mails have megabytes.
  private static let bytesOfBatch = 1 << 17
  /// Batches that may be on their way. More would only hold memory.
  private static let mostHandedOver = 2

  init(
    count: Int, options: AnalysisOptions, spread: FlowSpread, output: (@Sendable () -> any MessageOutput)?
  ) throws(ThreadError) {
    let count = min(max(1, count), FlowShard.count)
    var workers: [ShardWorker] = []
    do throws(ThreadError) {
      for number in 0..<count {
        workers.append(
          try ShardWorker(number: number, of: count, options: options, spread: spread, output: output))
      }
    } catch {
      ShardThreads.end(workers)
      throw error
    }
    self.workers = workers
    batches = Array(repeating: FrameBatch(), count: count)
  }

  /// Where the caller gave up, the threads end before what they write to goes.
  deinit {
    if !isFinished { ShardThreads.end(workers) }
  }

  private static func end(_ workers: [ShardWorker]) {
    for worker in workers { worker.inbox.put(.finish) }
    for worker in workers {
      while case .worked? = worker.outbox.take() {}
    }
  }

  mutating func receive(
    _ segment: TCPSegment, in bytes: Span<UInt8>, _ descriptor: FrameDescriptor, ordinal: Int, shard: Int
  ) {
    let worker = shard % workers.count
    batches[worker].append(segment, of: bytes, descriptor, ordinal: ordinal, shard: shard)
    if batches[worker].bytes.count >= Self.bytesOfBatch { handOver() }
  }

  mutating func receive(_ error: ICMPError, _ descriptor: FrameDescriptor, shard: Int) {
    batches[shard % workers.count].append(error, descriptor, shard: shard)
  }

  /// An epoch is over. Gives what is known of earlier ones by now, epoch by epoch.
  mutating func endEpoch(at time: CaptureTime) -> [EpochLog] {
    for index in batches.indices { batches[index].endOfEpoch = time }
    handOver()
    return takeCollected()
  }

  /// Waits for what the threads were given, and gives what is known of its epochs.
  mutating func collectAll() -> [EpochLog] {
    handOver()
    while handedOver > 0 { collect() }
    return takeCollected()
  }

  /// The capture is over: everything that is open ends. Gives what was not given before, and what was cut for the limits.
  mutating func finish() -> (logs: [EpochLog], limited: AnalysisSummary.Limited) {
    let logs = collectAll()
    isFinished = true
    var limited = AnalysisSummary.Limited()
    var last = EpochLog(time: CaptureTime(nanoseconds: .max))
    for worker in workers { worker.inbox.put(.finish) }
    for worker in workers {
      guard case .finished(let log, let cut)? = worker.outbox.take() else { continue }
      last.shards += log
      limited.add(cut)
    }
    return (logs + [last], limited)
  }

  private mutating func handOver() {
    for index in workers.indices {
      var batch = spare.popLast() ?? FrameBatch()
      swap(&batch, &batches[index])
      workers[index].inbox.put(.batch(batch))
    }
    handedOver += 1
    while handedOver > ShardThreads.mostHandedOver { collect() }
  }

  /// Waits for the oldest batch of each thread.
  private mutating func collect() {
    handedOver -= 1
    var log: EpochLog?
    for worker in workers {
      guard case .worked(let batch, let found)? = worker.outbox.take() else { continue }
      spare.append(batch)
      guard let found else { continue }
      if log == nil { log = found } else { log?.shards += found.shards }
    }
    if let log { collected.append(log) }
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
}

/// A thread with its shards.
struct ShardWorker: Sendable {
  let inbox = Channel<Task>()
  let outbox = Channel<Answer>()

  enum Task: Sendable {
    case batch(FrameBatch)
    case finish
  }

  enum Answer: Sendable {
    /// The batch comes back for its memory, with what was found out where it was the last one of an epoch.
    case worked(FrameBatch, EpochLog?)
    case finished([ShardLog], AnalysisSummary.Limited)
  }

  /// Starts the thread. It ends with `.finish`.
  init(
    number: Int, of count: Int, options: AnalysisOptions, spread: FlowSpread,
    output: (@Sendable () -> any MessageOutput)?
  ) throws(ThreadError) {
    let (inbox, outbox) = (inbox, outbox)
    try startThread(named: "shards \(number)") {
      let own = stride(from: number, to: FlowShard.count, by: count)
      let output = output?()
      var shards: [16 of FlowShard] = InlineArray { _ in
        FlowShard(options: options, spread: spread, output: output)
      }
      while case .batch(var batch)? = inbox.take() {
        let log = ShardWorker.work(through: batch, with: &shards, own)
        batch.removeAll()
        outbox.put(.worked(batch, log))
      }
      var logs: [ShardLog] = []
      var limited = AnalysisSummary.Limited()
      for index in own {
        shards[index].finish()
        if let log = shards[index].takeLog() { logs.append(log) }
        limited.add(shards[index].limited)
      }
      outbox.put(.finished(logs, limited))
    }
  }

  private static func work(
    through batch: borrowing FrameBatch, with shards: inout [16 of FlowShard], _ own: StrideTo<Int>
  ) -> EpochLog? {
    let items = batch.items
    let all = batch.bytes
    let bytes = all.span
    let errors = batch.errors
    var next = 0
    var nextError = 0
    while next < items.count || nextError < errors.count {
      if nextError < errors.count, errors[nextError].place <= next {
        let item = errors[nextError]
        nextError += 1
        shards[item.shard].receive(item.error, item.descriptor)
        continue
      }
      let item = items[next]
      next += 1
      let segment = bytes.extracting(item.start..<item.start + item.segment.payload.upperBound)
      shards[item.shard].receive(item.segment, in: segment, item.descriptor, ordinal: item.ordinal)
    }
    guard let end = batch.endOfEpoch else { return nil }
    var log = EpochLog(time: end)
    for index in own {
      shards[index].advance(to: end)
      if let found = shards[index].takeLog() { log.shards.append(found) }
    }
    return log
  }
}
