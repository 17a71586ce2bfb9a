import Wire

/// Memory that a reader fills again and again, each time other memory where somebody still holds what is in it.
struct RefilledMemory {
  /// What was filled last.
  private(set) var current: SharedBytes
  /// What was filled before and was held then.
  private var others: [SharedBytes] = []
  /// How often it was begun anew.
  private(set) var fillings = 0

  /// Makes room for so many bytes.
  init(count: Int) {
    current = SharedBytes(count: count)
  }

  /// Begins anew with the bytes of `range`, which come to stand in front, in memory of `count` bytes.
  mutating func begin(with range: Range<Int>, count: Int) {
    fillings &+= 1
    if count == current.count, isKnownUniquelyReferenced(&current) {
      // Both ranges lie inside and may overlap.
      unsafe current.start.copyMemory(from: current.start + range.lowerBound, byteCount: range.count)
      return
    }
    let next = free(of: count) ?? SharedBytes(count: count)
    // The range lies inside of what was filled, and is no longer than what comes.
    unsafe next.start.copyMemory(from: current.start + range.lowerBound, byteCount: range.count)
    if count == current.count { others.append(current) }
    current = next
  }

  /// Memory of this size that nobody holds any more; what has another size is of no use any more.
  private mutating func free(of count: Int) -> SharedBytes? {
    others.removeAll { $0.count != count }
    let place = others.indices.first { isKnownUniquelyReferenced(&others[$0]) }
    return place.map { others.remove(at: $0) }
  }
}
