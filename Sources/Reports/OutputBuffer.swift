import Wire

/// A growing run of bytes that a report is written into; whoever owns the file or the terminal drains it.
package struct OutputBuffer: Sendable {
  /// The bytes that wait, and behind them room: asking whether there is some is all that most words cost.
  private var storage: [UInt8]
  /// How many bytes the storage has.
  private var capacity: Int
  /// How many bytes wait to be drained.
  package private(set) var count = 0

  /// An empty buffer that takes `capacity` bytes before it grows.
  package init(capacity: Int = 1 << 16) {
    storage = [UInt8](repeating: 0, count: max(capacity, 0))
    self.capacity = storage.count
  }

  /// The last byte that waits.
  var last: UInt8? { count > 0 && count <= storage.count ? storage[count &- 1] : nil }

  /// Takes back everything behind the first `length` bytes that wait.
  mutating func shorten(to length: Int) {
    count = min(max(length, 0), count)
  }

  /// What waits.
  var bytes: ArraySlice<UInt8> { storage[..<count] }

  /// Hands all that waits to `write` and forgets it, the capacity is kept; when `write` throws, the bytes stay.
  package mutating func drain<Failure: Error>(to write: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    try Self.hand(storage, count, to: write)
    count = 0
  }

  private static func hand<Failure: Error>(
    _ bytes: [UInt8], _ count: Int, to write: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    try write(bytes.span.extracting(first: count))
  }

  /// Makes room for so many bytes more.
  @inline(__always)
  private mutating func reserve(_ room: Int) {
    if capacity &- count < room { grow(by: room) }
  }

  @inline(never)
  private mutating func grow(by room: Int) {
    storage.append(contentsOf: repeatElement(0, count: max(storage.count, room, 256)))
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
    storage.write(first, second, third, at: count)
    count &+= length
  }

  /// Appends the bytes as they are.
  package mutating func append(_ run: Span<UInt8>) {
    reserve(run.count)
    storage.write(run, at: count)
    count &+= run.count
  }

  /// Appends one byte.
  package mutating func append(byte: UInt8) {
    reserve(1)
    storage[count] = byte
    count &+= 1
  }

  /// Appends an integer in decimal.
  package mutating func append(_ number: Int) {
    if number < 0 { append(byte: UInt8(ascii: "-")) }
    appendDigits(UInt64(number.magnitude), atLeast: 1)
  }

  /// Appends a number in decimal, with zeros in front up to `width` digits.
  mutating func appendDigits(_ number: UInt64, atLeast width: Int) {
    if number < 10, width <= 1 { return append(byte: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)) }
    var length = 1
    var rest = number / 10
    while rest > 0 {
      rest /= 10
      length += 1
    }
    appendLastDigits(of: number, count: max(length, width))
  }

  /// Appends the last `count` digits of a number, with zeros in front where it has fewer.
  @inline(__always)
  mutating func appendLastDigits(of number: UInt64, count length: Int) {
    reserve(length)
    let start = count
    var rest = number
    do {
      var target = storage.mutableSpan
      var index = start &+ length
      while index > start {
        index &-= 1
        target[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
    }
    count &+= length
  }

  /// Appends `nanoseconds` in units of 10^`exponent` nanoseconds, with all its decimals but no zeros at their end.
  package mutating func append(nanoseconds: Int64, exponent: Int) {
    if nanoseconds < 0 { append(byte: UInt8(ascii: "-")) }
    var unit: UInt64 = 1
    for _ in 0..<exponent { unit *= 10 }
    let (whole, part) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: unit)
    appendDigits(whole, atLeast: 1)
    var fraction = part
    guard fraction > 0 else { return }
    var width = exponent
    while fraction % 10 == 0 {
      fraction /= 10
      width -= 1
    }
    append(byte: UInt8(ascii: "."))
    appendLastDigits(of: fraction, count: width)
  }

  /// Appends a duration in milliseconds, exact to the nanosecond, as JSON numbers are written.
  package mutating func append(milliseconds nanoseconds: Int64) {
    append(nanoseconds: nanoseconds, exponent: 6)
  }
}
