/// An IPv4 or IPv6 address as 128 bits in host order; IPv4 lives in the low 32 bits and is told apart by `isIPv6`.
public struct IPAddress: Hashable, Comparable, Sendable {
  /// The upper 64 bits of an IPv6 address; zero for IPv4.
  public var high: UInt64
  /// The lower 64 bits of an IPv6 address; an IPv4 address as a number.
  public var low: UInt64
  /// Whether it is an IPv6 address; those that hold an IPv4 one (`::ffff:192.0.2.7`) are too.
  public var isIPv6: Bool

  /// An IPv4 address by its 32 bits in host order.
  @inlinable
  public init(ipv4: UInt32) {
    high = 0
    low = UInt64(ipv4)
    isIPv6 = false
  }

  /// An IPv6 address by its upper and lower 64 bits in host order.
  @inlinable
  public init(ipv6High: UInt64, low: UInt64) {
    self.high = ipv6High
    self.low = low
    isIPv6 = true
  }

  /// IPv4 comes before IPv6, and within each the lower number first.
  @inlinable
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    if left.isIPv6 != right.isIPv6 { return right.isIPv6 }
    return left.high != right.high ? left.high < right.high : left.low < right.low
  }
}

/// One end of a TCP connection: address and port.
public struct Endpoint: Hashable, Sendable {
  /// The IPv4 or IPv6 address.
  public var address: IPAddress
  /// The TCP or UDP port.
  public var port: UInt16

  /// Made of address and port.
  @inlinable
  public init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted decimal for IPv4, the canonical text of RFC 5952 for IPv6.
  public var description: String {
    let text = text
    return String(repairing: text.span)
  }

  /// The same as ASCII.
  public var text: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(40)
    if isIPv6 { appendIPv6(to: &text) } else { appendIPv4(to: &text) }
    return text
  }

  private func appendIPv4(to text: inout [UInt8]) {
    for shift: UInt64 in [24, 16, 8, 0] {
      let octet = UInt8(truncatingIfNeeded: low >> shift)
      if octet >= 100 { text.append(UInt8(ascii: "0") + octet / 100) }
      if octet >= 10 { text.append(UInt8(ascii: "0") + octet / 10 % 10) }
      text.append(UInt8(ascii: "0") + octet % 10)
      if shift > 0 { text.append(UInt8(ascii: ".")) }
    }
  }

  private func appendIPv6(to text: inout [UInt8]) {
    if high == 0, low >> 32 == 0xffff {  // RFC 5952 section 5: IPv4-mapped
      text.append(contentsOf: "::ffff:".utf8)
      return appendIPv4(to: &text)
    }
    let zeros = longestZeroRun
    var index = 0
    while index < 8 {
      if index == zeros.lowerBound, zeros.count > 1 {
        text.append(UInt8(ascii: ":"))
        if zeros.upperBound == 8 { text.append(UInt8(ascii: ":")) }
        index = zeros.upperBound
        continue
      }
      if index > 0 { text.append(UInt8(ascii: ":")) }
      Self.append(hexadecimal: group(index), to: &text)
      index += 1
    }
  }

  /// Section 4.1: without zeros in front.
  private static func append(hexadecimal group: UInt16, to text: inout [UInt8]) {
    for shift: UInt16 in [12, 8, 4, 0] where shift == 0 || group >> shift > 0 {
      text.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: group >> shift & 15)))
    }
  }

  /// The 16 bits that the text shows as its group `index`, 0 to 7.
  private func group(_ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64((3 - index % 4) * 16))
  }

  /// RFC 5952 section 4.2.3: the longest run of zero groups, the first among equals.
  private var longestZeroRun: Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0..<8 {
      if group(index) != 0 {
        start = index + 1
      } else if index + 1 - start > longest.count {
        longest = start..<index + 1
      }
    }
    return longest
  }
}

extension Endpoint: CustomStringConvertible {
  /// `192.0.2.7:25`, `[2001:db8::1]:25`.
  public var description: String {
    address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}
