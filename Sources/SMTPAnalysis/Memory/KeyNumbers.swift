/// A number by key, and nothing else: what the library's dictionary does for four times the work.
///
/// Open addressing. The product with the golden ratio tells where a key belongs, so that numbers in a row or at even
/// distances may be keys. Whatever else a peer can choose needs a secret in it, as `MemoryKey` has.
struct KeyNumbers<Number: FixedWidthInteger & Sendable>: Sendable {
  /// Number 0 is a free place. The number of places is a power of two, at most half of them taken.
  private var keys = [UInt64](repeating: 0, count: 64)
  private var numbers = [Number](repeating: 0, count: 64)
  private(set) var count = 0

  /// The number of a key; 0 for one that has none.
  subscript(key: UInt64) -> Number { numbers[place(of: key)] }

  /// Gives a key that has none its number.
  mutating func set(_ number: Number, for key: UInt64) {
    change(key) { $0 = number }
  }

  /// Takes a key's number away; 0 for one that had none.
  @discardableResult
  mutating func remove(_ key: UInt64) -> Number {
    var number: Number = 0
    change(key) { swap(&$0, &number) }
    return number
  }

  /// Counts a key once more, as far as can be counted.
  mutating func increment(_ key: UInt64) {
    change(key) { if $0 < .max { $0 += 1 } }
  }

  mutating func decrement(_ key: UInt64) {
    change(key) { if $0 > 0 { $0 -= 1 } }
  }

  /// A key whose number comes to nothing leaves no trace.
  @inline(__always)
  private mutating func change(_ key: UInt64, _ body: (inout Number) -> Void) {
    let place = place(of: key)
    let wasFree = numbers[place] == 0
    body(&numbers[place])
    let isFree = numbers[place] == 0
    if wasFree, !isFree {
      keys[place] = key
      count += 1
      if count * 2 > keys.count { grow() }
    } else if isFree, !wasFree {
      count -= 1
      closeGap(at: place)
    }
  }

  /// Where the key stands, or would.
  private func place(of key: UInt64) -> Int {
    var place = home(of: key)
    while numbers[place] != 0, keys[place] != key { place = (place + 1) & (keys.count - 1) }
    return place
  }

  private func home(of key: UInt64) -> Int {
    // As many of the product's upper bits as a place has: the lower ones tell of the key's lower ones alone.
    let shift = UInt64(64 - keys.count.trailingZeroBitCount)
    return Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) &>> shift)
  }

  /// What stands behind a freed place and was meant for one before it moves up.
  private mutating func closeGap(at gap: Int) {
    let mask = keys.count - 1
    var gap = gap
    var next = (gap + 1) & mask
    while numbers[next] != 0 {
      let home = home(of: keys[next])
      if (next - home) & mask >= (next - gap) & mask {
        keys[gap] = keys[next]
        numbers[gap] = numbers[next]
        numbers[next] = 0
        gap = next
      }
      next = (next + 1) & mask
    }
  }

  private mutating func grow() {
    let (oldKeys, oldNumbers) = (keys, numbers)
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    numbers = [Number](repeating: 0, count: oldKeys.count * 2)
    for index in oldKeys.indices where oldNumbers[index] != 0 {
      let place = place(of: oldKeys[index])
      keys[place] = oldKeys[index]
      numbers[place] = oldNumbers[index]
    }
  }
}
