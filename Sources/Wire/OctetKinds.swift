private import COctets

/// Kinds of octets that text should not hold: the bits of octets.h.
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
  // As in octets.h.
  @usableFromInline static var block: Int { 256 }
}

// Every byte of every message passes here, and nearly all are unremarkable: one pass that only tells whether they are
// takes a tenth of what counting each kind took.

extension Span where Element == UInt8 {
  /// Which of the kinds there are among the bytes.
  public var octetKinds: OctetKinds {
    unsafe withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return [] }
      // Reads as many as there are, during the call.
      return OctetKinds(
        rawValue: unsafe smtpscope_octet_kinds(start.assumingMemoryBound(to: UInt8.self), buffer.count))
    }
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
