import Wire

extension HeaderSummary {
  /// Reads a header section: the bytes up to the blank line, or up to wherever they were cut.
  ///
  /// The first field of each name counts. Values come unfolded (RFC 5322 section 2.2.3) and without white space around
  /// them; subject, from and to with their encoded words decoded (RFC 2047), date and message-id as they were sent. Bytes
  /// that are neither UTF-8 nor in a declared character set become U+FFFD. Whatever the bytes, the work is linear in them
  /// and bounded by `limits`.
  package init(parsing header: Span<UInt8>, limits: HeaderLimits = HeaderLimits()) {
    self.init()
    let bytes = header.extracting(first: max(limits.bytes, 0))
    var lines = HeaderLines()
    var values = [5 of Value](repeating: .absent)
    var current: Field?
    while let line = lines.next(in: bytes), !line.isEmpty {
      if isBlank(bytes[line.lowerBound]) {
        if let current { values[current.rawValue].append(line, of: bytes) }
        continue
      }
      current = nil
      guard let (field, body) = Self.field(in: bytes.extracting(line)), case .absent = values[field.rawValue] else {
        continue
      }
      current = field
      values[field.rawValue] = .line(line.lowerBound + body..<line.upperBound)
    }
    var decoder = EncodedWordDecoder(limits: limits)
    subject = values[Field.subject.rawValue].decoded(of: bytes, with: &decoder)
    from = values[Field.from.rawValue].decoded(of: bytes, with: &decoder)
    to = values[Field.to.rawValue].decoded(of: bytes, with: &decoder)
    date = values[Field.date.rawValue].trimmed(of: bytes)
    messageID = values[Field.messageID.rawValue].trimmed(of: bytes)
  }

  /// The body of a field.
  private enum Value {
    case absent
    /// It lies whole in a line.
    case line(Range<Int>)
    /// It was folded: its lines without their ends.
    case unfolded([UInt8])

    mutating func append(_ line: Range<Int>, of bytes: Span<UInt8>) {
      switch self {
      case .absent:
        break
      case .line(let first):
        var text = Array(bytes.extracting(first))
        text.append(bytes.extracting(line))
        self = .unfolded(text)
      case .unfolded(var text):
        self = .absent  // so that the text is not copied
        text.append(bytes.extracting(line))
        self = .unfolded(text)
      }
    }

    func decoded(of bytes: Span<UInt8>, with decoder: inout EncodedWordDecoder) -> String? {
      switch self {
      case .absent: nil
      case .line(let range): decoder.text(of: bytes.extracting(range))
      case .unfolded(let text): decoder.text(of: text.span)
      }
    }

    func trimmed(of bytes: Span<UInt8>) -> String? {
      switch self {
      case .absent: nil
      case .line(let range): Self.trimmed(bytes.extracting(range))
      case .unfolded(let text): Self.trimmed(text.span)
      }
    }

    private static func trimmed(_ value: Span<UInt8>) -> String {
      String(repairing: value.extracting(rangeWithoutBlanks(around: value)))
    }
  }

  private enum Field: Int {
    case subject
    case from
    case to
    case date
    case messageID
  }

  /// The field that a line begins and where its body starts. Blanks before the colon are obsolete syntax (RFC 5322
  /// section 4.5) that is still sent.
  private static func field(in line: Span<UInt8>) -> (Field, Int)? {
    guard let (field, name) = candidate(lowercased(line[0])), line.hasBytesIgnoringCase(name) else { return nil }
    var end = name.utf8CodeUnitCount
    while end < line.count, isBlank(line[end]) { end += 1 }
    guard end < line.count, line[end] == UInt8(ascii: ":") else { return nil }
    return (field, end + 1)
  }

  /// The only field of which the name can begin with the letter: most lines are of none.
  private static func candidate(_ letter: UInt8) -> (Field, StaticString)? {
    switch letter {
    case UInt8(ascii: "s"): (.subject, "subject")
    case UInt8(ascii: "f"): (.from, "from")
    case UInt8(ascii: "t"): (.to, "to")
    case UInt8(ascii: "d"): (.date, "date")
    case UInt8(ascii: "m"): (.messageID, "message-id")
    default: nil
    }
  }
}

/// Where the bytes stand that have no space or tab before or after them.
func rangeWithoutBlanks(around bytes: Span<UInt8>) -> Range<Int> {
  var start = 0
  var end = bytes.count
  while start < end, isBlank(bytes[start]) { start += 1 }
  while start < end, isBlank(bytes[end - 1]) { end -= 1 }
  return start..<end
}

/// Space or tab (WSP, RFC 5234).
func isBlank(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}

/// An ASCII capital as its small letter, any other byte as it is.
func lowercased(_ byte: UInt8) -> UInt8 {
  UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
}
