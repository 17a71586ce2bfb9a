/// Which messages' files are open, a bounded number of them, the least recently used one first to go.
struct OpenFiles {
  private struct Slot {
    var key: Int
    var descriptor: Int32
    var lastUse: UInt64
  }

  private let limit: Int
  private var slots: [Slot] = []
  private var clock: UInt64 = 0

  init(limit: Int) {
    self.limit = max(limit, 1)
  }

  var isFull: Bool { slots.count >= limit }

  var descriptors: [Int32] { slots.map(\.descriptor) }

  /// The descriptor of a message's file, which counts as a use; nil when it is not open.
  mutating func descriptor(of key: Int) -> Int32? {
    guard let index = slots.firstIndex(where: { $0.key == key }) else { return nil }
    clock &+= 1
    slots[index].lastUse = clock
    return slots[index].descriptor
  }

  /// Adds an open file; make room before.
  mutating func insert(_ descriptor: Int32, for key: Int) {
    clock &+= 1
    slots.append(Slot(key: key, descriptor: descriptor, lastUse: clock))
  }

  /// Takes out the file of a message; the caller closes it.
  mutating func remove(_ key: Int) -> Int32? {
    guard let index = slots.firstIndex(where: { $0.key == key }) else { return nil }
    let slot = slots[index]
    slots.swapAt(index, slots.count - 1)
    slots.removeLast()
    return slot.descriptor
  }

  /// Takes out the least recently used file; the caller closes it. Nil when none is open.
  mutating func removeLeastRecentlyUsed() -> (key: Int, descriptor: Int32)? {
    guard let oldest = slots.min(by: { $0.lastUse < $1.lastUse }), let descriptor = remove(oldest.key) else {
      return nil
    }
    return (oldest.key, descriptor)
  }
}
