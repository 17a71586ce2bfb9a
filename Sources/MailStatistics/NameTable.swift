/// What is counted by a name.
package protocol NamedCounts: Sendable {
  init()
  /// How much a name counts for: what weighs least goes first.
  var weight: Int { get }
  mutating func merge(_ other: Self)
}

/// Counts by names that the wire chooses, within a bound.
///
/// The commonest names stay, whenever they are met: where twice the limit is reached, the lighter half is summed up and
/// forgotten. What a forgotten name had counted is not lost but stands among the others; should it come again it begins
/// anew, so that a name may have counted up to ``undercount`` more than it shows.
package struct NameTable<Name: Hashable & Sendable, Counts: NamedCounts>: Sendable {
  /// In the order in which they were met.
  package private(set) var entries: [(name: Name, counts: Counts)] = []
  private var places: [Name: Int] = [:]
  /// Of all names that were forgotten.
  package private(set) var others = Counts()
  /// How often a name was forgotten.
  package private(set) var forgotten = 0
  /// By how much a name's weight may be told too low.
  package private(set) var undercount = 0
  private let limit: Int

  package init(limit: Int) {
    self.limit = max(limit, 1)
  }

  /// How many names there were; nil where some were forgotten, and there were more than ``entries``.
  package var distinct: Int? { forgotten == 0 ? entries.count : nil }

  /// Changes the counts of a name.
  package mutating func count(_ name: Name, _ change: (inout Counts) -> Void) {
    if let place = places[name] { return change(&entries[place].counts) }
    if entries.count >= 2 * limit { forgetRarest() }
    places[name] = entries.count
    entries.append((name, Counts()))
    change(&entries[entries.count - 1].counts)
  }

  private mutating func forgetRarest() {
    let weights = entries.map(\.counts.weight).sorted(by: >)
    guard weights.indices.contains(limit) else { return }
    let threshold = weights[limit]
    // Those that weigh as much as the first that goes stay as long as there is room, the older ones before the newer.
    var room = limit - weights.prefix(limit).count { $0 > threshold }
    var kept: [(name: Name, counts: Counts)] = []
    kept.reserveCapacity(2 * limit)
    for entry in entries {
      let weight = entry.counts.weight
      if weight > threshold {
        kept.append(entry)
      } else if weight == threshold, room > 0 {
        room -= 1
        kept.append(entry)
      } else {
        others.merge(entry.counts)
        forgotten += 1
      }
    }
    undercount += threshold
    entries = kept
    places.removeAll(keepingCapacity: true)
    for (place, entry) in entries.enumerated() { places[entry.name] = place }
  }
}
