internal import PacketDecoding
internal import TCPStreams
internal import Threads
internal import Wire

/// The shards, dealt out to threads of their own.
///
/// Frames go to the threads in batches of some epochs, what the shards found out comes back epoch by epoch. The caller
/// reads on while the threads work, a few batches ahead at most. Nothing is shared: batches and findings are handed over.
struct ShardThreads: ~Copyable {
  private let workers: [ShardWorker]
  private var batches: [FrameBatch]
  private var spare: [FrameBatch] = []
  /// Times of the epochs in the batches that were handed over and not yet returned, the oldest first.
  private var handedOver = 0
  private var epochs = 0
  private var isFinished = false

  /// Epochs that are handed over at once: waking a thread costs microseconds, an epoch a few hundred of them.
  private static let epochsOfBatch = 1
  /// Batches that may be on their way. More would only hold memory.
  private static let mostHandedOver = 1

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
    batches[shard % workers.count].append(segment, of: bytes, descriptor, ordinal: ordinal, shard: shard)
  }

  mutating func receive(_ error: ICMPError, _ descriptor: FrameDescriptor, shard: Int) {
    batches[shard % workers.count].append(error, descriptor, shard: shard)
  }

  /// An epoch is over. Gives what is known of earlier ones by now, epoch by epoch.
  mutating func endEpoch(at time: CaptureTime) -> [EpochLog] {
    for index in batches.indices { batches[index].endEpoch(at: time) }
    epochs += 1
    guard epochs == ShardThreads.epochsOfBatch else { return [] }
    handOver()
    return handedOver > ShardThreads.mostHandedOver ? collect() : []
  }

  /// Waits for what the threads were given, and gives what is known of its epochs.
  mutating func collectAll() -> [EpochLog] {
    if epochs > 0 { handOver() }
    var logs: [EpochLog] = []
    while handedOver > 0 { logs += collect() }
    return logs
  }

  /// The capture is over: everything that is open ends. Gives what was not given before, and what was cut for the limits.
  mutating func finish() -> (logs: [EpochLog], limited: AnalysisSummary.Limited) {
    if epochs > 0 { handOver() }
    isFinished = true
    var logs: [EpochLog] = []
    while handedOver > 0 { logs += collect() }
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
    epochs = 0
  }

  private mutating func collect() -> [EpochLog] {
    handedOver -= 1
    var logs: [EpochLog] = []
    for worker in workers {
      guard case .worked(let batch, let epochs)? = worker.outbox.take() else { continue }
      if logs.isEmpty {
        logs = epochs
      } else {
        for index in logs.indices where index < epochs.count { logs[index].shards += epochs[index].shards }
      }
      spare.append(batch)
    }
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
    /// The batch comes back for its memory.
    case worked(FrameBatch, [EpochLog])
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
        let logs = ShardWorker.work(through: batch, with: &shards, own)
        batch.removeAll()
        outbox.put(.worked(batch, logs))
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
  ) -> [EpochLog] {
    var logs: [EpochLog] = []
    let items = batch.items
    let all = batch.bytes
    let bytes = all.span
    let errors = batch.errors
    var next = 0
    var nextError = 0
    for epoch in batch.epochs {
      while next < epoch.end || nextError < epoch.errorEnd {
        if nextError < epoch.errorEnd, errors[nextError].place <= next {
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
      var log = EpochLog(time: epoch.time)
      for index in own {
        shards[index].advance(to: epoch.time)
        if let found = shards[index].takeLog() { log.shards.append(found) }
      }
      logs.append(log)
    }
    return logs
  }
}
