internal import BasicContainers

/// Connections by slot, in pages: growing moves none of them, and needs no room for two copies.
///
/// Nobody shares the pages, and none asks for each packet whether somebody does.
struct ConnectionSlots: ~Copyable {
  private var pages = UniqueArray<UniqueArray<Connection>>()
  private var free: [Int32] = []
  /// Slots that were ever used.
  private(set) var count = 0

  /// Slots in use.
  var used: Int { count - free.count }

  subscript(slot: Int) -> Connection {
    @inline(__always)
    _read { yield pages[slot >> ConnectionSlots.pageBits][slot & ConnectionSlots.pageMask] }
    @inline(__always)
    _modify { yield &pages[slot >> ConnectionSlots.pageBits][slot & ConnectionSlots.pageMask] }
  }

  /// The slot that the next connection goes into, which the caller fills with `place`.
  mutating func next() -> Int {
    if let slot = free.popLast() { return Int(slot) }
    return count
  }

  mutating func place(_ connection: consuming Connection, at slot: Int) {
    if slot < count {
      self[slot] = connection
      return
    }
    if slot & ConnectionSlots.pageMask == 0 {
      pages.append(UniqueArray(minimumCapacity: ConnectionSlots.pageMask + 1))
    }
    pages[pages.count - 1].append(connection)
    count += 1
  }

  mutating func release(_ slot: Int) {
    self[slot].life.phase = .free
    free.append(Int32(truncatingIfNeeded: slot))
  }

  /// Whether the deadline belongs to the connection that its slot holds now.
  func isCurrent(_ entry: TimerQueue.Entry) -> Bool {
    let slot = Int(entry.slot)
    return self[slot].generation == entry.generation && self[slot].life.phase != .free
  }

  private static let pageBits = 8
  private static let pageMask = (1 << pageBits) - 1
}
