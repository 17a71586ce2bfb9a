internal import BasicContainers

/// The mail sessions that are open, in pages: growing moves none of them, and needs no room for two copies.
struct MailSessionSlots: ~Copyable {
  private var pages = UniqueArray<UniqueArray<MailSession?>>()
  private var free: [Int32] = []
  private var count = 0

  /// The session in a slot; nil behind its end.
  subscript(slot: Int) -> MailSession? {
    @inline(__always)
    _read { yield pages[slot >> MailSessionSlots.pageBits][slot & MailSessionSlots.pageMask] }
    @inline(__always)
    _modify { yield &pages[slot >> MailSessionSlots.pageBits][slot & MailSessionSlots.pageMask] }
  }

  /// Gives the slot that the session is in from now on.
  mutating func add(_ session: consuming MailSession) -> Int {
    if let slot = free.popLast() {
      self[Int(slot)] = session
      return Int(slot)
    }
    if count & MailSessionSlots.pageMask == 0 {
      pages.append(UniqueArray(minimumCapacity: MailSessionSlots.pageMask + 1))
    }
    pages[pages.count - 1].append(session)
    count += 1
    return count - 1
  }

  mutating func release(_ slot: Int) {
    self[slot] = nil
    free.append(Int32(truncatingIfNeeded: slot))
  }

  private static let pageBits = 6
  private static let pageMask = (1 << pageBits) - 1
}
