import Wire

/// The words and comments of a structured field's body (RFC 5322 section 3.2.2), one after the other in time linear in its
/// length. Comments may be nested; a parenthesis that is never closed is taken for one that ends with the text.
struct TraceWords {
  enum Token {
    case word(Range<Int>)
    /// Without its outer parentheses.
    case comment(Range<Int>)
  }

  private var offset = 0
  /// No quotation mark closes behind here.
  private var hasNoQuotes = false

  init(_ text: Span<UInt8>) {}

  /// Give the same text each time.
  mutating func next(in text: Span<UInt8>) -> Token? {
    while offset < text.count, isBlank(text[offset]) || text[offset] == UInt8(ascii: ")") { offset += 1 }
    guard offset < text.count else { return nil }
    if text[offset] == UInt8(ascii: "(") { return .comment(comment(in: text)) }
    let start = offset
    while offset < text.count {
      let octet = text[offset]
      if isBlank(octet) || octet == UInt8(ascii: "(") || octet == UInt8(ascii: ")") { break }
      if octet == UInt8(ascii: "\""), let end = endOfQuote(in: text) {
        offset = end
      } else {
        offset += 1
      }
    }
    return .word(start..<offset)
  }

  private mutating func comment(in text: Span<UInt8>) -> Range<Int> {
    let start = offset + 1
    var depth = 0
    while offset < text.count {
      switch text[offset] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "\\"): offset += 1
      default: break
      }
      offset += 1
      if depth == 0 { return start..<offset - 1 }
    }
    offset = text.count
    return start..<text.count
  }

  private mutating func endOfQuote(in text: Span<UInt8>) -> Int? {
    guard !hasNoQuotes else { return nil }
    var index = offset + 1
    while index < text.count {
      if text[index] == UInt8(ascii: "\"") { return index + 1 }
      index += text[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    hasNoQuotes = true
    return nil
  }
}
