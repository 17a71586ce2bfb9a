/// Goes through the text of a key file once.
struct KeyFileReader {
  private let text: [UInt8]
  private var offset = 0
  private(set) var line = 1
  /// What `$ORIGIN` said.
  var origin: [UInt8] = []

  init(_ text: [UInt8]) {
    self.text = text
    if text.starts(with: "\u{feff}".utf8) { offset = 3 }  // the mark that some editors begin a file of UTF-8 with
  }

  private var octet: UInt8? { offset < text.count ? text[offset] : nil }

  private mutating func advance() {
    if octet == 0x0a { line += 1 }
    offset += 1
  }

  private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 || octet == 0x0d }

  private mutating func skipBlanks() {
    while let octet, Self.isBlank(octet) { advance() }
  }

  /// Goes to the next line that is not empty and no comment; false at the end.
  mutating func skipToEntry() -> Bool {
    while let octet {
      if octet == UInt8(ascii: ";") || octet == UInt8(ascii: "#") {
        skipLine()
      } else if Self.isBlank(octet) || octet == 0x0a {
        advance()
      } else {
        return true
      }
    }
    return false
  }

  private mutating func skipLine() {
    while let octet, octet != 0x0a { advance() }
  }

  mutating func word() -> [UInt8] {
    skipBlanks()
    let start = offset
    while let octet, octet > 0x20 { advance() }
    return Array(text[start..<offset])
  }

  mutating func restOfLine() -> [UInt8] {
    skipBlanks()
    let start = offset
    skipLine()
    var end = offset
    while end > start, Self.isBlank(text[end - 1]) { end -= 1 }
    return Array(text[start..<end])
  }

  /// The text of a record: strings in quotation marks joined, or the rest of the line.
  mutating func recordText() throws(KeyFile.Fault) -> [UInt8] {
    skipFieldsOfZone()
    guard octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "(") else { return restOfLine() }
    var joined: [UInt8] = []
    let start = line
    var depth = 0
    while let octet {
      switch octet {
      case UInt8(ascii: "\""): joined += try string()
      case UInt8(ascii: "("):
        depth += 1
        advance()
      case UInt8(ascii: ")"):
        depth -= 1
        advance()
      case UInt8(ascii: ";"): skipLine()
      case 0x0a where depth <= 0: return joined
      case 0x0a: advance()
      case _ where Self.isBlank(octet): advance()
      default: joined += bareString()
      }
    }
    guard depth <= 0 else { throw KeyFile.Fault(line: start, reason: .openEnd) }
    return joined
  }

  private mutating func bareString() -> [UInt8] {
    let start = offset
    advance()
    while let octet, octet > 0x20, octet != UInt8(ascii: ")"), octet != UInt8(ascii: ";") { advance() }
    return Array(text[start..<offset])
  }

  private mutating func string() throws(KeyFile.Fault) -> [UInt8] {
    let start = line
    var string: [UInt8] = []
    advance()
    while let octet {
      advance()
      if octet == UInt8(ascii: "\"") { return string }
      guard octet != 0x0a else { break }
      if octet == UInt8(ascii: "\\"), let escaped = self.octet {
        string.append(escaped)
        advance()
      } else {
        string.append(octet)
      }
    }
    throw KeyFile.Fault(line: start, reason: .openEnd)
  }

  /// Whether a field is a time: seconds, or numbers with units as BIND writes them: `1h30m`.
  private static func isTime(_ field: [UInt8]) -> Bool {
    guard let first = field.first, (0x30...0x39).contains(first) else { return false }
    return field.allSatisfy { (0x30...0x39).contains($0) || "smhdw".utf8.contains(SignatureField.small($0)) }
  }

  /// Time to live, class and type, which may stand before the text in a zone file.
  private mutating func skipFieldsOfZone() {
    while true {
      skipBlanks()
      let (start, lineBefore) = (offset, line)
      let field = word()
      let isPart =
        Self.isTime(field)
        || field.elementsEqual("in".utf8, by: SignatureField.isSame)
        || field.elementsEqual("txt".utf8, by: SignatureField.isSame)
      guard isPart else {
        (offset, line) = (start, lineBefore)
        return
      }
    }
  }
}
