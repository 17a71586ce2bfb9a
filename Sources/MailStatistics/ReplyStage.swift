/// What a reply answered, as far as statistics tell it apart.
package enum ReplyStage: String, CaseIterable, Sendable {
  /// It greeted, or turned the client away.
  case greeting
  case auth
  case mail
  case recipient
  /// DATA itself, or a chunk that was not the last.
  case data
  case endOfData = "end_of_data"
  case quit

  package var index: Int {
    switch self {
    case .greeting: 0
    case .auth: 1
    case .mail: 2
    case .recipient: 3
    case .data: 4
    case .endOfData: 5
    case .quit: 6
    }
  }
}

/// How often a reply code came, by what it answered.
package struct CodeCounts: NamedCounts, Equatable {
  private var counts = [Int](repeating: 0, count: ReplyStage.allCases.count)

  package init() {}

  package subscript(stage: ReplyStage) -> Int { counts[stage.index] }
  package var weight: Int { counts.reduce(0, +) }

  mutating func add(_ stage: ReplyStage) { counts[stage.index] += 1 }

  package mutating func merge(_ other: CodeCounts) {
    for index in counts.indices { counts[index] += other.counts[index] }
  }
}
