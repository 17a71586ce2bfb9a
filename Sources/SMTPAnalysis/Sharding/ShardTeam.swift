internal import BasicContainers
internal import PacketDecoding
internal import Synchronization
internal import Wire

/// Shards that one thread works on at a time, whichever it is: what is lent to a thread that has nothing else to do.
///
/// Its lock is free whenever it is asked for, since a team has one batch at work: it shows that to the compiler.
final class ShardTeam: Sendable {
  private let shards: Mutex<UniqueArray<FlowShard>>

  /// What came of a batch.
  struct Found: Sendable {
    /// Where it was the last one of an epoch.
    var logs: [ShardLog] = []
    /// What was cut for the limits, where it was the last one of all.
    var limited = AnalysisSummary.Limited()
  }

  /// - Parameter count: How many shards it has.
  init(count: Int, options: AnalysisOptions, spread: FlowSpread, output: (@Sendable () -> any MessageOutput)?) {
    let output = output?()
    var own = UniqueArray<FlowShard>(minimumCapacity: count)
    for _ in 0..<count { own.append(FlowShard(options: options, spread: spread, output: output)) }
    shards = Mutex(own)
  }

  /// Works through a batch whose items are of this team's shards.
  func work(through batch: borrowing FrameBatch) -> Found {
    shards.withLock { shards in
      ShardTeam.work(through: batch, with: &shards)
      var found = Found()
      guard let end = batch.end else { return found }
      for index in shards.indices {
        switch end {
        case .ofEpoch(let time):
          shards[index].advance(to: time)
        case .ofCapture:
          shards[index].finish()
          found.limited.add(shards[index].limited)
        }
        if let log = shards[index].takeLog() { found.logs.append(log) }
      }
      return found
    }
  }

  private static let nothing = SharedBytes(count: 0)

  private static func work(through batch: borrowing FrameBatch, with shards: inout UniqueArray<FlowShard>) {
    let items = batch.items
    let copied = batch.bytes
    let errors = batch.errors
    (batch.lent ?? nothing).withBytes { lent in
      let copied = copied.span
      var next = 0
      var nextError = 0
      while next < items.count || nextError < errors.count {
        if nextError < errors.count, errors[nextError].place <= next {
          let item = errors[nextError]
          nextError += 1
          shards[item.shard].receive(item.error, item.descriptor)
          continue
        }
        let range = items[next].start..<items[next].start + items[next].segment.payload.upperBound
        let bytes = items[next].isLent ? lent.extracting(range) : copied.extracting(range)
        shards[items[next].shard].receive(
          items[next].segment, in: bytes, items[next].descriptor, ordinal: items[next].ordinal)
        next += 1
      }
    }
  }
}
