/// A reused buffer over a stream: the bytes from the current block on, as many as were asked for.
@safe struct StreamWindow: ~Copyable {
  let stream: ByteStream
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var begin = 0
  private var end = 0

  init(reading stream: ByteStream, capacity: Int) {
    self.stream = stream
    self.capacity = max(capacity, 64)
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit {
    unsafe base.deallocate()
  }

  /// How many bytes are held.
  var available: Int { end &- begin }

  /// The offset of the first of them in the stream.
  var offset: Int { stream.position &- available }

  /// Where the held bytes are, until more are asked for.
  var start: UnsafePointer<UInt8> {
    // `begin` never passes `end`, nor that the capacity; the memory holds nothing but bytes.
    unsafe UnsafePointer((base + begin).assumingMemoryBound(to: UInt8.self))
  }

  /// Reads until `count` bytes are held; false when the stream ends before.
  mutating func hold(_ count: Int) -> Bool {
    available >= count || refill(count)
  }

  /// Lets go of the first `count` bytes.
  mutating func drop(_ count: Int) {
    begin = min(begin &+ count, end)
  }

  private mutating func refill(_ count: Int) -> Bool {
    let held = available
    // Both ranges lie inside the buffer and may overlap.
    unsafe base.copyMemory(from: base + begin, byteCount: held)
    begin = 0
    end = held
    while end < count {
      if end == capacity { grow(towards: count) }
      let got = unsafe stream.read(into: UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end))
      guard got > 0 else { return false }
      end += got
    }
    return true
  }

  /// Doubles, since a length is believed only as far as bytes come.
  private mutating func grow(towards count: Int) {
    let larger = min(max(count, capacity + 1), capacity * 2)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    unsafe moved.copyMemory(from: base, byteCount: end)
    unsafe base.deallocate()
    unsafe base = moved
    capacity = larger
  }
}
