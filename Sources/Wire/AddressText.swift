extension IPAddress {
  /// Octets of the longest text of an address with its zone that is read.
  private static var longestText: Int { 64 }

  /// Reads dotted decimal, or IPv6 as RFC 4291 section 2.2 writes it, with a zone behind `%` that is left away; nil for
  /// anything else.
  public init?(text: Span<UInt8>) {
    guard text.count >= 2, text.count <= Self.longestText else { return nil }
    if text.firstIndex(of: UInt8(ascii: ":")) == nil {
      guard let value = Self.dotted(text) else { return nil }
      self.init(ipv4: value)
    } else {
      let end = text.firstIndex(of: UInt8(ascii: "%")) ?? text.count
      self.init(ipv6: text.extracting(0..<end))
    }
  }

  /// Four decimal numbers between dots.
  private static func dotted(_ text: Span<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for index in text.indices {
      switch text[index] {
      case 0x30...0x39:
        octet = octet * 10 + UInt32(text[index] - 0x30)
        digits += 1
        guard digits <= 3, octet <= 255 else { return nil }
      case UInt8(ascii: "."):
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | octet
        (octet, digits, dots) = (0, 0, dots + 1)
      default: return nil
      }
    }
    return digits > 0 && dots == 3 ? value << 8 | octet : nil
  }

  private init?(ipv6 text: Span<UInt8>) {
    // The 16-bit groups so far, as one number, and how many stood before a `::`.
    var (high, low): (UInt64, UInt64) = (0, 0)
    var groups = 0
    var before: Int?
    func push(_ group: UInt64) {
      (high, low) = (high << 16 | low >> 48, low << 16 | group)
      groups += 1
    }
    var index = 0
    if text.hasBytes("::") {
      before = 0
      index = 2
    }
    while index < text.count {
      guard groups < 8 else { return nil }
      let end = text.firstIndex(of: UInt8(ascii: ":"), from: index) ?? text.count
      if end == text.count, groups <= 6, let value = Self.dotted(text.extracting(index..<end)) {
        push(UInt64(value >> 16))
        push(UInt64(value & 0xffff))
        break
      }
      guard let group = Self.group(text.extracting(index..<end)) else { return nil }
      push(group)
      index = end + 1
      guard end < text.count else { break }
      // A colon promises a group, or a second colon.
      guard index < text.count else { return nil }
      if text[index] == UInt8(ascii: ":") {
        guard before == nil else { return nil }
        before = groups
        index += 1
      }
    }
    if let before {
      guard groups < 8 else { return nil }
      // The groups behind the `::` stay, those before it go to the top.
      let behind = groups - before
      let (headHigh, headLow) = Self.shifted(high, low, right: behind * 16)
      let (topHigh, topLow) = Self.shifted(headHigh, headLow, left: (8 - before) * 16)
      let (tailHigh, tailLow) = Self.shifted(high, low, left: (8 - behind) * 16)
      let (endHigh, endLow) = Self.shifted(tailHigh, tailLow, right: (8 - behind) * 16)
      (high, low) = (topHigh | endHigh, topLow | endLow)
    } else if groups != 8 {
      return nil
    }
    self.init(ipv6High: high, low: low)
  }

  /// One to four hexadecimal digits.
  private static func group(_ text: Span<UInt8>) -> UInt64? {
    guard 1...4 ~= text.count else { return nil }
    var value: UInt64 = 0
    for index in text.indices {
      guard let digit = Hexadecimal.value(of: text[index]) else { return nil }
      value = value << 4 | UInt64(digit)
    }
    return value
  }

  /// By 0 to 128 bits; shifts of Swift give zero where a word is left.
  private static func shifted(_ high: UInt64, _ low: UInt64, left: Int) -> (UInt64, UInt64) {
    (high << left | low << (left - 64) | low >> (64 - left), low << left)
  }

  private static func shifted(_ high: UInt64, _ low: UInt64, right: Int) -> (UInt64, UInt64) {
    (high >> right, low >> right | high >> (right - 64) | high << (64 - right))
  }
}
