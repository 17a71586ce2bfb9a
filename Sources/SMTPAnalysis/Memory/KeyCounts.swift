/// Counts by key, and nothing else: what the library's dictionary does for four times the work.
///
/// Open addressing; the keys are well mixed already. A key whose count comes to nothing leaves no trace.
struct KeyCounts: Sendable {
  /// Count 0 is a free place. The number of places is a power of two, at most half of them taken.
  private var keys = [UInt64](repeating: 0, count: 64)
  private var counts = [Int32](repeating: 0, count: 64)
  private(set) var count = 0

  func count(of key: UInt64) -> Int {
    Int(counts[place(of: key)])
  }

  mutating func increment(_ key: UInt64) {
    let place = place(of: key)
    keys[place] = key
    if counts[place] == 0 { count += 1 }
    if counts[place] < .max { counts[place] += 1 }
    if count * 2 > keys.count { grow() }
  }

  mutating func decrement(_ key: UInt64) {
    let place = place(of: key)
    guard counts[place] > 0 else { return }
    counts[place] -= 1
    guard counts[place] == 0 else { return }
    count -= 1
    closeGap(at: place)
  }

  /// Where the key stands, or would.
  private func place(of key: UInt64) -> Int {
    var place = home(of: key)
    while counts[place] != 0, keys[place] != key { place = (place + 1) & (keys.count - 1) }
    return place
  }

  private func home(of key: UInt64) -> Int {
    Int(truncatingIfNeeded: key & UInt64(keys.count - 1))
  }

  /// What stands behind a freed place and was meant for one before it moves up.
  private mutating func closeGap(at gap: Int) {
    let mask = keys.count - 1
    var gap = gap
    var next = (gap + 1) & mask
    while counts[next] != 0 {
      let home = home(of: keys[next])
      if (next - home) & mask >= (next - gap) & mask {
        keys[gap] = keys[next]
        counts[gap] = counts[next]
        counts[next] = 0
        gap = next
      }
      next = (next + 1) & mask
    }
  }

  private mutating func grow() {
    let (oldKeys, oldCounts) = (keys, counts)
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    counts = [Int32](repeating: 0, count: oldKeys.count * 2)
    for index in oldKeys.indices where oldCounts[index] != 0 {
      let place = place(of: oldKeys[index])
      keys[place] = oldKeys[index]
      counts[place] = oldCounts[index]
    }
  }
}
