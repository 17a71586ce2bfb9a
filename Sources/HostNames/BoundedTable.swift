internal import Wire

/// A dictionary that forgets what came first to it when it has become too large.
public struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private var entries: [Key: (value: Value, cost: Int)] = [:]
  /// The keys in the order in which they came, each once.
  private var order = Queue<Key>()
  private var cost = 0
  private let mostBytes: Int
  /// Entries that made room for others.
  public private(set) var forgotten = 0
  /// What an entry takes besides the bytes of its texts: in the dictionary and the queue, and the arrays' own headers.
  private static var overhead: Int { 160 }

  /// - Parameter mostBytes: What all entries together may take, bookkeeping included.
  public init(mostBytes: Int) {
    self.mostBytes = mostBytes
  }

  /// Whether nothing is remembered.
  public var isEmpty: Bool { entries.isEmpty }

  /// The value of a key; nil where it never came or was forgotten.
  public subscript(key: Key) -> Value? { entries[key]?.value }

  /// - Parameter bytes: What the key's and the value's texts take.
  public mutating func set(_ value: Value, bytes: Int, for key: Key) {
    let cost = bytes + Self.overhead
    if let old = entries.updateValue((value, cost), forKey: key) {
      self.cost -= old.cost
    } else {
      order.append(key)
    }
    self.cost += cost
    while self.cost > mostBytes, let oldest = order.popFirst() {
      forgotten += 1
      if let old = entries.removeValue(forKey: oldest) { self.cost -= old.cost }
    }
  }
}
