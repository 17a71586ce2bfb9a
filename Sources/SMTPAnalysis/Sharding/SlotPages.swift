internal import BasicContainers

/// What is kept of each open connection, by slot, in pages: growing moves none of it, and needs no room for two copies.
struct SlotPages<Element>: ~Copyable {
  private var pages = UniqueArray<UniqueArray<Element>>()
  private var free: [Int32] = []
  private var count = 0

  /// What is in a slot that `add` gave.
  subscript(slot: Int) -> Element {
    @inline(__always)
    _read { yield pages[slot >> Self.pageBits][slot & Self.pageMask] }
    @inline(__always)
    _modify { yield &pages[slot >> Self.pageBits][slot & Self.pageMask] }
  }

  /// A slot that was released, with what was left in it; nil where all are in use.
  mutating func reuse() -> Int? {
    free.popLast().map(Int.init)
  }

  /// Gives the slot that the element is in from now on.
  mutating func add(_ element: consuming Element) -> Int {
    if let slot = free.popLast() {
      self[Int(slot)] = element
      return Int(slot)
    }
    if count & Self.pageMask == 0 {
      pages.append(UniqueArray(minimumCapacity: Self.pageMask + 1))
    }
    pages[pages.count - 1].append(element)
    count += 1
    return count - 1
  }

  /// The slot is free; what is in it stays until the next one.
  mutating func release(_ slot: Int) {
    free.append(Int32(truncatingIfNeeded: slot))
  }

  private static var pageBits: Int { 6 }
  private static var pageMask: Int { (1 << pageBits) - 1 }
}
