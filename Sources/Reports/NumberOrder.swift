package import SMTPAnalysis

/// Puts sessions, which come as they end, into the order of their numbers, as far as that can be done in bounded memory.
///
/// A session that lasts keeps those behind it waiting. When too many wait, the one with the lowest number goes on, and the
/// long one comes when it ends.
package struct NumberOrder {
  private var waiting: [Int: Session] = [:]
  private var next = 1
  private let mostWaiting: Int

  /// Sessions that may wait: some kilobytes each.
  package static let mostWaiting = 8192

  package init(mostWaiting: Int = NumberOrder.mostWaiting) {
    self.mostWaiting = mostWaiting
  }

  package mutating func add(_ session: Session) {
    waiting[session.id] = session
  }

  /// The session whose turn it is; nil while it has not ended.
  package mutating func popFirst() -> Session? {
    if let session = waiting.removeValue(forKey: next) {
      next += 1
      return session
    }
    return waiting.count > mostWaiting ? popLowest() : nil
  }

  /// The same when no session comes any more.
  package mutating func popLast() -> Session? {
    waiting.removeValue(forKey: next).map { session in
      next += 1
      return session
    } ?? popLowest()
  }

  private mutating func popLowest() -> Session? {
    guard let lowest = waiting.keys.min() else { return nil }
    next = max(next, lowest + 1)
    return waiting.removeValue(forKey: lowest)
  }
}
