/// Memory that one fills and several read: frames of a capture that are looked at behind the call which lent them.
///
/// Whoever fills it asks `isKnownUniquelyReferenced` first, and takes other memory where it is held by anybody else: so bytes
/// that others read never change.
@safe public final class SharedBytes: Sendable {
  /// Where they are. The pointer is never another one, and what it points to is written by the only holder alone: which thread
  /// that is, the count of references decides, and nothing that was captured.
  nonisolated(unsafe) package let start: UnsafeMutableRawPointer
  /// How many bytes there are, whether or not they were filled.
  public let count: Int

  /// Makes room for so many bytes, of which none is filled: the system gives memory when they are.
  public init(count: Int) {
    self.count = max(count, 0)
    unsafe start = UnsafeMutableRawPointer.allocate(byteCount: self.count, alignment: 16)
  }

  deinit {
    unsafe start.deallocate()
  }

  /// Lends all of them for a call. Those that nobody filled are of no meaning.
  @inline(__always)
  package func withBytes<R>(_ body: (Span<UInt8>) -> R) -> R {
    // The memory is as long as `count`, holds nothing but bytes, and lives as long as this object, which outlives the call.
    body(unsafe Span(_unsafeStart: start.assumingMemoryBound(to: UInt8.self), count: count))
  }
}
