internal import Wire

/// Gives sessions their numbers in the order of their first packets, although which connections carry mail is known only
/// later.
///
/// A session's number is known once every connection that began before it has said what it is. A connection that stays
/// silent for longer than the patience is passed over; if it turns out to carry mail after all, it gets the next number.
struct SessionNumbering: Sendable {
  private enum Candidate {
    case undecided(since: CaptureTime)
    case mail
    case dismissed
  }

  private var candidates: [Candidate] = []
  /// The first of `candidates` that has not been passed.
  private var head = 0
  /// The order of the first candidate that is still listed.
  private var base = 0
  private var numbers: [Int: Int] = [:]
  private var next = 1
  private let patience: Int64

  init(patience: Int64) {
    self.patience = patience
  }

  /// A connection began; its place in the order of first packets.
  mutating func open(at time: CaptureTime, isMail: Bool) -> Int {
    candidates.append(isMail ? .mail : .undecided(since: time))
    return base + candidates.count - 1
  }

  /// The connection turned out to carry mail, or not to.
  mutating func decide(_ order: Int, isMail: Bool) {
    guard order >= base + head else {
      if isMail { assign(order) }
      return
    }
    candidates[order - base] = isMail ? .mail : .dismissed
  }

  /// The number of the session that began at this place; nil while one before it is undecided.
  mutating func number(of order: Int, at time: CaptureTime) -> Int? {
    advance(to: time)
    return numbers.removeValue(forKey: order)
  }

  private mutating func advance(to time: CaptureTime) {
    decided: while head < candidates.count {
      switch candidates[head] {
      case .undecided(let since) where time.nanoseconds(since: since) < patience: break decided
      case .undecided, .dismissed: break
      case .mail: assign(base + head)
      }
      head += 1
    }
    if head >= 1024, head * 2 >= candidates.count {
      candidates.removeFirst(head)
      base += head
      head = 0
    }
  }

  private mutating func assign(_ order: Int) {
    numbers[order] = next
    next += 1
  }
}
