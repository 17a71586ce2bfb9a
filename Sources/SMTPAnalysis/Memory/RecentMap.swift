/// A map that holds so many entries and forgets the one that was set longest ago.
struct RecentMap<Value: Sendable>: Sendable {
  private var entries: [UInt64: (value: Value, stamp: UInt64)] = [:]
  /// Each key as often as it was set; only that with the entry's own stamp counts.
  private var order: [(key: UInt64, stamp: UInt64)] = []
  private var head = 0
  private var stamp: UInt64 = 0
  private let limit: Int

  init(limit: Int) {
    self.limit = max(1, limit)
  }

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }

  subscript(key: UInt64) -> Value? { entries[key]?.value }

  /// Every value, the one that was set longest ago first.
  var values: [Value] {
    order[head...].compactMap { entry in
      entries[entry.key].flatMap { $0.stamp == entry.stamp ? $0.value : nil }
    }
  }

  mutating func set(_ value: Value, for key: UInt64) {
    stamp &+= 1
    entries[key] = (value, stamp)
    order.append((key, stamp))
    while entries.count > limit, head < order.count {
      let oldest = order[head]
      head += 1
      if entries[oldest.key]?.stamp == oldest.stamp { entries[oldest.key] = nil }
    }
    if order.count > limit &* 2 &+ 64 { tidy() }
  }

  mutating func remove(_ key: UInt64) {
    entries[key] = nil
  }

  /// Drops what was set again or removed since.
  private mutating func tidy() {
    var kept: [(key: UInt64, stamp: UInt64)] = []
    kept.reserveCapacity(entries.count)
    for index in head..<order.count where entries[order[index].key]?.stamp == order[index].stamp {
      kept.append(order[index])
    }
    order = kept
    head = 0
  }
}
