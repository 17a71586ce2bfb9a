import Wire

/// Decodes text of header fields and their parameters to Unicode: encoded words (RFC 2047) wherever they stand, declared
/// character sets, and raw bytes over 127.
public struct HeaderTextDecoder {
  private var words: EncodedWordDecoder

  /// Of the limits, those of character sets and of sequences that cannot be decoded count.
  public init(limits: HeaderLimits = HeaderLimits()) {
    words = EncodedWordDecoder(limits: limits)
  }

  /// The text of an unfolded value, without white space around it. Bytes that are not UTF-8 are read in the character set
  /// `fallback`, if that is known.
  public mutating func text(of value: Span<UInt8>, fallback: String?) -> String {
    if let fallback, value.octetKinds.contains(.eightBit), (try? UTF8Span(validating: value)) == nil {
      return converted(value, from: Array(fallback.utf8))
    }
    return words.text(of: value)
  }

  /// The bytes, which are in the character set of that name, as text.
  public mutating func converted(_ bytes: Span<UInt8>, from label: [UInt8]) -> String {
    words.text(of: Array(bytes), in: CharacterSet(label: label))
  }
}
