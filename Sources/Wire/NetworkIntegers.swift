// Integers as they stand on the wire. Every read is bounds-checked by the span: check the length of a header once, then
// read its fields. Inlined always: as calls they are half of what decoding a packet costs, and the compiler tends to make
// them calls where a header has many fields.

extension Span where Element == UInt8 {
  /// The 16-bit integer in network order at `offset`.
  @inlinable @inline(__always)
  public func bigEndianUInt16(at offset: Int) -> UInt16 {
    UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  /// The 32-bit integer in network order at `offset`.
  @inlinable @inline(__always)
  public func bigEndianUInt32(at offset: Int) -> UInt32 {
    precondition(offset >= 0 && offset <= count &- 4)
    // The four bytes lie within the span. Byte by byte the compiler joins them only where it happens to keep them together.
    return unsafe withUnsafeBytes { buffer in
      UInt32(bigEndian: unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
  }

  /// The 64-bit integer in network order at `offset`.
  @inlinable @inline(__always)
  public func bigEndianUInt64(at offset: Int) -> UInt64 {
    UInt64(bigEndianUInt32(at: offset)) << 32 | UInt64(bigEndianUInt32(at: offset + 4))
  }

  /// The 16-bit integer in little-endian order at `offset`.
  @inlinable @inline(__always)
  public func littleEndianUInt16(at offset: Int) -> UInt16 {
    bigEndianUInt16(at: offset).byteSwapped
  }

  /// The 64-bit integer in little-endian order at `offset`.
  @inlinable @inline(__always)
  public func littleEndianUInt64(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= count &- 8)
    // The eight bytes lie within the span; byte by byte, with a check each, they cost ten times as much.
    return unsafe withUnsafeBytes { buffer in
      UInt64(littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
  }

  /// The 32-bit integer in little-endian order at `offset`.
  @inlinable @inline(__always)
  public func littleEndianUInt32(at offset: Int) -> UInt32 {
    bigEndianUInt32(at: offset).byteSwapped
  }
}
