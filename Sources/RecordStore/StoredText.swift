internal import Reports
internal import Wire

/// Bytes as the text that stands in the database.
enum StoredText {
  /// The text where all of it can stand there: UTF-8 without a NUL, which SQLite's own functions take for the end.
  static func whole(_ bytes: [UInt8]) -> String? {
    guard bytes.span.firstIndex(of: 0) == nil else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The text as it stands in the database.
  static func of(_ bytes: [UInt8]) -> String { whole(bytes) ?? repaired(bytes) }

  /// The text with U+FFFD for what cannot stand there, as the JSON has it.
  static func repaired(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).replacing("\0", with: "\u{fffd}")
  }

  static func base64(_ bytes: [UInt8]) -> String {
    text { $0.appendBase64(bytes.span) }
  }

  static func time(_ time: CaptureTime, decimals: Int) -> String {
    text { $0.append(time, decimals: decimals) }
  }

  static func communityID(_ one: Endpoint, _ other: Endpoint) -> String {
    text { $0.appendCommunityID(one, other) }
  }

  /// A JSON array, and whether all texts are UTF-8.
  static func array(_ texts: [[UInt8]]) -> (text: String, isWhole: Bool) {
    var isWhole = true
    let text = array(of: texts) { (output, element) in
      if !output.appendJSON(element.span) { isWhole = false }
    }
    return (text, isWhole)
  }

  static func array(base64 texts: [[UInt8]]) -> String {
    array(of: texts) { (output, element) in
      output.append(byte: UInt8(ascii: "\""))
      output.appendBase64(element.span)
      output.append(byte: UInt8(ascii: "\""))
    }
  }

  static func array(_ texts: [String]) -> String {
    array(of: texts) { (output, element) in output.appendJSON(element.utf8.span) }
  }

  static func array<Element>(of elements: [Element], _ appendOne: (inout OutputBuffer, Element) -> Void) -> String {
    text { output in
      output.append(byte: UInt8(ascii: "["))
      for index in elements.indices {
        if index > 0 { output.append(byte: UInt8(ascii: ",")) }
        appendOne(&output, elements[index])
      }
      output.append(byte: UInt8(ascii: "]"))
    }
  }

  /// What is written into a buffer, which is UTF-8.
  static func text(_ write: (inout OutputBuffer) -> Void) -> String {
    var output = OutputBuffer()
    write(&output)
    var text = ""
    output.drain { bytes in
      if let whole = try? UTF8Span(validating: bytes) { text = String(copying: whole) }
    }
    return text
  }

  /// What stands behind the last `@` of an address, in lower case; nil where nothing does.
  static func domain(of address: [UInt8]?) -> String? {
    guard let address, let at = address.lastIndex(of: UInt8(ascii: "@")), at + 1 < address.count else { return nil }
    return repaired(address[(at + 1)...].map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 })
  }
}
