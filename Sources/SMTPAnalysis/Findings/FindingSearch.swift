extension FindingID {
  /// The finding of this id, whatever its case; `_` may stand for `-`.
  public init?(named name: String) {
    self.init(rawValue: Self.normalized(name))
  }

  /// The findings that a wrong name may stand for, the likeliest first, five at most: those whose ids begin with it,
  /// then those that contain it, then those of which the whole or a word differs by little.
  public static func suggestions(for name: String) -> [FindingID] {
    let name = normalized(name)
    guard !name.isEmpty, name.utf8.count <= longestSearched else { return [] }
    let beginning = allCases.filter { $0.rawValue.hasPrefix(name) }
    let containing = allCases.filter { $0.rawValue.contains(name) && !beginning.contains($0) }
    let found = (beginning + containing).prefix(suggested)
    guard found.isEmpty else { return Array(found) }
    let distances = allCases.map { id in
      let words = id.rawValue.split(separator: "-").filter { $0.count > 3 }.map(String.init)
      return (id: id, distance: ([id.rawValue] + words).map { distance(from: name, to: $0) }.min() ?? 0)
    }
    .filter { $0.distance <= max(1, name.utf8.count / 3) }
    let nearest = distances.map(\.distance).min() ?? 0
    return distances.filter { $0.distance <= nearest + 1 }.sorted { $0.distance < $1.distance }.prefix(suggested)
      .map(\.id)
  }

  private static let suggested = 5
  private static let longestSearched = 64

  private static func normalized(_ name: String) -> String {
    String(name.lowercased().map { $0 == "_" ? "-" : $0 })
  }

  /// How many letters must be put in, left out or replaced.
  public static func distance(from one: String, to other: String) -> Int {
    let (one, other) = (Array(one.utf8), Array(other.utf8))
    var row = Array(0...other.count)
    for (line, letter) in one.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for column in other.indices {
        let replaced = diagonal + (letter == other[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[other.count]
  }
}
