internal import SMTPAnalysis

/// What went wrong, by its causes: where sentences differ in nothing but an address, there are as many as mails.
struct CauseTally: Sendable {
  struct Problem: Sendable {
    let cause: FindingID?
    let outcome: Verdict.Outcome
    /// The sentence of the first session that had it.
    let example: String
    let session: Int
    fileprivate(set) var count = 0
    /// How many of them were made good later, as far as that is known.
    fileprivate(set) var settled = 0
    fileprivate let rank: Int
  }

  private struct Key: Hashable {
    var cause: FindingID?
    /// Without a cause it is all that can be said.
    var outcome: Verdict.Outcome?
  }

  /// There are no more than findings and outcomes.
  private var problems: [Key: Problem] = [:]

  mutating func add(_ session: Session) {
    let verdict = session.verdict
    let key = Key(cause: verdict.cause, outcome: verdict.cause == nil ? verdict.outcome : nil)
    let new = Problem(
      cause: verdict.cause, outcome: verdict.outcome, example: ShownText.sentence(verdict.message, limit: 600),
      session: session.id, rank: problems.count)
    problems[key, default: new].count += 1
  }

  mutating func settle(_ cause: FindingID?, _ outcome: Verdict.Outcome) {
    problems[Key(cause: cause, outcome: cause == nil ? outcome : nil)]?.settled += 1
  }

  /// The commonest first.
  var listed: [Problem] {
    problems.values.sorted { $0.count != $1.count ? $0.count > $1.count : $0.rank < $1.rank }
  }
}
