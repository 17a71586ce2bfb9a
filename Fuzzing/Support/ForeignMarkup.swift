/// Whether a page holds markup that is none of its maker's: elements, handlers and addresses that text from the wire could bring.
package struct MarkupReader {
  private let bytes: [UInt8]
  private var offset = 0
  private var counts: [String: Int] = [:]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// What a report has one of at most, and what it has none of.
  private static let single: Set<String> = ["script", "style", "html", "head", "body", "main"]
  private static let foreign: Set<String> = [
    "iframe", "img", "object", "embed", "base", "form", "video", "audio", "image", "foreignobject", "template", "math",
    "animate", "set", "marquee", "textarea", "plaintext", "xmp", "noscript",
  ]

  /// Reads the page to its end.
  package mutating func page() throws(Broken) {
    while let start = bytes[offset...].firstIndex(of: UInt8(ascii: "<")) {
      offset = start + 1
      try tag()
    }
    for (name, count) in counts where Self.single.contains(name) {
      try demand(count == 1, "\(count) elements \(name)")
    }
  }

  private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  private mutating func tag() throws(Broken) {
    if next == UInt8(ascii: "/") || next == UInt8(ascii: "!") {
      skip(to: ">")
      return
    }
    let name = word()
    try demand(!name.isEmpty, "a bare < at \(offset)")
    try demand(!Self.foreign.contains(name), "an element \(name) at \(offset)")
    counts[name, default: 0] += 1
    while next != UInt8(ascii: ">") {
      try demand(offset < bytes.count, "an element without an end")
      let attribute = word()
      if attribute.isEmpty {
        try demand(next == 0x20 || next == 0x0a || next == UInt8(ascii: "/"), "an attribute that is none, \(offset)")
        offset += 1
        continue
      }
      try demand(!attribute.hasPrefix("on"), "a handler \(attribute)")
      guard next == UInt8(ascii: "=") else { continue }
      offset += 1
      try demand(next == UInt8(ascii: "\""), "a value without quotes, \(attribute)")
      offset += 1
      let start = offset
      skip(to: "\"")
      if attribute == "href" || attribute == "src" {
        let value = bytes[start..<(offset - 1)]
        try demand(
          ["#", "https://", "data:"].contains { value.starts(with: $0.utf8) }, "an address that leads elsewhere")
      }
    }
    offset += 1
    // What stands in these is no markup.
    if name == "script" || name == "style" {
      while offset < bytes.count, !bytes[offset...].starts(with: "</\(name)".utf8) { offset += 1 }
    }
  }

  private mutating func skip(to end: Unicode.Scalar) {
    let end = UInt8(ascii: end)
    while offset < bytes.count, bytes[offset] != end { offset += 1 }
    offset = min(offset + 1, bytes.count)
  }

  private mutating func word() -> String {
    let start = offset
    while offset < bytes.count, Self.isOfName(bytes[offset]) { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self).lowercased()
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || (0x30...0x39).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
  }
}
