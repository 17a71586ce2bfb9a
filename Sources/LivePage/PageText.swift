internal import Reports

// Pieces of JSON. Everything from the wire goes through `appendJSON`, which escapes it.
extension OutputBuffer {
  mutating func key(_ name: String) {
    append("\"\(name)\":")
  }

  mutating func member(_ name: String, _ value: Int?) {
    key(name)
    appendNumber(value)
    append(",")
  }

  mutating func member(_ name: String, _ value: Bool) {
    key(name)
    append(value ? "true," : "false,")
  }

  mutating func member(_ name: String, milliseconds nanoseconds: Int64?) {
    key(name)
    appendMilliseconds(nanoseconds)
    append(",")
  }

  /// A text, of which at most `limit` bytes are shown.
  mutating func member(_ name: String, text: [UInt8]?, limit: Int) {
    key(name)
    if let text { appendJSON(text.cut(to: limit).span) } else { append("null") }
    append(",")
  }

  mutating func member(_ name: String, string: String?, limit: Int = .max) {
    member(name, text: string.map { Array($0.utf8) }, limit: limit)
  }

  mutating func appendNumber(_ value: Int?) {
    if let value { append(value) } else { append("null") }
  }

  mutating func appendMilliseconds(_ nanoseconds: Int64?) {
    // Microseconds are as near as anybody looks.
    if let nanoseconds { append(milliseconds: nanoseconds / 1000 * 1000) } else { append("null") }
  }

  /// An array, an element a call.
  mutating func appendList<Elements: Sequence>(
    _ elements: Elements, element: (inout OutputBuffer, Elements.Element) -> Void
  ) {
    append("[")
    var isFirst = true
    for value in elements {
      if !isFirst { append(",") }
      isFirst = false
      element(&self, value)
    }
    append("]")
  }

  /// Takes what waits.
  mutating func take() -> [UInt8] {
    var bytes: [UInt8] = []
    drain { waiting in
      bytes.reserveCapacity(waiting.count)
      for index in waiting.indices { bytes.append(waiting[index]) }
    }
    return bytes
  }
}

extension [UInt8] {
  /// The first bytes, at most `limit`, and a mark where there were more. No character of UTF-8 is cut in two.
  func cut(to limit: Int) -> [UInt8] {
    guard count > limit else { return self }
    var end = limit
    while end > 0, self[end] & 0xc0 == 0x80 { end -= 1 }
    return Array(self[..<end]) + "…".utf8
  }
}
