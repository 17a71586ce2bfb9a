/// Which lines of two lists have no counterpart in the other.
struct LineDifference {
  private(set) var removed: Set<Int> = []
  private(set) var inserted: Set<Int> = []

  /// Differing lines of both lists that are held against each other in any order. The time and the memory that it takes grow
  /// with their square, and peers choose what they say; of more, those in the same place are.
  private static let limit = 1000

  init<Line: Hashable>(from one: [Line], to other: [Line]) {
    var start = 0
    while start < min(one.count, other.count), one[start] == other[start] { start += 1 }
    var end = 0
    while end < min(one.count, other.count) - start, one[one.count - 1 - end] == other[other.count - 1 - end] {
      end += 1
    }
    let left = start..<one.count - end
    let right = start..<other.count - end
    guard left.count + right.count > LineDifference.limit else {
      for step in Array(other[right]).difference(from: Array(one[left])) {
        switch step {
        case .remove(let offset, _, _): removed.insert(start + offset)
        case .insert(let offset, _, _): inserted.insert(start + offset)
        }
      }
      return
    }
    for index in left where !right.contains(index) || one[index] != other[index] { removed.insert(index) }
    for index in right where !left.contains(index) || one[index] != other[index] { inserted.insert(index) }
  }
}
