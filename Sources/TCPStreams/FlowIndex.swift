/// An open-addressing table from hashes of flow keys to slots: linear probing, no tombstones, at most half full.
///
/// It keeps hashes only; whether a candidate is the flow looked for, whoever asks tells.
struct FlowIndex {
  /// The upper half is the hash, the lower half the slot and one; zero is empty.
  private var buckets: [UInt64]
  private var count = 0

  init() {
    // There are many tables, and a short run touches what each begins with.
    buckets = [UInt64](repeating: 0, count: 64)
  }

  /// The first slot of this hash that is the one looked for; nil when there is none.
  @inline(__always)
  func slot(of hash: UInt32, where isRight: (Int) -> Bool) -> Int? {
    let mask = buckets.count - 1
    var bucket = Int(hash) & mask
    while true {
      let entry = buckets[bucket]
      if entry == 0 { return nil }
      if UInt32(truncatingIfNeeded: entry >> 32) == hash {
        let slot = Int(UInt32(truncatingIfNeeded: entry)) - 1
        if isRight(slot) { return slot }
      }
      bucket = (bucket + 1) & mask
    }
  }

  mutating func insert(hash: UInt32, slot: Int) {
    if count * 2 >= buckets.count { grow() }
    place(UInt64(hash) << 32 | UInt64(slot + 1))
    count += 1
  }

  mutating func remove(hash: UInt32, slot: Int) {
    let wanted = UInt64(hash) << 32 | UInt64(slot + 1)
    let mask = buckets.count - 1
    var hole = Int(hash) & mask
    while buckets[hole] != wanted {
      if buckets[hole] == 0 { return }
      hole = (hole + 1) & mask
    }
    // Entries behind the hole move up, so that no search ends before it should.
    var bucket = hole
    while true {
      bucket = (bucket + 1) & mask
      let entry = buckets[bucket]
      if entry == 0 { break }
      let home = Int(UInt32(truncatingIfNeeded: entry >> 32)) & mask
      if (bucket - home) & mask >= (bucket - hole) & mask {
        buckets[hole] = entry
        hole = bucket
      }
    }
    buckets[hole] = 0
    count -= 1
  }

  private mutating func place(_ entry: UInt64) {
    let mask = buckets.count - 1
    var bucket = Int(UInt32(truncatingIfNeeded: entry >> 32)) & mask
    while buckets[bucket] != 0 { bucket = (bucket + 1) & mask }
    buckets[bucket] = entry
  }

  private mutating func grow() {
    let old = buckets
    buckets = [UInt64](repeating: 0, count: old.count * 2)
    for entry in old where entry != 0 { place(entry) }
  }
}
