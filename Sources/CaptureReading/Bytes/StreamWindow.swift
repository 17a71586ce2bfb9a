import Wire

/// A reused buffer over a stream: the bytes from the current block on, as many as were asked for.
@safe struct StreamWindow: ~Copyable {
  let stream: ByteStream
  private var memory: RefilledMemory
  private var begin = 0
  private var end = 0

  init(reading stream: ByteStream, capacity: Int) {
    self.stream = stream
    memory = RefilledMemory(count: max(capacity, 64))
  }

  /// What the bytes lie in, another one whenever ``fillings`` changes; it keeps what it has while others hold it.
  var block: SharedBytes { memory.current }
  /// How often it was begun anew.
  var fillings: Int { memory.fillings }
  /// Where in it the held bytes begin.
  var place: Int { begin }

  /// How many bytes are held.
  var available: Int { end &- begin }

  /// The offset of the first of them in the stream.
  var offset: Int { stream.position &- available }

  /// Where the held bytes are, until more are asked for.
  var start: UnsafePointer<UInt8> {
    // `begin` never passes `end`, nor that the capacity; the memory holds nothing but bytes.
    unsafe UnsafePointer((memory.current.start + begin).assumingMemoryBound(to: UInt8.self))
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
    memory.begin(with: begin..<end, count: memory.current.count)
    begin = 0
    end = held
    while end < count {
      if end == memory.current.count { grow(towards: count) }
      let room = memory.current.count - end
      let got = unsafe stream.read(into: UnsafeMutableRawBufferPointer(start: memory.current.start + end, count: room))
      guard got > 0 else { return false }
      end += got
    }
    return true
  }

  /// Doubles, since a length is believed only as far as bytes come.
  private mutating func grow(towards count: Int) {
    let capacity = memory.current.count
    memory.begin(with: 0..<end, count: min(max(count, capacity + 1), capacity * 2))
  }
}
