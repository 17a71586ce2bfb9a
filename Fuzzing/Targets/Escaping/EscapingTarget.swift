package import FuzzSupport
internal import Reports
internal import Wire

/// Text, escaped for JSON and for people.
package enum EscapingTarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    var output = OutputBuffer(capacity: 16)
    output.appendJSON(input)
    var json: [UInt8] = []
    output.drain { json.append($0) }
    var reader = JSONReader(json)
    try reader.document()
    var text: [UInt8] = []
    VisibleText.append(input, to: &text)
    try InertText.check(text.span, allowing: [])
    var ascii: [UInt8] = []
    VisibleText.append(input, to: &ascii, keepsUnicode: false)
    try demand(ascii.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "more than ASCII")
  }
}
