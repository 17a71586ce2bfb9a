internal import Wire

/// The line end that passed last: it is the delimiter's if one follows (RFC 2046 section 5.1.1), and content if not.
struct HeldLineEnd {
  /// Whether the leaf, too, has it coming; the one behind a header section is none of its.
  var isLeafs = false
  private var kind = Kind.none

  private enum Kind {
    case none
    case crlf
    case lf
    /// A CR whose LF may come with the next bytes.
    case cr
  }

  var isEmpty: Bool { kind == .none }

  /// Holds the line end of content back, if it is only the half of one. Gives how many bytes stand before it.
  mutating func hold(endOfContent bytes: Span<UInt8>) -> Int {
    isLeafs = true
    guard bytes.count > 0, bytes[bytes.count - 1] == 0x0d else { return hold(endOf: bytes) }
    kind = .cr
    return bytes.count - 1
  }

  /// Holds the end of a line of the structure back. Gives how many bytes stand before it.
  mutating func hold(endOfLine bytes: Span<UInt8>) -> Int {
    isLeafs = false
    return hold(endOf: bytes)
  }

  private mutating func hold(endOf bytes: Span<UInt8>) -> Int {
    let count = bytes.count
    guard count > 0, bytes[count - 1] == 0x0a else {
      kind = .none
      return count
    }
    kind = count > 1 && bytes[count - 2] == 0x0d ? .crlf : .lf
    return kind == .crlf ? count - 2 : count - 1
  }

  /// Whether the byte behind it belongs to it: the LF of a CR that was at hand alone.
  mutating func takes(_ byte: UInt8) -> Bool {
    guard kind == .cr, byte == 0x0a else { return false }
    kind = .crlf
    return true
  }

  /// Lets it go: where it stands within CRLF.
  mutating func release() -> Range<Int> {
    let octets =
      switch kind {
      case .none: 0..<0
      case .crlf: 0..<2
      case .lf: 1..<2
      case .cr: 0..<1
      }
    kind = .none
    return octets
  }

  /// What follows it is missing: whose it was cannot be told.
  mutating func forget() {
    kind = .none
  }
}
