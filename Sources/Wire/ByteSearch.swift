private import COctets
private import Glibc

// Finding and comparing bytes with the C library's vectorised loops and one of our own: memchr finds the lines of a full
// segment in a fifth of the instructions of a checked loop.

extension Span where Element == UInt8 {
  /// The offset of the first `byte` at or after `start`; nil when there is none.
  public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    guard start >= 0, start < count else { return nil }
    return unsafe withUnsafeBytes { buffer in
      // `start < count`, so the buffer is not empty, has a base address, and the length handed to memchr ends with it.
      guard let base = buffer.baseAddress,
        let hit = unsafe memchr(base + start, Int32(byte), buffer.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - base
    }
  }

  /// The offset of the first `byte` behind `start` that has one of at most `most` before it; nil when there is none.
  public func firstIndex(of byte: UInt8, behindAtMost most: UInt8, from start: Int) -> Int? {
    guard start >= 0, start < count else { return nil }
    let hit = unsafe withUnsafeBytes { buffer in
      // `start < count`, so the buffer is not empty, has a base address, and the length handed over ends with it.
      guard let base = buffer.baseAddress else { return count }
      let from = unsafe (base + start).assumingMemoryBound(to: UInt8.self)
      return unsafe start &+ smtpscope_find_behind(from, buffer.count &- start, byte, most)
    }
    return hit < count ? hit : nil
  }

  /// The offset of the last `byte`; nil when there is none.
  public func lastIndex(of byte: UInt8) -> Int? {
    let everyByte: UInt64 = 0x0101_0101_0101_0101
    let lowBits = everyByte &* 0x7f
    var end = count
    // Eight bytes at a time: in one that is zero behind the XOR neither its high bit is set nor does one carry into it.
    while end >= 8 {
      let word = littleEndianUInt64(at: end &- 8) ^ everyByte &* UInt64(byte)
      let hits = ~((word & lowBits) &+ lowBits | word | lowBits)
      if hits != 0 { return end &- 1 &- hits.leadingZeroBitCount / 8 }
      end &-= 8
    }
    while end > 0 {
      end &-= 1
      if self[end] == byte { return end }
    }
    return nil
  }

  /// Whether any octet is over 127: for the few of a command line, where ``octetKinds`` takes its time to begin.
  public var hasEightBit: Bool {
    var all: UInt64 = 0
    var end = count
    while end >= 8 {
      all |= littleEndianUInt64(at: end &- 8)
      end &-= 8
    }
    while end > 0 {
      end &-= 1
      all |= UInt64(self[end])
    }
    return all & 0x8080_8080_8080_8080 != 0
  }

  /// Whether the bytes from `start` on begin with `prefix`.
  public func hasBytes(_ prefix: StaticString, at start: Int = 0) -> Bool {
    let length = prefix.utf8CodeUnitCount
    guard start >= 0, start <= count, length <= count - start else { return false }
    return unsafe withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return length == 0 }
      // Both ranges were checked above; a StaticString of our own literals is always a pointer to its bytes.
      return unsafe memcmp(base + start, prefix.utf8Start, length) == 0
    }
  }

  /// Whether the bytes begin with an ASCII word, in any case of letters.
  public func hasBytesIgnoringCase(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard length <= count else { return false }
    return word.withUTF8Buffer { letters in
      for index in 0..<length {
        // `index` is less than the count of both.
        let letter = unsafe letters[index]
        let byte = self[index]
        guard byte == letter || byte | 0x20 == letter | 0x20 && 0x61 <= byte | 0x20 && byte | 0x20 <= 0x7a else {
          return false
        }
      }
      return true
    }
  }

  /// Whether the bytes are the same as those of `other`.
  public func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return unsafe withUnsafeBytes { left in
      unsafe other.withUnsafeBytes { right in
        guard let a = left.baseAddress, let b = right.baseAddress else { return true }
        return unsafe memcmp(a, b, left.count) == 0  // both are `count` long
      }
    }
  }

  /// The offset of the first byte at or after `start` that is not printable ASCII, or is a quotation mark or a backslash;
  /// `count` when there is none. Eight bytes at a time: most text is nothing else.
  public func endOfPlainText(from start: Int) -> Int {
    let everyByte: UInt64 = 0x0101_0101_0101_0101
    var offset = max(start, 0)
    while offset &+ 8 <= count {
      // The eight bytes lie within the span, as was checked.
      let word = unsafe withUnsafeBytes { buffer in
        UInt64(littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      // Of each byte the high bit is set if it is over 0x7f, under 0x20, or the same as one of three. A borrow may mark
      // bytes behind the first marked one, which alone counts.
      let quotes = word ^ everyByte &* 0x22
      let backslashes = word ^ everyByte &* 0x5c
      let deletes = word ^ everyByte &* 0x7f
      let marked =
        word | (word &- everyByte &* 0x20) & ~word | (quotes &- everyByte) & ~quotes
        | (backslashes &- everyByte) & ~backslashes | (deletes &- everyByte) & ~deletes
      let special = marked & (everyByte &* 0x80)
      if special != 0 { return offset &+ special.trailingZeroBitCount / 8 }
      offset &+= 8
    }
    while offset < count {
      let byte = self[offset]
      guard byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
      offset &+= 1
    }
    return offset
  }
}

extension Span where Element == UInt8 {
  /// Whether the ASCII phrase stands somewhere among the bytes.
  public func holds(_ phrase: StaticString) -> Bool {
    guard phrase.utf8CodeUnitCount > 0 else { return true }
    // The phrase is a literal of ours and not empty, so that it has a first byte.
    let first = phrase.withUTF8Buffer { unsafe $0[0] }
    var search = 0
    while let hit = firstIndex(of: first, from: search) {
      if hasBytes(phrase, at: hit) { return true }
      search = hit + 1
    }
    return false
  }
}
