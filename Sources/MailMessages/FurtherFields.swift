public import Wire

/// The fields of a header section that name people and other messages, as they were sent: logs of other programs have them.
/// They are read when somebody asks, and kept where somebody will.
public struct FurtherFields: Equatable, Sendable {
  /// A field each: the letter of its kind, its body with its lines joined, LF.
  private var bytes: [UInt8] = []
  /// Kinds that are there: the first field of each counts.
  private var present: Set<Kind> = []
  /// Where the field starts that folded lines belong to.
  private var open: Int?

  /// Without any field.
  public init() {}

  /// Which fields these are; the letter marks one where it is kept.
  public enum Kind: UInt8, Sendable {
    case from = 0x46  // F
    case to = 0x54  // T
    case carbonCopy = 0x43  // C
    case replyTo = 0x50  // P
    case inReplyTo = 0x49  // I
    case originatingIP = 0x4f  // O

    fileprivate init?(named name: Span<UInt8>) {
      switch name.count {
      case 2 where name.hasBytesIgnoringCase("to"): self = .to
      case 2 where name.hasBytesIgnoringCase("cc"): self = .carbonCopy
      case 4 where name.hasBytesIgnoringCase("from"): self = .from
      case 8 where name.hasBytesIgnoringCase("reply-to"): self = .replyTo
      case 11 where name.hasBytesIgnoringCase("in-reply-to"): self = .inReplyTo
      case 16 where name.hasBytesIgnoringCase("x-originating-ip"): self = .originatingIP
      default: return nil
      }
    }
  }

  /// A field begins; it is kept where it is the first of one of these.
  mutating func begin(_ line: Span<UInt8>, name: Int, body: Int, limits: HeaderLimits) {
    guard let kind = Kind(named: line.extracting(first: name)), bytes.count < limits.furtherBytes,
      present.insert(kind).inserted
    else { return }
    open = bytes.count
    bytes.append(kind.rawValue)
    append(line.extracting(body..<line.count), limits: limits)
    bytes.append(0x0a)
  }

  /// A folded line belongs to the field before it.
  mutating func extend(_ line: Span<UInt8>, limits: HeaderLimits) {
    guard open != nil, bytes.last == 0x0a else { return }
    bytes.removeLast()
    append(line, limits: limits)
    bytes.append(0x0a)
  }

  mutating func close() { open = nil }

  private mutating func append(_ part: Span<UInt8>, limits: HeaderLimits) {
    bytes.append(part.extracting(0..<min(max(0, limits.furtherBytes - bytes.count), part.count)))
  }

  /// The body of a field, unfolded; nil where there is none.
  private func body(of kind: Kind) -> Range<Int>? {
    guard present.contains(kind) else { return nil }
    var start = 0
    while start < bytes.count {
      let end = bytes.span.firstIndex(of: 0x0a, from: start) ?? bytes.count
      if bytes[start] == kind.rawValue { return start + 1..<max(start + 1, end) }
      start = end + 1
    }
    return nil
  }

  /// The text of a field, its encoded words decoded (RFC 2047); nil where there is none.
  public func text(of kind: Kind) -> String? {
    guard let body = body(of: kind) else { return nil }
    var decoder = EncodedWordDecoder(limits: HeaderLimits())
    return decoder.text(of: bytes.span.extracting(body))
  }

  /// The mailboxes of a field (RFC 5322 section 3.4), each once; nil where there is no such field.
  public func mailboxes(of kind: Kind) -> [NamedMailbox]? {
    guard let body = body(of: kind) else { return nil }
    var decoder = EncodedWordDecoder(limits: HeaderLimits())
    return NamedMailbox.list(bytes.span.extracting(body), &decoder)
  }

  /// The address in the field that some web mail programs write.
  public var originatingAddress: IPAddress? {
    guard let body = body(of: .originatingIP) else { return nil }
    let text = bytes.span.extracting(body)
    var inner = rangeWithoutBlanks(around: text)
    if inner.count > 2, text[inner.lowerBound] == UInt8(ascii: "["), text[inner.upperBound - 1] == UInt8(ascii: "]") {
      inner = inner.lowerBound + 1..<inner.upperBound - 1
    }
    return IPAddress(text: text.extracting(inner))
  }
}

/// A mailbox as a header field names it.
public struct NamedMailbox: Equatable, Sendable {
  /// All of it, with encoded words decoded: `Ann Porter <ann@kestrel.example>`.
  public var text: String
  /// The address alone; nil where there is none in it.
  public var address: String?

  /// Splits at the commas that stand in no quoted string, comment or angle brackets, and only then decodes: a name that
  /// hides a comma or an address in an encoded word names one mailbox all the same.
  static func list(_ field: Span<UInt8>, _ decoder: inout EncodedWordDecoder) -> [NamedMailbox] {
    var mailboxes: [NamedMailbox] = []
    var known: Set<String> = []
    var scanner = Scanner()
    var start = 0
    for index in 0...field.count {
      guard index == field.count || scanner.isSeparator(field[index], at: index) else { continue }
      let begin = start
      let blanks = rangeWithoutBlanks(around: field.extracting(begin..<index))
      let inner = begin + blanks.lowerBound..<begin + blanks.upperBound
      let angle = scanner.takeAngle()
      defer { start = index + 1 }
      guard inner.count > 0 else { continue }
      let text = decoder.text(of: field.extracting(inner))
      guard known.insert(text).inserted else { continue }
      let place = angle ?? bare(inner, of: field)
      mailboxes.append(NamedMailbox(text: text, address: address(field.extracting(place))))
    }
    return mailboxes
  }

  /// What stands outside of angle brackets, without the name of the group that it begins or the end of one.
  private static func bare(_ part: Range<Int>, of field: Span<UInt8>) -> Range<Int> {
    var start = part.lowerBound
    var end = part.upperBound
    if field[start] != UInt8(ascii: "["), let colon = field.firstIndex(of: UInt8(ascii: ":"), from: start), colon < end
    {
      start = colon + 1
    }
    if end > start, field[end - 1] == UInt8(ascii: ";") { end -= 1 }
    return start..<end
  }

  private static func address(_ text: Span<UInt8>) -> String? {
    let inner = text.extracting(rangeWithoutBlanks(around: text))
    guard inner.firstIndex(of: UInt8(ascii: "@")) != nil, inner.firstIndex(of: UInt8(ascii: " ")) == nil else {
      return nil
    }
    return String(repairing: inner)
  }

  /// Knows what the next octet stands in.
  private struct Scanner {
    private var isQuoted = false
    private var isEscaped = false
    private var depth = 0
    private var angleStart: Int?
    private var angle: Range<Int>?

    mutating func isSeparator(_ byte: UInt8, at index: Int) -> Bool {
      if isEscaped {
        isEscaped = false
        return false
      }
      switch byte {
      case UInt8(ascii: "\\") where isQuoted || depth > 0: isEscaped = true
      case UInt8(ascii: "\"") where depth == 0: isQuoted.toggle()
      case _ where isQuoted: break
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")") where depth > 0: depth -= 1
      case _ where depth > 0: break
      case UInt8(ascii: "<"): angleStart = index + 1
      case UInt8(ascii: ">"):
        if let start = angleStart { angle = start..<index }
        angleStart = nil
      case UInt8(ascii: ","): return angleStart == nil
      default: break
      }
      return false
    }

    /// Where the part that has ended has its last angle brackets.
    mutating func takeAngle() -> Range<Int>? {
      defer { self = Scanner() }
      return angle
    }
  }
}
