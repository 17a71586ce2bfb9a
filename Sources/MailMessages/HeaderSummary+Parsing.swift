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
    var values: [Field: [UInt8]] = [:]
    var current: Field?
    while let line = lines.next(in: bytes), !line.isEmpty {
      if isBlank(bytes[line.lowerBound]) {
        guard let current else { continue }
        values[current]?.append(bytes.extracting(line))
        continue
      }
      current = nil
      guard let (field, body) = Self.field(in: bytes.extracting(line)), values[field] == nil else { continue }
      current = field
      values[field] = Array(bytes.extracting(line.lowerBound + body..<line.upperBound))
    }
    var decoder = EncodedWordDecoder(limits: limits)
    subject = values[.subject].map { decoder.text(of: $0) }
    from = values[.from].map { decoder.text(of: $0) }
    to = values[.to].map { decoder.text(of: $0) }
    date = values[.date].map { Self.trimmedText(of: $0) }
    messageID = values[.messageID].map { Self.trimmedText(of: $0) }
  }

  private static func trimmedText(of value: [UInt8]) -> String {
    String(repairing: value.span.extracting(rangeWithoutBlanks(around: value.span)))
  }

  private enum Field: CaseIterable {
    case subject
    case from
    case to
    case date
    case messageID

    var name: StaticString {
      switch self {
      case .subject: "subject"
      case .from: "from"
      case .to: "to"
      case .date: "date"
      case .messageID: "message-id"
      }
    }
  }

  /// The field that a line begins and where its body starts. Blanks before the colon are obsolete syntax (RFC 5322
  /// section 4.5) that is still sent.
  private static func field(in line: Span<UInt8>) -> (Field, Int)? {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    var end = colon
    while end > 0, isBlank(line[end - 1]) { end -= 1 }
    guard let longest = Field.allCases.map(\.name.utf8CodeUnitCount).max(), end <= longest else { return nil }
    let name = Array(line.extracting(first: end)).map(lowercased)
    guard let field = Field.allCases.first(where: { $0.name.utf8CodeUnitCount == end && name.span.hasBytes($0.name) })
    else { return nil }
    return (field, colon + 1)
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
