import Wire

extension OutputBuffer {
  /// Appends a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD; code points that are not inert on a
  /// terminal are written as `\u` escapes, which mean the same to every JSON reader.
  ///
  /// - Returns: whether all bytes were UTF-8.
  @discardableResult
  package mutating func appendJSON(_ text: Span<UInt8>) -> Bool {
    append(byte: UInt8(ascii: "\""))
    var isWhole = true
    var plain = 0  // begin of the run that needs no escape
    var offset = 0
    while offset < text.count {
      offset = text.endOfPlainText(from: offset)
      guard offset < text.count else { break }
      let (codePoint, length) = VisibleText.decodeScalar(text, at: offset)
      if let codePoint, codePoint >= 0x80, !VisibleText.isHidden(codePoint) {
        offset += length
        continue
      }
      append(text.extracting(plain..<offset))
      if let codePoint {
        appendEscape(codePoint)
      } else {
        append(literal: "\u{fffd}")
        isWhole = false
      }
      offset += length
      plain = offset
    }
    append(text.extracting(plain..<offset))
    append(byte: UInt8(ascii: "\""))
    return isWhole
  }

  /// Appends what came from the network as a JSON string of its visible form.
  private mutating func appendJSON(shown text: Span<UInt8>) {
    // Nearly everything shows as itself, and is no other in JSON.
    guard text.endOfPlainText(from: 0) == text.count else {
      let visible = String(visible: text)
      appendJSON(visible.utf8.span)
      return
    }
    append(byte: UInt8(ascii: "\""))
    append(text)
    append(byte: UInt8(ascii: "\""))
  }

  private mutating func appendEscape(_ codePoint: UInt32) {
    switch codePoint {
    case 0x22: append(literal: "\\\"")
    case 0x5c: append(literal: "\\\\")
    case 0x0a: append(literal: "\\n")
    case 0x0d: append(literal: "\\r")
    case 0x09: append(literal: "\\t")
    case 0x10000...:
      appendEscape(unit: 0xd7c0 + codePoint >> 10)
      appendEscape(unit: 0xdc00 + codePoint & 0x3ff)
    default: appendEscape(unit: codePoint)
    }
  }

  private mutating func appendEscape(unit: UInt32) {
    append(literal: "\\u")
    for shift: UInt32 in [12, 8, 4, 0] {
      let nibble = UInt8(truncatingIfNeeded: unit >> shift & 15)
      append(byte: nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
    }
  }
}

// The members of an object behind its first one: `,"key":value`. What is not known is null.
//
// What has a literal is inlined, so that its copy is a few stores; what follows the key is a call.
extension OutputBuffer {
  @inline(__always)
  mutating func key(_ key: StaticString) {
    append(literal: ",\"", key, "\":")
  }

  @inline(__always)
  mutating func field(_ key: StaticString, _ value: Int) {
    self.key(key)
    append(value)
  }

  @inline(__always)
  mutating func field(_ key: StaticString, _ value: Int?) {
    self.key(key)
    appendOrNull(value)
  }

  @inline(__always)
  mutating func field(_ key: StaticString, _ value: Bool) {
    if value { append(literal: ",\"", key, "\":true") } else { append(literal: ",\"", key, "\":false") }
  }

  /// A word of our own, which needs no escape.
  @inline(__always)
  mutating func field(_ key: StaticString, word: String?) {
    self.key(key)
    appendOrNull(word: word)
  }

  @inline(__always)
  mutating func field(_ key: StaticString, string: String?) {
    self.key(key)
    appendOrNull(string: string)
  }

  @inline(__always)
  mutating func field(_ key: StaticString, status: EnhancedStatus?) {
    self.key(key)
    if let status { append(status) } else { append(literal: "null") }
  }

  @inline(__always)
  mutating func field(_ key: StaticString, time: CaptureTime, decimals: Int) {
    append(literal: ",\"", key, "\":\"")
    append(time, decimals: decimals)
    append(byte: UInt8(ascii: "\""))
  }

  @inline(__always)
  mutating func field(_ key: StaticString, milliseconds nanoseconds: Int64?) {
    self.key(key)
    if let nanoseconds { append(milliseconds: nanoseconds) } else { append(literal: "null") }
  }

  /// Text from the wire, with `key_base64` beside it where it is not UTF-8.
  @inline(__always)
  mutating func field(_ key: StaticString, text: [UInt8]?) {
    self.key(key)
    guard let text else { return append(literal: "null") }
    guard !appendJSON(text.span) else { return }
    append(literal: ",\"", key, "_base64\":\"")
    appendBase64(text.span)
    append(byte: UInt8(ascii: "\""))
  }

  /// Text from the wire as people are shown it: see `VisibleText`.
  @inline(__always)
  mutating func field(_ key: StaticString, shown text: [UInt8]?) {
    self.key(key)
    if let text { appendJSON(shown: text.span) } else { append(literal: "null") }
  }

  /// Texts from the wire, with an array `key_base64` of all of them beside it where one is not UTF-8.
  @inline(__always)
  mutating func field(_ key: StaticString, texts: [[UInt8]]) {
    self.key(key)
    guard !appendArray(texts: texts) else { return }
    append(literal: ",\"", key, "_base64\":")
    appendArray(texts) { (output, text) in
      output.append(byte: UInt8(ascii: "\""))
      output.appendBase64(text.span)
      output.append(byte: UInt8(ascii: "\""))
    }
  }

  /// Lines from the wire, likewise.
  @inline(__always)
  mutating func field(_ key: StaticString, texts: TextLines) {
    self.key(key)
    guard !appendArray(texts: texts) else { return }
    append(literal: ",\"", key, "_base64\":")
    appendArray(Array(texts)) { (output, text) in
      output.append(byte: UInt8(ascii: "\""))
      output.appendBase64(text.span)
      output.append(byte: UInt8(ascii: "\""))
    }
  }

  /// Returns whether all lines were UTF-8.
  private mutating func appendArray(texts: TextLines) -> Bool {
    var areWhole = true
    append(byte: UInt8(ascii: "["))
    var isFirst = true
    texts.forEachLine { line in
      if !isFirst { append(byte: UInt8(ascii: ",")) }
      isFirst = false
      if !appendJSON(line) { areWhole = false }
    }
    append(byte: UInt8(ascii: "]"))
    return areWhole
  }

  /// Returns whether all texts were UTF-8.
  private mutating func appendArray(texts: [[UInt8]]) -> Bool {
    var areWhole = true
    appendArray(texts) { (output, text) in
      if !output.appendJSON(text.span) { areWhole = false }
    }
    return areWhole
  }

  @inline(__always)
  mutating func appendArray<Element>(
    _ elements: [Element], _ appendOne: (inout OutputBuffer, borrowing Element) -> Void
  ) {
    append(byte: UInt8(ascii: "["))
    let all = elements.span
    for index in all.indices {
      if index > 0 { append(byte: UInt8(ascii: ",")) }
      all.lend(index, to: &self) { appendOne(&$1, $0) }
    }
    append(byte: UInt8(ascii: "]"))
  }

  private mutating func appendOrNull(_ value: Int?) {
    if let value { append(value) } else { append(literal: "null") }
  }

  private mutating func appendOrNull(word: String?) {
    guard let word else { return append(literal: "null") }
    append(byte: UInt8(ascii: "\""))
    append(word)
    append(byte: UInt8(ascii: "\""))
  }

  mutating func append(_ status: EnhancedStatus) {
    append(byte: UInt8(ascii: "\""))
    for place in 0..<status.count { append(byte: status[place]) }
    append(byte: UInt8(ascii: "\""))
  }

  mutating func appendOrNull(string: String?) {
    if let string { appendJSON(string.utf8.span) } else { append(literal: "null") }
  }
}
