internal import Wire

/// Events that wait to be pulled. Its memory is kept, so that a packet's events allocate nothing.
struct EventQueue {
  /// A `StreamEvent` without what would have to be counted by reference.
  private enum Step {
    case opened(ConnectionID)
    case bytes(ConnectionID, Peer, Int, Int)
    case held(ConnectionID, Peer, Int)
    case gap(ConnectionID, Peer, Int)
    case finished(ConnectionID, Peer)
    case closed(ConnectionID)

    /// Whether it is still to be told when nothing but the end of `dropped` is.
    func outlives(_ dropped: ConnectionID) -> Bool {
      switch self {
      case .opened(let id), .bytes(let id, _, _, _), .held(let id, _, _), .gap(let id, _, _), .finished(let id, _):
        id != dropped
      case .closed: true
      }
    }
  }

  /// What waits before all others: most segments make one event, and it needs no array.
  private var single: Step?
  /// Steps from `head` to `tail` wait; what lies behind is old and overwritten.
  private var steps: [Step] = []
  private var head = 0
  private var tail = 0
  private var held: [HeldBytes?] = []
  /// The connection whose end was told last, until the table has let go of it.
  var ended: ConnectionID?

  var isEmpty: Bool { single == nil && head == tail }

  mutating func opened(_ id: ConnectionID) { add(.opened(id)) }

  mutating func bytes(_ id: ConnectionID, from peer: Peer, _ range: Range<Int>) {
    add(.bytes(id, peer, range.lowerBound, range.upperBound))
  }

  mutating func heldBytes(_ id: ConnectionID, from peer: Peer, _ bytes: HeldBytes) {
    add(.held(id, peer, held.count))
    held.append(bytes)
  }

  mutating func gap(_ id: ConnectionID, from peer: Peer, _ count: Int) { add(.gap(id, peer, count)) }

  mutating func finished(_ id: ConnectionID, from peer: Peer) { add(.finished(id, peer)) }

  mutating func closed(_ id: ConnectionID) { add(.closed(id)) }

  mutating func popFirst() -> StreamEvent? {
    if let step = single {
      single = nil
      return event(of: step)
    }
    guard head < tail else { return nil }
    let step = steps[head]
    head += 1
    defer { if head == tail { reset() } }
    return event(of: step)
  }

  @inline(__always)
  private mutating func event(of step: Step) -> StreamEvent? {
    switch step {
    case .opened(let id): return .opened(id)
    case .bytes(let id, let peer, let from, let to): return .bytes(id, from: peer, from..<to)
    case .gap(let id, let peer, let count): return .gap(id, from: peer, count)
    case .finished(let id, let peer): return .finished(id, from: peer)
    case .closed(let id):
      ended = id
      return .closed(id)
    case .held(let id, let peer, let index):
      guard let bytes = held[index] else { return popFirst() }
      held[index] = nil
      if isEmpty { reset() }
      return .heldBytes(id, from: peer, bytes)
    }
  }

  private mutating func add(_ step: Step) {
    guard single != nil || head < tail else {
      single = step
      return
    }
    if tail < steps.count { steps[tail] = step } else { steps.append(step) }
    tail += 1
  }

  private mutating func reset() {
    if tail > EventQueue.keptCapacity { steps = [] }
    if !held.isEmpty { held.removeAll(keepingCapacity: held.count < EventQueue.keptCapacity) }
    head = 0
    tail = 0
  }

  /// Drops what waits for a connection, but for its end.
  mutating func drop(_ dropped: ConnectionID) {
    if let step = single, !step.outlives(dropped) { single = nil }
    if head < tail {
      let kept = steps[head..<tail].filter { $0.outlives(dropped) }
      steps.replaceSubrange(head..., with: kept)
      tail = steps.count
    }
    if isEmpty { reset() }
  }

  /// A burst of events beyond it gives its memory back.
  private static let keptCapacity = 4096
}
