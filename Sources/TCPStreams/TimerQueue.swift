internal import Wire

/// Deadlines that are all set the same span ahead, so that they fall due in the order in which they were set.
///
/// A deadline is not taken back: whoever pops it looks whether it still holds.
struct TimerQueue {
  struct Entry {
    var slot: Int32
    var generation: UInt32
    var due: Int64
  }

  private var entries = Queue<Entry>()

  var count: Int { entries.count }

  /// When the first deadline falls due; `Int64.max` when there is none.
  var nextDue: Int64 { entries.isEmpty ? .max : entries[0].due }

  mutating func append(slot: Int, generation: UInt32, due: Int64) {
    entries.append(Entry(slot: Int32(truncatingIfNeeded: slot), generation: generation, due: due))
  }

  mutating func popFirst() -> Entry? { entries.popFirst() }

  /// Drops the deadlines of connections that are gone, so that many short connections leave nothing behind.
  mutating func removeStale(in slots: borrowing ConnectionSlots) {
    entries.removeAll { !slots.isCurrent($0) }
  }
}

/// The deadlines of a connection table, a queue for each span.
struct TableTimers {
  /// Ends that were seen and wait for tail packets.
  var linger = TimerQueue()
  /// Ends of which nothing is missing.
  var tail = TimerQueue()
  /// Holes that wait for their bytes.
  var patience = TimerQueue()
  /// SYNs that wait for their answer.
  var halfOpen = TimerQueue()
  /// Connections that may have fallen silent; every connection is in here or in `halfOpen` once until it is closed.
  var idle = TimerQueue()
  /// Connections that hold bytes, in the order in which they began to; their entries have no deadline.
  var holders = TimerQueue()
  /// No deadline falls due before it.
  private(set) var nextDue = Int64.max

  enum Name {
    case linger, tail, patience, halfOpen, idle, holders
  }

  mutating func append(_ name: Name, slot: Int, generation: UInt32, due: Int64) {
    switch name {
    case .linger: linger.append(slot: slot, generation: generation, due: due)
    case .tail: tail.append(slot: slot, generation: generation, due: due)
    case .patience: patience.append(slot: slot, generation: generation, due: due)
    case .halfOpen: halfOpen.append(slot: slot, generation: generation, due: due)
    case .idle: idle.append(slot: slot, generation: generation, due: due)
    case .holders:
      holders.append(slot: slot, generation: generation, due: due)
      return
    }
    nextDue = min(nextDue, due)
  }

  /// Keeps the queues in proportion to the connections there are.
  mutating func removeStale(in slots: borrowing ConnectionSlots) {
    let bound = 2 * slots.used + 1024
    if linger.count > bound { linger.removeStale(in: slots) }
    if tail.count > bound { tail.removeStale(in: slots) }
    if patience.count > bound { patience.removeStale(in: slots) }
    if halfOpen.count > bound { halfOpen.removeStale(in: slots) }
    if idle.count > bound { idle.removeStale(in: slots) }
    if holders.count > bound { holders.removeStale(in: slots) }
  }

  /// Finds `nextDue` after one of them fell due.
  mutating func lookAgain() {
    nextDue = min(
      min(linger.nextDue, min(tail.nextDue, patience.nextDue)),
      min(halfOpen.nextDue, idle.nextDue))
  }
}
