import Wire

/// What an Interface Description Block says about the packets of its interface (draft-ietf-opsawg-pcapng section 4.2).
struct PcapNGInterface {
  var linkType: LinkType
  /// How much of a packet is kept at most; 0 when nothing is cut.
  var snapLength: Int
  var clock = PcapNGClock()
  var filter: PacketFilter.Program?
}

/// How an interface counts time: in what units, and from where.
struct PcapNGClock: Equatable {
  /// How a count becomes nanoseconds.
  enum Unit: Equatable {
    case multiplied(by: UInt64)
    case divided(by: UInt64)
    /// Units of 2 to the power of minus this.
    case binary(UInt8)
  }

  var unit = Unit.multiplied(by: 1000)
  /// Seconds to add (if_tsoffset).
  var offset: Int64 = 0
  /// How many decimals of a second the units are worth, at most 9.
  var decimals = 6

  init() {}

  /// Takes the value of the if_tsresol option: a power of 10, or of 2 when its highest bit is set.
  mutating func setResolution(_ value: UInt8) {
    let exponent = value & 0x7f
    if value & 0x80 != 0 {
      unit = .binary(exponent)
      decimals = min(9, (Int(exponent) * 30103 + 99999) / 100_000)  // log10(2) = 0.30103
    } else if exponent <= 9 {
      unit = .multiplied(by: Self.power(ofTen: 9 - exponent))
      decimals = Int(exponent)
    } else {
      // 10^20 is more than a count of 64 bits reaches: not a nanosecond comes together.
      unit = exponent - 9 > 19 ? .multiplied(by: 0) : .divided(by: Self.power(ofTen: exponent - 9))
      decimals = 9
    }
  }

  private static func power(ofTen exponent: UInt8) -> UInt64 {
    (0..<exponent).reduce(1) { power, _ in power &* 10 }
  }

  /// The moment of a count; one beyond what ``CaptureTime`` reaches is clamped.
  func time(of count: UInt64) -> CaptureTime {
    let nanoseconds: UInt64
    switch unit {
    case .multiplied(let factor):
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      nanoseconds = overflow ? .max : product
    case .divided(let divisor):
      nanoseconds = count / divisor
    case .binary(let exponent):
      nanoseconds = UInt64(clamping: (UInt128(count) &* 1_000_000_000) >> UInt128(exponent))
    }
    let time = CaptureTime(nanoseconds: Int64(clamping: nanoseconds))
    guard offset != 0 else { return time }
    let (shift, overflow) = offset.multipliedReportingOverflow(by: 1_000_000_000)
    return time.advanced(byNanoseconds: overflow ? (offset < 0 ? .min : .max) : shift)
  }
}
