import MIMEParts

/// What the reader makes of a message, with the bytes of every part.
struct PartsRead: Equatable {
  var contents: MIMEContents
  /// The bytes of the listed parts, in their order.
  var bodies: [[UInt8]]

  var texts: [String] { bodies.map { String(decoding: $0, as: UTF8.self) } }
  var problems: [MIMEProblem.Kind] { contents.problems.map(\.kind) }
  /// `1 text/plain 5` for each part.
  var outline: [String] { contents.parts.map { "\($0.path) \($0.type) \($0.byteCount)" } }

  /// - Parameter cuts: Where the bytes are cut into pieces.
  init(
    _ message: [UInt8], cuts: [Int] = [], limits: MIMELimits = MIMELimits(), isWhole: Bool = true, hole: Int? = nil
  ) {
    let output = Collected()
    let reader = MIMEReader(limits: limits, output: output)
    var start = 0
    for end in cuts + [message.count] where end >= start && end <= message.count {
      reader.receive(message.span.extracting(start..<end))
      if end == hole { reader.skip() }
      start = end
    }
    contents = reader.finish(isWhole: isWhole)
    bodies = contents.parts.map { $0.outputKey.flatMap { output.bodies[$0] } ?? [] }
    precondition(output.open.isEmpty)
  }

  /// A message written with LF, whose lines end in CRLF.
  init(_ text: String, limits: MIMELimits = MIMELimits(), isWhole: Bool = true) {
    self.init(Self.bytes(text), limits: limits, isWhole: isWhole)
  }

  static func bytes(_ text: String) -> [UInt8] {
    text.utf8.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
  }

  private final class Collected: MIMEPartOutput {
    var bodies: [Int: [UInt8]] = [:]
    var open: Set<Int> = []

    func beginPart() -> Int {
      open.insert(bodies.count)
      bodies[bodies.count] = []
      return bodies.count - 1
    }

    func append(_ bytes: Span<UInt8>, toPart key: Int) {
      precondition(open.contains(key))
      for index in bytes.indices { bodies[key]?.append(bytes[index]) }
    }

    func endPart(_ key: Int) { precondition(open.remove(key) != nil) }
  }
}

/// Bytes in base64, for messages that tests write.
func base64(_ bytes: [UInt8], line: Int = 76) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  var text = ""
  var column = 0
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = Array(bytes[start..<min(start + 3, bytes.count)])
    let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for place in 0..<4 { text.append(place <= group.count ? alphabet[word >> (18 - 6 * place) & 63] : "=") }
    column += 4
    if column >= line {
      text += "\n"
      column = 0
    }
  }
  return text
}
