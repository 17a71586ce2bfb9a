import TCPStreams
import Wire

// The values of a log's line in both forms. What is not known is `-` between tabs and left out in JSON. The order of the
// calls is the order of the columns.
extension OutputBuffer {
  /// Begins a line.
  mutating func beginZeekLine(_ form: ZeekForm, at time: CaptureTime) {
    if form == .json { append(literal: "{\"ts\":") }
    appendZeekSeconds(time.nanoseconds, form)
  }

  mutating func endZeekLine(_ form: ZeekForm) {
    if form == .json { append(literal: "}\n") } else { append(literal: "\n") }
  }

  /// The columns that name the connection.
  mutating func zeek(_ form: ZeekForm, _ identity: FlowIdentity, _ connection: ConnectionFacts) {
    zeek(form, "uid", text: identity.uid)
    zeek(form, "id.orig_h", address: connection.client.address)
    zeek(form, "id.orig_p", Int(connection.client.port))
    zeek(form, "id.resp_h", address: connection.server.address)
    zeek(form, "id.resp_p", Int(connection.server.port))
  }

  mutating func zeek(_ form: ZeekForm, _ name: StaticString, text: [UInt8]?) {
    guard beginZeekValue(form, name, isSet: text != nil), let text else { return }
    switch form {
    case .json: appendZeekJSON(text.span)
    case .tsv where text.isEmpty: append(literal: "(empty)")
    case .tsv: appendZeekField(text.span)
    }
  }

  mutating func zeek(_ form: ZeekForm, _ name: StaticString, text: String?) {
    zeek(form, name, text: text.map { Array($0.utf8) })
  }

  mutating func zeek(_ form: ZeekForm, _ name: StaticString, address: IPAddress?) {
    zeek(form, name, text: address?.text)
  }

  mutating func zeek(_ form: ZeekForm, _ name: StaticString, _ number: Int?) {
    guard beginZeekValue(form, name, isSet: number != nil), let number else { return }
    append(number)
  }

  mutating func zeek(_ form: ZeekForm, _ name: StaticString, _ isSo: Bool?) {
    guard beginZeekValue(form, name, isSet: isSo != nil), let isSo else { return }
    switch form {
    case .tsv: append(isSo ? "T" : "F")
    case .json: append(isSo ? "true" : "false")
    }
  }

  mutating func zeek(_ form: ZeekForm, _ name: StaticString, interval nanoseconds: Int64?) {
    guard beginZeekValue(form, name, isSet: nanoseconds != nil), let nanoseconds else { return }
    appendZeekSeconds(nanoseconds, form)
  }

  /// The time between two moments, both cut to microseconds as Zeek reads them.
  mutating func zeek(_ form: ZeekForm, _ name: StaticString, from start: CaptureTime, to end: CaptureTime) {
    zeek(form, name, interval: (end.nanoseconds / 1000 - start.nanoseconds / 1000) * 1000)
  }

  /// A set or a vector.
  mutating func zeek(_ form: ZeekForm, _ name: StaticString, list: [[UInt8]]?) {
    guard beginZeekValue(form, name, isSet: list != nil), let list else { return }
    switch form {
    case .json: appendArray(list) { $0.appendZeekJSON($1.span) }
    case .tsv where list.isEmpty: append(literal: "(empty)")
    case .tsv:
      for (index, element) in list.enumerated() {
        if index > 0 { append(literal: ",") }
        if element.isEmpty { append(literal: "(empty)") } else { appendZeekField(element.span, isElement: true) }
      }
    }
  }

  /// Whether a value follows.
  private mutating func beginZeekValue(_ form: ZeekForm, _ name: StaticString, isSet: Bool) -> Bool {
    switch form {
    case .tsv: if isSet { append(literal: "\t") } else { append(literal: "\t-") }
    case .json: if isSet { append(literal: ",\"", name, "\":") }
    }
    return isSet
  }

  /// Seconds with six decimals; in JSON without the zeros at their end, but for one.
  private mutating func appendZeekSeconds(_ nanoseconds: Int64, _ form: ZeekForm) {
    let microseconds = nanoseconds / 1000
    switch form {
    case .tsv:
      if microseconds < 0 { append(literal: "-") }
      let (whole, part) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
      append(decimal: whole)
      append(literal: ".")
      append(lastDigitsOf: part, count: 6)
    case .json:
      append(nanoseconds: microseconds, exponent: 6)
      if microseconds % 1_000_000 == 0 { append(literal: ".0") }
    }
  }

  /// `2026-11-20-09-14-02`, the time of day as heads have it.
  mutating func appendZeekClock(_ time: CaptureTime) {
    let civil = CivilTime(time)
    appendDate(civil)
    for number in [civil.hour, civil.minute, civil.second] {
      append(literal: "-")
      append(lastDigitsOf: UInt64(number), count: 2)
    }
  }

  /// Text between tabs: what is not printable, or separates, is `\x09`, a backslash is doubled. A value that would read as
  /// unset or empty has its first character written so.
  private mutating func appendZeekField(_ text: Span<UInt8>, isElement: Bool = false) {
    var offset = 0
    let readsAsUnset = text.count == 1 && text[0] == UInt8(ascii: "-")
    if readsAsUnset || (text.count == 7 && text.hasBytes("(empty)")) {
      appendZeekEscape(text[0])
      offset = 1
    }
    while offset < text.count {
      let byte = text[offset]
      if byte == UInt8(ascii: "\\") {
        append(literal: "\\\\")
        offset += 1
      } else if byte < 0x20 || byte == 0x7f || (isElement && byte == UInt8(ascii: ",")) {
        appendZeekEscape(byte)
        offset += 1
      } else if byte < 0x80 {
        append(byte: byte)
        offset += 1
      } else {
        let (codePoint, length) = VisibleText.decodeScalar(text, at: offset)
        if let codePoint, !VisibleText.isHidden(codePoint) {
          append(text.extracting(offset..<offset + length))
        } else {
          for index in offset..<offset + length { appendZeekEscape(text[index]) }
        }
        offset += length
      }
    }
  }

  /// Text in JSON: bytes that are no UTF-8 are the text `\x09` there, of which the backslash is escaped in its turn.
  private mutating func appendZeekJSON(_ text: Span<UInt8>) {
    var repaired: [UInt8] = []
    var offset = 0
    var plain = 0
    while offset < text.count {
      guard text[offset] >= 0x80 else {
        offset += 1
        continue
      }
      let (codePoint, length) = VisibleText.decodeScalar(text, at: offset)
      if codePoint == nil {
        repaired.append(text.extracting(plain..<offset))
        for index in offset..<offset + length {
          repaired.append(contentsOf: "\\x".utf8)
          repaired.append(hexadecimal: text[index])
        }
        plain = offset + length
      }
      offset += length
    }
    guard plain > 0 else {
      appendJSON(text)
      return
    }
    repaired.append(text.extracting(plain..<text.count))
    appendJSON(repaired.span)
  }

  private mutating func appendZeekEscape(_ byte: UInt8) {
    append(literal: "\\x")
    append(byte: Hexadecimal.digit(byte >> 4))
    append(byte: Hexadecimal.digit(byte & 15))
  }
}
