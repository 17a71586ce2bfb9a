import Wire

/// Decodes the encoded words of one header section's fields (RFC 2047 section 6) and keeps the converters it needed.
struct EncodedWordDecoder {
  private let limits: HeaderLimits
  private var converters: [String: CharacterConverter] = [:]

  init(limits: HeaderLimits) {
    self.limits = limits
  }

  /// The text of an unfolded field body, without white space around it.
  ///
  /// White space between two encoded words is dropped; the bytes of neighbours in the same character set are joined
  /// before they are converted, as clients cut within characters though they must not.
  mutating func text(of field: Span<UInt8>) -> String {
    guard field.firstIndex(of: UInt8(ascii: "=")) != nil else {
      return String(repairing: field.extracting(rangeWithoutBlanks(around: field)))
    }
    var output: [UInt8] = []
    output.reserveCapacity(field.count)
    var run: (characterSet: CharacterSet, bytes: [UInt8])?
    var copied = 0
    var offset = 0
    while let start = field.firstIndex(of: UInt8(ascii: "="), from: offset) {
      guard let word = EncodedWord(parsing: field, at: start) else {
        offset = start + 1
        continue
      }
      let between = field.extracting(copied..<start)
      let characterSet = CharacterSet(label: word.label)
      if let (runSet, _) = run, rangeWithoutBlanks(around: between).isEmpty {
        if runSet == characterSet {
          run?.bytes.append(contentsOf: word.bytes)
        } else {
          close(&run, into: &output)
          run = (characterSet, word.bytes)
        }
      } else {
        close(&run, into: &output)
        output.append(contentsOf: String(repairing: between).utf8)
        run = (characterSet, word.bytes)
      }
      copied = word.end
      offset = word.end
    }
    close(&run, into: &output)
    output.append(contentsOf: String(repairing: field.extracting(copied..<field.count)).utf8)
    return String(repairing: output.span.extracting(rangeWithoutBlanks(around: output.span)))
  }

  private mutating func close(_ run: inout (characterSet: CharacterSet, bytes: [UInt8])?, into output: inout [UInt8]) {
    guard let (characterSet, bytes) = run else { return }
    run = nil
    switch characterSet {
    case .utf8: output.append(contentsOf: String(repairing: bytes.span).utf8)
    case .unknown: CharacterSet.appendASCII(of: bytes.span, to: &output)
    case .converted(let name):
      guard let converter = converter(for: name) else { return CharacterSet.appendASCII(of: bytes.span, to: &output) }
      converter.append(bytes, to: &output, failures: limits.undecodableSequences)
    }
  }

  /// Bytes of a character set as text.
  mutating func text(of bytes: [UInt8], in characterSet: CharacterSet) -> String {
    var output: [UInt8] = []
    var run: (characterSet: CharacterSet, bytes: [UInt8])? = (characterSet, bytes)
    close(&run, into: &output)
    return String(repairing: output.span)
  }

  private mutating func converter(for name: String) -> CharacterConverter? {
    if let converter = converters[name] { return converter }
    guard converters.count < limits.characterSets, let converter = CharacterConverter(from: name) else { return nil }
    converters[name] = converter
    return converter
  }
}
