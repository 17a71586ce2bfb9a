internal import MailMessages
internal import Wire

/// What the header section of a part says of it (RFC 2045, RFC 2183), read from its fields.
struct PartHeader {
  /// The media type in small letters; nil where there is none, or none with a type and a subtype.
  var type: String?
  var boundary: [UInt8]?
  var charset: String?
  var disposition: String?
  var encoding: String?
  var name: String?
  var rawName: [UInt8]?
  /// What bit while it was read.
  var problems: [MIMEProblem.Kind] = []

  init() {}

  /// Reads a header section; the first field of each name counts.
  init(parsing header: Span<UInt8>, limits: MIMELimits) {
    var lines = HeaderLines()
    var fields = [3 of [UInt8]?](repeating: nil)
    var current: Int?
    while let line = lines.next(in: header) {
      if line.isEmpty { continue }
      let first = header[line.lowerBound]
      if first == 0x20 || first == 0x09 {
        if let current { fields[current]?.append(header.extracting(line)) }
        continue
      }
      current = nil
      guard let (field, body) = Self.field(header.extracting(line)), fields[field] == nil else { continue }
      current = field
      fields[field] = Array(header.extracting(line.lowerBound + body..<line.upperBound))
    }
    for index in fields.indices { fields[index] = fields[index].map(HeaderComments.removed) }
    if let encoding = fields[2] { self.encoding = Self.token(encoding) }
    var names = PartNames(limits: limits)
    if let field = fields[0] {
      let parameters = HeaderParameters(parsing: field.span, limit: limits.parameters)
      if let value = Self.token(parameters.value), Self.isMediaType(value) { type = value }
      boundary = parameters.text("boundary").map(Self.withoutTrailingBlanks)
      charset = parameters.text("charset").map { String(repairing: $0.span.extracting(first: 100)) }
      if parameters.isCut { problems.append(.tooManyParameters) }
      names.add(parameters, "name")
    }
    if let field = fields[1] {
      let parameters = HeaderParameters(parsing: field.span, limit: limits.parameters)
      disposition = Self.token(parameters.value)
      if parameters.isCut { problems.append(.tooManyParameters) }
      names.add(parameters, "filename")
    }
    (name, rawName) = names.name(charset: charset)
    if names.isCut { problems.append(.nameTooLong) }
  }

  /// Which of the three fields a line begins, and where its body starts.
  private static func field(_ line: Span<UInt8>) -> (Int, Int)? {
    guard line.hasBytesIgnoringCase("content-"), let colon = line.firstIndex(of: 0x3a), colon <= 40 else { return nil }
    var end = colon
    while end > 0, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
    let name = line.extracting(8..<max(8, end))
    if name.count == 4, name.hasBytesIgnoringCase("type") { return (0, colon + 1) }
    if name.count == 11, name.hasBytesIgnoringCase("disposition") { return (1, colon + 1) }
    if name.count == 17, name.hasBytesIgnoringCase("transfer-encoding") { return (2, colon + 1) }
    return nil
  }

  /// The value in small letters without blanks around it; nil for an empty one.
  private static func token(_ value: [UInt8]) -> String? {
    var bytes: [UInt8] = []
    for byte in value.prefix(200) {
      if byte == 0x28 || byte == 0x3b { break }  // a comment without end, or parameters where none should be
      bytes.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
    }
    while let last = bytes.last, last <= 0x20 || last == 0x22 { bytes.removeLast() }
    while let first = bytes.first, first <= 0x20 || first == 0x22 { bytes.removeFirst() }
    return bytes.isEmpty ? nil : String(repairing: bytes.span)
  }

  private static func isMediaType(_ value: String) -> Bool {
    let parts = value.utf8.split(separator: 0x2f, omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
  }

  /// RFC 2046 section 5.1.1: a boundary does not end in white space, which a server may have added or taken.
  private static func withoutTrailingBlanks(_ boundary: [UInt8]) -> [UInt8] {
    var boundary = boundary
    while let last = boundary.last, last == 0x20 || last == 0x09 { boundary.removeLast() }
    return boundary
  }

  /// Whether a line that begins at its margin is a field.
  static func isField(_ line: Span<UInt8>) -> Bool {
    guard let colon = line.firstIndex(of: 0x3a) else { return false }
    var end = colon
    while end > 0, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
    for index in 0..<end where line[index] <= 0x20 || line[index] >= 0x7f { return false }
    return end > 0
  }
}
