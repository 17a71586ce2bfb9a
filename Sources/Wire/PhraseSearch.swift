/// Looks for many phrases in one short text.
///
/// Which pairs of letters the text has is noted first: nearly every phrase that is not in it has a pair that is not.
package struct PhraseSearch: Sendable {
  private let text: [UInt8]
  private var pairs = [8 of UInt64](repeating: 0)

  /// - Parameter text: Its letters are small, as those of the phrases are.
  package init(_ text: [UInt8]) {
    self.text = text
    guard var before = text.first else { return }
    for byte in text.dropFirst() {
      let bit = PhraseSearch.bit(before, byte)
      pairs[bit >> 6] |= 1 << UInt64(bit & 63)
      before = byte
    }
  }

  /// Whether the ASCII phrase stands somewhere in the text.
  package func holds(_ phrase: StaticString) -> Bool {
    let mayHold = phrase.withUTF8Buffer { letters in
      // The indices are less than the count of the phrase, a literal of ours.
      let count = letters.count
      guard count >= 2 else { return true }
      guard unsafe hasPair(letters[0], letters[1]) else { return false }
      guard unsafe hasPair(letters[count - 2], letters[count - 1]) else { return false }
      return unsafe hasPair(letters[count / 2 - 1], letters[count / 2])
    }
    return mayHold && text.span.holds(phrase)
  }

  @inline(__always)
  private func hasPair(_ one: UInt8, _ other: UInt8) -> Bool {
    let bit = PhraseSearch.bit(one, other)
    return pairs[bit >> 6] >> UInt64(bit & 63) & 1 != 0
  }

  @inline(__always)
  private static func bit(_ one: UInt8, _ other: UInt8) -> Int {
    (Int(one) &* 31 &+ Int(other)) & 511
  }
}
