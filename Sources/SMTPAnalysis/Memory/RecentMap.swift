/// A map that holds so many entries and forgets the one that was set longest ago.
///
/// Its values lie apart, so that the table of keys, which is never more than half full and is copied where it grows, has a
/// number for each; they lie in pages, which are never copied.
struct RecentMap<Value: Sendable>: Sendable {
  /// Counted from 1.
  private var places = KeyNumbers<UInt32>()
  /// By page and place in it; nil where it is free.
  private var pages: [[(value: Value, stamp: UInt64)?]] = []
  /// How many of their places were used so far.
  private var used = 0
  private var free: [UInt32] = []
  /// Each key as often as it was set; only that with the entry's own stamp counts.
  private var order: [(key: UInt64, stamp: UInt64)] = []
  private var head = 0
  private var stamp: UInt64 = 0
  private let limit: Int

  private static var pageSize: Int { 256 }

  init(limit: Int) {
    self.limit = max(1, limit)
  }

  var isEmpty: Bool { places.count == 0 }
  var count: Int { places.count }

  subscript(key: UInt64) -> Value? { entry(key)?.value }

  /// Every value, the one that was set longest ago first.
  var values: [Value] {
    order[head...].compactMap { set in
      entry(set.key).flatMap { $0.stamp == set.stamp ? $0.value : nil }
    }
  }

  private func entry(_ key: UInt64) -> (value: Value, stamp: UInt64)? {
    let place = places[key]
    return place > 0 ? self[place: place] : nil
  }

  private func stamp(of key: UInt64) -> UInt64? {
    let place = places[key]
    return place > 0 ? self[place: place]?.stamp : nil
  }

  private subscript(place place: UInt32) -> (value: Value, stamp: UInt64)? {
    get { pages[Int(place - 1) / Self.pageSize][Int(place - 1) % Self.pageSize] }
    set { pages[Int(place - 1) / Self.pageSize][Int(place - 1) % Self.pageSize] = newValue }
  }

  mutating func set(_ value: Value, for key: UInt64) {
    stamp &+= 1
    let place = places[key]
    if place > 0 {
      self[place: place] = (value, stamp)
    } else {
      while places.count >= limit, head < order.count { forgetFirst() }
      let place = free.popLast() ?? newPlace()
      places.set(place, for: key)
      self[place: place] = (value, stamp)
    }
    order.append((key, stamp))
    if order.count > limit &* 2 &+ 64 { tidy() }
  }

  mutating func remove(_ key: UInt64) {
    _ = take(key)
  }

  /// Gives what was set and forgets it, so that it can be changed without being copied.
  mutating func take(_ key: UInt64) -> Value? {
    let place = places.remove(key)
    guard place > 0 else { return nil }
    free.append(place)
    return pages[Int(place - 1) / Self.pageSize][Int(place - 1) % Self.pageSize].take()?.value
  }

  private mutating func newPlace() -> UInt32 {
    if used % Self.pageSize == 0 { pages.append(Array(repeating: nil, count: Self.pageSize)) }
    used += 1
    return UInt32(truncatingIfNeeded: used)
  }

  /// Forgets what was set longest ago, where it was not set again or removed since.
  private mutating func forgetFirst() {
    let oldest = order[head]
    head += 1
    if stamp(of: oldest.key) == oldest.stamp { remove(oldest.key) }
  }

  /// Drops what was set again or removed since.
  private mutating func tidy() {
    var left: [(key: UInt64, stamp: UInt64)] = []
    left.reserveCapacity(places.count)
    for index in head..<order.count where stamp(of: order[index].key) == order[index].stamp {
      left.append(order[index])
    }
    order = left
    head = 0
  }
}
