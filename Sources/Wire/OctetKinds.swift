/// Kinds of octets that text should not hold.
///
/// All of it is inlined: an option set of another module is a generic one otherwise, at a hundred times the cost.
public struct OctetKinds: OptionSet, Sendable {
  /// One bit for each kind.
  public var rawValue: UInt8

  /// The kinds of these bits.
  @inlinable
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// No kind at all.
  @inlinable
  public init() {
    rawValue = 0
  }

  /// One over 127.
  @inlinable public static var eightBit: OctetKinds { OctetKinds(rawValue: 1) }
  /// One that is zero.
  @inlinable public static var nul: OctetKinds { OctetKinds(rawValue: 2) }
  /// A CR without LF behind it or an LF without CR before it, as far as both are among the bytes.
  @inlinable public static var oddLineEnd: OctetKinds { OctetKinds(rawValue: 4) }
  /// More than ``longestSureStretch`` bytes may stand between two LFs.
  @inlinable public static var longLine: OctetKinds { OctetKinds(rawValue: 8) }

  /// No line among the bytes is remarkable.
  @inlinable public var hasPlainLines: Bool { rawValue & 12 == 0 }

  /// Where bytes are not ``longLine``, no longer stretch of them is without LF.
  @inlinable public static var longestSureStretch: Int { 2 * block + 32 }
  @usableFromInline static var block: Int { 256 }
}

// Every byte of every message passes here, and nearly all are unremarkable: one pass that only tells whether they are
// takes a tenth of what counting each kind took. The compiler makes no vector instructions of a checked loop, hence the
// `unsafe` loads.

extension Span where Element == UInt8 {
  /// Which of the kinds there are among the bytes.
  public var octetKinds: OctetKinds {
    unsafe withUnsafeBytes { buffer in
      // Sixteen bytes and the sixteen one further on, where an LF stands in the place of its CR.
      let last = buffer.count &- 17
      guard last >= 0 else { return fewOctetKinds }
      let zero = SIMD16<UInt8>(repeating: 0)
      let zeroSigned = SIMD16<Int8>(repeating: 0)
      let (set, cr, lf) = (~zero, SIMD16<UInt8>(repeating: 0x0d), SIMD16<UInt8>(repeating: 0x0a))
      var kinds = OctetKinds()
      var odd = zero
      // An octet over 127 is less than zero as a signed number.
      var low = zero
      var offset = 0
      while offset &+ OctetKinds.block <= last {
        let end = offset &+ OctetKinds.block
        var feeds = zero
        while offset < end {
          for step in 0..<4 {
            // place + 16 < end <= last, where both loads end within the buffer.
            let place = offset &+ step &* 16
            let bytes = unsafe buffer.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self)
            let behind = unsafe buffer.loadUnaligned(fromByteOffset: place &+ 1, as: SIMD16<UInt8>.self)
            let isFeed = zero.replacing(with: set, where: behind .== lf)
            feeds |= isFeed
            odd |= zero.replacing(with: set, where: bytes .== cr) ^ isFeed
            low |= zero.replacing(with: set, where: SIMD16<Int8>(truncatingIfNeeded: bytes) .<= zeroSigned)
          }
          offset &+= 64
        }
        if feeds.isZero { kinds.insert(.longLine) }
      }
      while true {
        // The last step overlaps the one before it, which changes nothing that is gathered.
        if offset > last { offset = last }
        let bytes = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
        let behind = unsafe buffer.loadUnaligned(fromByteOffset: offset &+ 1, as: SIMD16<UInt8>.self)
        let isFeed = zero.replacing(with: set, where: behind .== lf)
        odd |= zero.replacing(with: set, where: bytes .== cr) ^ isFeed
        low |= zero.replacing(with: set, where: SIMD16<Int8>(truncatingIfNeeded: bytes) .<= zeroSigned)
        if offset == last { break }
        offset &+= 16
      }
      if !odd.isZero { kinds.insert(.oddLineEnd) }
      if !low.isZero || self[count - 1] == 0 || self[count - 1] >= 0x80 { addOddOctets(to: &kinds) }
      return kinds
    }
  }

  /// Tells octets over 127 from NUL.
  private func addOddOctets(to kinds: inout OctetKinds) {
    for index in indices {
      if self[index] >= 0x80 { kinds.insert(.eightBit) }
      if self[index] == 0 { kinds.insert(.nul) }
    }
  }

  /// The same for less than a vector's bytes.
  private var fewOctetKinds: OctetKinds {
    var kinds = OctetKinds()
    addOddOctets(to: &kinds)
    for index in indices where index > 0 && (self[index - 1] == 0x0d) != (self[index] == 0x0a) {
      kinds.insert(.oddLineEnd)
    }
    return kinds
  }

  /// How often the byte stands among the bytes.
  public func count(of byte: UInt8) -> Int {
    unsafe withUnsafeBytes { buffer in
      let (zero, one) = (SIMD16<UInt8>(repeating: 0), SIMD16<UInt8>(repeating: 1))
      let wanted = SIMD16<UInt8>(repeating: byte)
      let end = buffer.count &- buffer.count % 16
      var total = 0
      var offset = 0
      while offset < end {
        // In steps of at most 255, so that no sum of a byte's width overflows.
        let stop = Swift.min(offset &+ 255 &* 16, end)
        var sums = zero
        while offset < stop {
          let bytes = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
          sums &+= zero.replacing(with: one, where: bytes .== wanted)
          offset &+= 16
        }
        for lane in sums.indices { total &+= Int(sums[lane]) }
      }
      for index in end..<buffer.count where unsafe buffer[index] == byte { total &+= 1 }
      return total
    }
  }
}

extension SIMD16<UInt8> {
  /// Whether no lane has a bit set.
  var isZero: Bool {
    // Both types are sixteen bytes of which every value means something.
    let halves = unsafe unsafeBitCast(self, to: SIMD2<UInt64>.self)
    return halves.x | halves.y == 0
  }
}
