/// Kinds of octets that text should not hold.
package struct OctetKinds: OptionSet, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// One over 127.
  package static let eightBit = OctetKinds(rawValue: 1)
  package static let nul = OctetKinds(rawValue: 2)
}

extension Span where Element == UInt8 {
  /// Which of the kinds there are among the bytes.
  package var octetKinds: OctetKinds {
    unsafe withUnsafeBufferPointer { buffer in
      // Two reductions without a branch, which become vector instructions; the buffer's own count bounds them.
      var union: UInt8 = 0
      var smallest: UInt8 = 255
      for index in 0..<buffer.count {
        let byte = unsafe buffer[index]
        union |= byte
        smallest = byte < smallest ? byte : smallest
      }
      var kinds: OctetKinds = []
      if union >= 0x80 { kinds.insert(.eightBit) }
      if smallest == 0, !buffer.isEmpty { kinds.insert(.nul) }
      return kinds
    }
  }

  /// How often the byte stands among the bytes.
  package func count(of byte: UInt8) -> Int {
    unsafe withUnsafeBufferPointer { buffer in
      // Counted in steps of at most 255, so that a byte-wide sum cannot overflow.
      var total = 0
      var start = 0
      while start < buffer.count {
        let end = Swift.min(start + 255, buffer.count)
        var sum: UInt8 = 0
        for index in start..<end { sum &+= unsafe buffer[index] == byte ? 1 : 0 }
        total += Int(sum)
        start = end
      }
      return total
    }
  }
}
