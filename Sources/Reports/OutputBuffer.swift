import BasicContainers
import Wire

/// A growing run of bytes that a report is written into; whoever owns the file or the terminal drains it.
///
/// There is one of each, and nobody asks so before a word is written: a record has hundreds of them.
package struct OutputBuffer: ~Copyable, Sendable {
  /// The bytes that wait, and behind them room: asking whether there is some is all that most words cost.
  private var storage: UniqueArray<UInt8>
  /// How many bytes the storage has.
  private var capacity: Int
  /// How many bytes wait to be drained.
  package private(set) var count = 0

  /// The date that was written last, nearly always that of the next record too, and its days since 1970-01-01.
  var lastDate = (day: Int64.min, text: DateText(CivilTime(CaptureTime(nanoseconds: 0))))

  /// An empty buffer that takes `capacity` bytes before it grows.
  package init(capacity: Int = 1 << 16) {
    storage = UniqueArray(repeating: 0, count: max(capacity, 0))
    self.capacity = storage.count
  }

  /// The last byte that waits.
  var last: UInt8? { count > 0 && count <= storage.count ? storage[count &- 1] : nil }

  /// Takes back everything behind the first `length` bytes that wait.
  mutating func shorten(to length: Int) {
    count = min(max(length, 0), count)
  }

  /// A copy of what waits.
  package var bytes: [UInt8] { Array(storage.span.extracting(first: count)) }

  /// Hands all that waits to `write` and forgets it, the capacity is kept; when `write` throws, the bytes stay.
  package mutating func drain<Failure: Error>(to write: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    try write(storage.span.extracting(first: count))
    count = 0
  }

  /// Makes room for so many bytes more.
  @inline(__always)
  private mutating func reserve(_ room: Int) {
    if capacity &- count < room { grow(by: room) }
  }

  @inline(never)
  private mutating func grow(by room: Int) {
    let more = max(storage.count, room, 256)
    storage.append(addingCount: more) { $0.append(repeating: 0, count: more) }
    capacity = storage.count
  }

  /// Appends text as UTF-8.
  package mutating func append(_ text: String) {
    append(text.utf8.span)
  }

  /// Appends a literal, which may come in three pieces.
  @inline(__always)
  mutating func append(literal first: StaticString, _ second: StaticString = "", _ third: StaticString = "") {
    let length = first.utf8CodeUnitCount &+ second.utf8CodeUnitCount &+ third.utf8CodeUnitCount
    reserve(length)
    let start = count
    var room = storage.mutableSpan
    room.write(first, second, third, at: start)
    count &+= length
  }

  /// Appends the bytes as they are.
  package mutating func append(_ run: Span<UInt8>) {
    reserve(run.count)
    let start = count
    var room = storage.mutableSpan
    room.write(run, at: start)
    count &+= run.count
  }

  /// Appends one byte.
  package mutating func append(byte: UInt8) {
    reserve(1)
    storage[count] = byte
    count &+= 1
  }

  /// Appends the first `length` bytes of a word, 0 to 8, its lowest first: one store, however many they are.
  @inline(__always)
  mutating func append(first length: Int, of word: UInt64) {
    reserve(8)
    let start = count
    let bytes = [8 of UInt8] { UInt8(truncatingIfNeeded: word &>> UInt64($0 &* 8)) }
    var room = storage.mutableSpan
    room.write(bytes.span, at: start)
    count &+= min(max(length, 0), 8)
  }
}
