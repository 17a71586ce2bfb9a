/// An enhanced status code (RFC 3463 section 2): class, subject and detail, as in `5.1.1`.
///
/// It has seven digits at most: they are kept as they were written, in one word, and need no memory of their own.
public struct EnhancedStatus: Hashable, Sendable {
  /// The text without the dot behind the class, the first octet lowest.
  private let packed: UInt64

  /// The code that a text is; nil where it is none.
  public init?(_ text: Span<UInt8>) {
    guard text.count >= 5, text.count <= 9, text[1] == 0x2e else { return nil }
    guard text[0] == 0x32 || text[0] == 0x34 || text[0] == 0x35 else { return nil }
    var packed = UInt64(text[0])
    var (dots, digits) = (0, 0)
    for place in 2..<text.count {
      switch text[place] {
      case 0x30...0x39 where digits < 3: digits += 1
      case 0x2e where digits > 0 && dots == 0: (dots, digits) = (1, 0)
      default: return nil
      }
      packed |= UInt64(text[place]) &<< UInt64(8 &* (place &- 1))
    }
    guard dots == 1, digits > 0 else { return nil }
    self.packed = packed
  }

  /// The same of text that is no span.
  public init?(_ text: some StringProtocol) {
    let octets = Array(text.utf8)
    self.init(octets.span)
  }

  /// The code that a line begins with, a blank or nothing behind it (RFC 2034 section 4).
  public init?(atHeadOf line: Span<UInt8>) {
    // A glance for the lines that have none.
    guard line.count >= 5, line[1] == 0x2e else { return nil }
    var end = 2
    while end < line.count, end < 10, line[end] != 0x20, line[end] != 0x09 { end += 1 }
    self.init(line.extracting(0..<end))
  }

  /// 2, 4 or 5: success, persistent transient failure, permanent failure (section 3.1).
  public var `class`: Int { Int(packed & 0xff) - 0x30 }

  /// What it is about (section 3.1): 7 is security or policy.
  public var subject: Int { number(from: 1) }

  /// What precisely it says of that (sections 3.2 to 3.8).
  public var detail: Int {
    var place = 1
    while octet(place) != 0x2e { place += 1 }
    return number(from: place + 1)
  }

  /// Its octets, as it was written.
  public var count: Int { 9 - packed.leadingZeroBitCount / 8 }

  /// One of them; 0 behind the last.
  public subscript(place: Int) -> UInt8 {
    place == 1 ? 0x2e : octet(place > 1 ? place - 1 : 0)
  }

  /// All of them.
  public var octets: [UInt8] { (0..<count).map { self[$0] } }

  private func octet(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: packed >> UInt64(8 * place)) }

  private func number(from start: Int) -> Int {
    var (place, number) = (start, 0)
    while octet(place) >= 0x30 {
      number = number * 10 + Int(octet(place)) - 0x30
      place += 1
    }
    return number
  }
}

extension EnhancedStatus: CustomStringConvertible {
  /// The code as it was written.
  public var description: String { String(decoding: octets, as: UTF8.self) }
}
