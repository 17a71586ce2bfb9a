/// Lines of text in one run of octets, a line feed between two of them: one array, where an array for each line would be
/// allocated, counted and freed for itself.
public struct TextLines: Equatable, Sendable {
  /// All lines, a line feed between two.
  public private(set) var joined: [UInt8] = []
  /// Where each line ends. A single one, as most replies have, ends where the text does, and needs none.
  @usableFromInline private(set) var ends: [Int] = []
  @usableFromInline private(set) var hasLines = false

  /// No line.
  public init() {}

  /// One line.
  public init(line: Span<UInt8>) {
    joined = Array(line)
    hasLines = true
  }

  /// These lines.
  public init(_ lines: some Sequence<[UInt8]>) {
    for line in lines { append(line.span) }
  }

  /// Puts a line behind the last one.
  public mutating func append(_ line: Span<UInt8>) {
    guard hasLines else { return self = TextLines(line: line) }
    if ends.isEmpty {
      // The first two tell how long the others are.
      joined.reserveCapacity(joined.count + 8 * (line.count + 1))
      ends.reserveCapacity(8)
      ends.append(joined.count)
    }
    joined.append(0x0a)
    joined.append(line)
    ends.append(joined.count)
  }

  /// Those behind the first one, at most `limit`.
  public func behindFirst(limit: Int) -> TextLines {
    var lines = TextLines()
    let count = Swift.min(count - 1, limit)
    guard count > 0 else { return lines }
    let start = ends[0] + 1
    lines.joined = Array(joined.span.extracting(start..<ends[count]))
    lines.hasLines = true
    if count > 1 { lines.ends = (1...count).map { ends[$0] - start } }
    return lines
  }

  /// The first line for which `predicate` holds.
  @inlinable
  public func firstLine(where predicate: (Span<UInt8>) -> Bool) -> [UInt8]? {
    for index in 0..<count where predicate(joined.span.extracting(octets(of: index))) { return self[index] }
    return nil
  }

  /// Hands every line to `body`, in their order.
  @inlinable
  public func forEachLine(_ body: (Span<UInt8>) -> Void) {
    for index in 0..<count { body(joined.span.extracting(octets(of: index))) }
  }

  /// Whether `predicate` holds for any line.
  @inlinable
  public func hasLine(where predicate: (Span<UInt8>) -> Bool) -> Bool {
    for index in 0..<count where predicate(joined.span.extracting(octets(of: index))) { return true }
    return false
  }

  /// Where in `joined` a line stands.
  @inlinable
  public func octets(of index: Int) -> Range<Int> {
    guard !ends.isEmpty else { return 0..<joined.count }
    return (index > 0 ? ends[index - 1] + 1 : 0)..<ends[index]
  }
}

// Each line as an array of its own, where few are looked at.
extension TextLines: RandomAccessCollection {
  /// The first line's.
  @inlinable public var startIndex: Int { 0 }
  /// How many lines there are.
  @inlinable public var endIndex: Int { hasLines ? Swift.max(ends.count, 1) : 0 }

  /// A line, copied.
  public subscript(index: Int) -> [UInt8] { Array(joined.span.extracting(octets(of: index))) }
}

extension TextLines: ExpressibleByArrayLiteral {
  /// These lines.
  public init(arrayLiteral lines: [UInt8]...) { self.init(lines) }
}
