extension Span where Element == UInt8 {
  /// The offset of the first blank at or after `start` that relaxed canonicalization may change (RFC 6376 section 3.4.4):
  /// a tab, and a space with a blank, a CR or the end of the bytes behind it; `count` when there is none. Eight bytes at a
  /// time: in most text single spaces between words are all there is. A byte behind a space may be told that is none.
  public func firstUnevenBlank(from start: Int) -> Int {
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

  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word
  }
}
