internal import Wire

/// Gives sessions their numbers in the order of their first packets, although which connections carry mail is known only
/// later.
///
/// A session's number is known once every connection that began before it has said what it is. A connection that stays
/// silent for longer than the patience is passed over; if it turns out to carry mail after all, it gets the next number.
struct SessionNumbering: Sendable {
  private enum State {
    case undecided(since: CaptureTime)
    case mail
    case dismissed
  }

  private struct Candidate {
    var ordinal: Int
    var state: State
  }

  /// Connections that have not been passed, in the order of their ordinals.
  private var candidates = Queue<Candidate>()
  /// By ordinals, of those that have not been asked for.
  private var numbers = KeyNumbers<Int>()
  private var next = 1
  private let patience: Int64

  init(patience: Int64) {
    self.patience = patience
  }

  /// A connection began, behind all that began before.
  mutating func open(_ opening: ShardLog.Opening) {
    candidates.append(
      Candidate(
        ordinal: opening.ordinal, state: opening.isMail ? .mail : .undecided(since: opening.connection.time)))
  }

  /// The connection turned out to carry mail, or not to.
  mutating func decide(_ decision: ShardLog.Decision) {
    guard let index = index(of: decision.ordinal) else {
      if decision.isMail { assign(decision.ordinal) }
      return
    }
    candidates[index].state = decision.isMail ? .mail : .dismissed
  }

  /// The number of the session that began at this place; nil while one before it is undecided.
  mutating func number(of ordinal: Int, at time: CaptureTime) -> Int? {
    advance(to: time)
    let number = numbers.remove(UInt64(ordinal))
    return number > 0 ? number : nil
  }

  /// Where a connection stands that has not been passed.
  private func index(of ordinal: Int) -> Int? {
    var low = 0
    var high = candidates.count
    while low < high {
      let middle = (low + high) / 2
      if candidates[middle].ordinal < ordinal { low = middle + 1 } else { high = middle }
    }
    return low < candidates.count && candidates[low].ordinal == ordinal ? low : nil
  }

  private mutating func advance(to time: CaptureTime) {
    decided: while let first = candidates.first {
      switch first.state {
      case .undecided(let since) where time.nanoseconds(since: since) < patience: break decided
      case .undecided, .dismissed: break
      case .mail: assign(first.ordinal)
      }
      candidates.popFirst()
    }
  }

  private mutating func assign(_ ordinal: Int) {
    numbers.set(next, for: UInt64(ordinal))
    next += 1
  }
}
