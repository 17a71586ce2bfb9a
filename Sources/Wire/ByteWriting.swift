// Writing over bytes where there is room: for output that is put together of many short words, where appending
// each of them would cost several times the copy. Like a subscript, these stop the process when told to write outside;
// inlined always, so that a literal's copy becomes the few stores that its length needs.

extension MutableSpan where Element == UInt8 {
  /// Writes the bytes of a literal, which may come in three pieces, over those from `offset` on.
  @inlinable @inline(__always)
  public mutating func write(
    _ first: StaticString, _ second: StaticString = "", _ third: StaticString = "", at offset: Int
  ) {
    let behindFirst = offset &+ first.utf8CodeUnitCount
    let behindSecond = behindFirst &+ second.utf8CodeUnitCount
    let length = first.utf8CodeUnitCount &+ second.utf8CodeUnitCount &+ third.utf8CodeUnitCount
    unsafe withUnsafeMutableBytes { buffer in
      precondition(offset >= 0 && length <= buffer.count &- offset)
      guard let base = buffer.baseAddress else { return }
      // `length` bytes from `offset` on lie within the array, as was checked; a literal is a pointer to its bytes.
      unsafe (base + offset).copyMemory(from: first.utf8Start, byteCount: first.utf8CodeUnitCount)
      unsafe (base + behindFirst).copyMemory(from: second.utf8Start, byteCount: second.utf8CodeUnitCount)
      unsafe (base + behindSecond).copyMemory(from: third.utf8Start, byteCount: third.utf8CodeUnitCount)
    }
  }

  /// Writes the bytes of a span over those from `offset` on.
  @inlinable @inline(__always)
  public mutating func write(_ bytes: Span<UInt8>, at offset: Int) {
    let length = bytes.count
    unsafe withUnsafeMutableBytes { buffer in
      precondition(offset >= 0 && length <= buffer.count &- offset)
      unsafe bytes.withUnsafeBytes { source in
        guard let base = buffer.baseAddress, let start = source.baseAddress else { return }
        // As above; a span of the same array cannot be had while the array is written.
        unsafe (base + offset).copyMemory(from: start, byteCount: length)
      }
    }
  }
}
