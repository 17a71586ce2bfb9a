/// How often each of a few cases came up. They are looked for one by one: a dictionary would hash the cases' names.
public struct Tally<Case: Equatable & Sendable>: Sendable {
  /// Those that came up, as they did first.
  private var entries: [(key: Case, count: Int)] = []

  /// Of no case.
  public init() {}

  /// How often a case came up; nil for one that never did.
  public subscript(key: Case) -> Int? { place(of: key).map { entries[$0].count } }

  /// Each case's number, in no order.
  public var values: [Int] { entries.map(\.count) }

  mutating func add(_ more: Int, to key: Case) {
    if let place = place(of: key) { entries[place].count += more } else { entries.append((key, more)) }
  }

  private func place(of key: Case) -> Int? { entries.firstIndex { $0.key == key } }
}

extension Tally: Equatable, ExpressibleByDictionaryLiteral {
  /// Cases and their numbers.
  public init(dictionaryLiteral elements: (Case, Int)...) {
    for (key, count) in elements { add(count, to: key) }
  }

  /// Whether the same cases came up as often in both.
  public static func == (left: Tally, right: Tally) -> Bool {
    left.entries.count == right.entries.count && left.entries.allSatisfy { right[$0.key] == $0.count }
  }
}
