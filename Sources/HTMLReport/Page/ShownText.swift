internal import Reports
internal import Wire

/// Text as the page shows it: what does not show as itself is named (`VisibleText`), and no text is longer than its bound.
enum ShownText {
  private static let style = TextStyle()

  /// Bytes from the wire.
  static func wire(_ bytes: [UInt8], limit: Int) -> String {
    guard bytes.count > limit else { return style.visible(bytes) }
    return style.visible(Array(bytes[..<end(bytes, limit)])) + "…"
  }

  /// Text that was decoded from the wire.
  static func wire(_ text: String, limit: Int) -> String {
    text.utf8.count > limit ? wire(Array(text.utf8), limit: limit) : style.visible(text)
  }

  /// A sentence of the analysis: what it quotes is escaped already.
  static func sentence(_ text: String, limit: Int) -> String {
    guard text.utf8.count > limit else { return style.sentence(text) }
    let bytes = Array(text.utf8)
    return style.sentence(String(decoding: bytes[..<end(bytes, limit)], as: UTF8.self)) + "…"
  }

  /// A reply: its code, where it has one, and the text of all its lines.
  static func reply(_ code: Int, _ lines: TextLines, limit: Int) -> String {
    var text = code > 0 ? String(code) : ""
    var room = limit
    for line in lines {
      guard room > 0 else { return text + " …" }
      text += (text.isEmpty ? "" : " ") + wire(line, limit: room)
      room -= line.count
    }
    return text
  }

  /// No character of UTF-8 is cut in two.
  private static func end(_ bytes: [UInt8], _ limit: Int) -> Int {
    var end = min(limit, bytes.count)
    while end > 0, end < bytes.count, bytes[end] & 0xc0 == 0x80 { end -= 1 }
    return end
  }
}
