package import SMTPAnalysis

/// Mail by whatever it is counted by.
package struct Traffic: NamedCounts, Equatable {
  package var sessions = 0
  /// By the place of the outcome among all.
  private var transactions = [Int](repeating: 0, count: Transaction.Outcome.allCases.count)
  private var recipientOutcomes = [Int](repeating: 0, count: Recipient.Outcome.listed.count)
  /// Transactions of which message text passed, and how much of it.
  package var messages = 0
  package var messageBytes = 0
  /// What server and network had of each mail's time; counted by server only.
  package var waits = DurationSketch()
  /// What a host is called, as it was first met.
  package var name: [UInt8]?

  package init() {}

  package subscript(mails outcome: Transaction.Outcome) -> Int { transactions[outcome.index] }
  package subscript(recipients outcome: Recipient.Outcome) -> Int { recipientOutcomes[outcome.index] }

  package var mails: Int { transactions.reduce(0, +) }
  package var recipients: Int { recipientOutcomes.reduce(0, +) }
  package var weight: Int { sessions + mails + recipients }

  mutating func add(_ outcome: Transaction.Outcome) { transactions[outcome.index] += 1 }
  mutating func add(_ outcome: Recipient.Outcome) { recipientOutcomes[outcome.index] += 1 }

  mutating func add(message bytes: Int) {
    messages += 1
    messageBytes &+= bytes
  }

  package mutating func merge(_ other: Traffic) {
    sessions += other.sessions
    for index in transactions.indices { transactions[index] += other.transactions[index] }
    for index in recipientOutcomes.indices { recipientOutcomes[index] += other.recipientOutcomes[index] }
    messages += other.messages
    messageBytes &+= other.messageBytes
    waits.merge(other.waits)
  }
}

extension Transaction.Outcome {
  /// Its place among all outcomes.
  fileprivate var index: Int {
    switch self {
    case .accepted: 0
    case .partiallyAccepted: 1
    case .refused: 2
    case .deferred: 3
    case .aborted: 4
    case .lost: 5
    case .unknown: 6
    }
  }
}

extension Recipient.Outcome {
  /// All of them, in the order in which they are told.
  package static let listed: [Recipient.Outcome] = [.accepted, .refused, .deferred, .unanswered]

  fileprivate var index: Int {
    switch self {
    case .accepted: 0
    case .refused: 1
    case .deferred: 2
    case .unanswered: 3
    }
  }
}
