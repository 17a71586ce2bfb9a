import Wire

extension HeaderSummary {
  /// Reads a header section: the bytes up to the blank line, or up to wherever they were cut.
  ///
  /// The first field of each name counts. Values come unfolded (RFC 5322 section 2.2.3) and without white space around
  /// them; subject, from and to with their encoded words decoded (RFC 2047), date and message-id as they were sent. Bytes
  /// that are neither UTF-8 nor in a declared character set become U+FFFD. Whatever the bytes, the work is linear in them
  /// and bounded by `limits`. `known` is what the form shows that these bytes do not.
  public init(parsing header: Span<UInt8>, limits: HeaderLimits = HeaderLimits(), known: HeaderForm = []) {
    var notes = FieldNotes(form: known)
    let bytes = header.extracting(first: max(limits.bytes, 0))
    var lines = HeaderLines()
    var values = [5 of Value](repeating: .absent)
    var current: Field?
    if bytes.octetKinds.contains(.eightBit) { notes.form.insert(.eightBit) }
    while let line = lines.next(in: bytes), !line.isEmpty {
      if line.count > Self.longestLine { notes.form.insert(.longLine) }
      if isBlank(bytes[line.lowerBound]) {
        if let current { values[current.rawValue].append(line, of: bytes) }
        notes.trace.extend(bytes.extracting(line), limits: limits)
        if limits.furtherBytes > 0 { notes.further.extend(bytes.extracting(line), limits: limits) }
        if !notes.form.contains(.hasFields) { notes.noteStray(bytes.extracting(line)) }
        continue
      }
      current = nil
      notes.trace.close()
      notes.further.close()
      guard let (field, body) = notes.note(bytes.extracting(line), limits), case .absent = values[field.rawValue] else {
        continue
      }
      current = field
      values[field.rawValue] = .line(line.lowerBound + body..<line.upperBound)
    }
    var decoder = EncodedWordDecoder(limits: limits)
    self.init(
      subject: values[Field.subject.rawValue].decoded(of: bytes, with: &decoder),
      from: values[Field.from.rawValue].decoded(of: bytes, with: &decoder),
      to: values[Field.to.rawValue].decoded(of: bytes, with: &decoder),
      date: values[Field.date.rawValue].trimmed(of: bytes),
      messageID: values[Field.messageID.rawValue].trimmed(of: bytes), form: notes.form, present: notes.present,
      repeated: notes.repeated, strayLine: notes.strayLine, trace: notes.trace, further: notes.further)
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

  fileprivate enum Field: Int {
    case subject
    case from
    case to
    case date
    case messageID
  }

  /// Octets of a line without its CRLF (RFC 5322 section 2.1.1).
  private static let longestLine = 998
}

/// What the fields of a header section show besides the text of those that are summarised.
private struct FieldNotes {
  var form: HeaderForm
  var present: SingleFields = []
  var repeated: SingleFields = []
  var strayLine: [UInt8]?
  var trace = TraceFields()
  var further = FurtherFields()

  /// Octets kept of a line that is no field: evidence.
  private static let strayLength = 120

  /// Notes what a line that begins at its margin is. For a field that is summarised, which one and where its body starts.
  /// Blanks before the colon are obsolete syntax (RFC 5322 section 4.5) that is still sent.
  mutating func note(_ line: Span<UInt8>, _ limits: HeaderLimits) -> (HeaderSummary.Field, Int)? {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      noteStray(line)
      return nil
    }
    var end = colon
    while end > 0, isBlank(line[end - 1]) { end -= 1 }
    guard end > 0, Self.isName(line.extracting(first: end)) else {
      noteStray(line)
      return nil
    }
    if end < colon { form.insert(.blankBeforeColon) }
    form.insert(.hasFields)
    if limits.furtherBytes > 0 { further.begin(line, name: end, body: colon + 1, limits: limits) }
    let single = SingleFields(named: line.extracting(first: end))
    guard !single.isEmpty else {
      trace.begin(line, name: end, body: colon + 1, limits: limits)
      return nil
    }
    if present.contains(single) { repeated.insert(single) }
    present.insert(single)
    return switch single {
    case .subject: (.subject, colon + 1)
    case .from: (.from, colon + 1)
    case .to: (.to, colon + 1)
    case .date: (.date, colon + 1)
    case .messageID: (.messageID, colon + 1)
    default: nil
    }
  }

  mutating func noteStray(_ line: Span<UInt8>) {
    form.insert(.noField)
    if strayLine == nil { strayLine = Array(line.extracting(first: Self.strayLength)) }
  }

  /// ftext (RFC 5322 section 3.6.8).
  private static func isName(_ name: Span<UInt8>) -> Bool {
    for index in name.indices where name[index] <= 0x20 || name[index] >= 0x7f { return false }
    return true
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
