extension Span where Element == UInt8 {
  /// The offset of the first blank at or after `start` that relaxed canonicalization may change (RFC 6376 section 3.4.4):
  /// a tab, and a space with a blank, a CR or the end of the bytes behind it; `count` when there is none. In most text
  /// single spaces between words are all there is. Now and then a place is told that is none, at a space or behind it.
  public func firstUnevenBlank(from start: Int) -> Int {
    let start = withoutUnevenBlanks(from: start)
    let everyByte: UInt64 = 0x0101_0101_0101_0101
    let highBits: UInt64 = 0x8080_8080_8080_8080
    var offset = Swift.max(start, 0)
    while offset &+ 9 <= count {
      let word = littleEndianUInt64(at: offset)
      let next = littleEndianUInt64(at: offset &+ 1)
      // Of each byte that is zero behind the XOR the high bit is set; a borrow may mark bytes behind the first such one.
      let spaces = Self.zeroBytes(word ^ everyByte &* 0x20)
      let tabs = Self.zeroBytes(word ^ everyByte &* 0x09)
      let followers =
        Self.zeroBytes(next ^ everyByte &* 0x20) | Self.zeroBytes(next ^ everyByte &* 0x09)
        | Self.zeroBytes(next ^ everyByte &* 0x0d)
      let uneven = (tabs | spaces & followers) & highBits
      if uneven != 0 { return offset &+ uneven.trailingZeroBitCount / 8 }
      offset &+= 8
    }
    while offset < count {
      let byte = self[offset]
      if byte == 0x09 { return offset }
      if byte == 0x20 {
        guard offset &+ 1 < count else { return offset }
        let next = self[offset &+ 1]
        if next == 0x20 || next == 0x09 || next == 0x0d { return offset }
      }
      offset &+= 1
    }
    return offset
  }

  /// Passes over blocks in which there is no such blank: the beginning of the first one where there is, or of what is left.
  ///
  /// The compiler makes no vector instructions of a checked loop, hence the `unsafe` loads.
  private func withoutUnevenBlanks(from start: Int) -> Int {
    unsafe withUnsafeBytes { buffer in
      let zero = SIMD16<UInt8>(repeating: 0)
      let (space, tab, cr) = (
        SIMD16<UInt8>(repeating: 0x20), SIMD16<UInt8>(repeating: 0x09), SIMD16<UInt8>(repeating: 0x0d)
      )
      let set = ~zero
      var offset = Swift.max(start, 0)
      // A block and the byte behind it.
      while buffer.count &- offset > 64 {
        var uneven = zero
        for step in 0..<4 {
          // place + 16 < offset + 64 < count: both loads end within the buffer.
          let place = offset &+ step &* 16
          let bytes = unsafe buffer.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self)
          let behind = unsafe buffer.loadUnaligned(fromByteOffset: place &+ 1, as: SIMD16<UInt8>.self)
          let followers =
            zero.replacing(with: set, where: behind .== space) | zero.replacing(with: set, where: behind .== tab)
            | zero.replacing(with: set, where: behind .== cr)
          uneven |= zero.replacing(with: set, where: bytes .== tab)
          uneven |= zero.replacing(with: set, where: bytes .== space) & followers
        }
        guard uneven.isZero else { return offset }
        offset &+= 64
      }
      return offset
    }
  }

  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word
  }
}

extension SIMD16<UInt8> {
  /// Whether no lane has a bit set.
  fileprivate var isZero: Bool {
    // Both types are sixteen bytes of which every value means something.
    let halves = unsafe unsafeBitCast(self, to: SIMD2<UInt64>.self)
    return halves.x | halves.y == 0
  }
}
