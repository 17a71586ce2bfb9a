/// What waits, in the order in which it came. Those that were taken keep their places in front until they are as many as what
/// is left, so that taking one moves nothing.
///
/// All of it is inlined: what is generic and comes from another module is a hundred times slower otherwise.
@frozen
public struct Queue<Element> {
  @usableFromInline var entries: [Element] = []
  /// Those before it were taken.
  @usableFromInline var head = 0

  /// Nothing waits.
  @inlinable
  public init() {}

  /// How many wait.
  @inlinable public var count: Int { entries.count &- head }
  /// Whether none waits.
  @inlinable public var isEmpty: Bool { head == entries.count }
  /// What has waited longest.
  @inlinable public var first: Element? { head < entries.count ? entries[head] : nil }

  /// What waits behind so many others, looked at and changed where it lies.
  @inlinable
  public subscript(place: Int) -> Element {
    @inline(__always)
    _read { yield entries[head + place] }
    @inline(__always)
    _modify { yield &entries[head + place] }
  }

  /// The places of all that wait, from 0.
  @inlinable public var indices: Range<Int> { 0..<count }

  /// Puts one behind all others.
  @inlinable
  public mutating func append(_ element: consuming Element) {
    entries.append(element)
  }

  /// Takes what has waited longest.
  @inlinable
  @discardableResult
  public mutating func popFirst() -> Element? {
    guard head < entries.count else { return nil }
    // Mostly one waits, and needs not be copied.
    if head == 0, entries.count == 1 { return entries.popLast() }
    let first = entries[head]
    head += 1
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 64, head >= entries.count &- head {
      entries.removeFirst(head)
      head = 0
    }
    return first
  }

  /// Takes out all that `isStale` holds for.
  @inlinable
  public mutating func removeAll(where isStale: (borrowing Element) -> Bool) {
    var kept: [Element] = []
    for place in head..<entries.count where !isStale(entries[place]) { kept.append(entries[place]) }
    entries = kept
    head = 0
  }
}

extension Queue: Sendable where Element: Sendable {}
