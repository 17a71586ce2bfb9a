package import Wire

/// A dialogue written down: each line begins with `C: ` or `S: `, ends with CRLF on the wire, and comes a frame later
/// than the one before.
///
/// `\r`, `\n`, `\0` and `\xNN` stand for themselves; a line that ends with `\` has no line end; `C. ` and `S. ` close that
/// side, `C! ` and `S! ` reset the connection, `C? 100` and `S? 100` are bytes that are missing.
package struct Script: Sendable {
  package enum Step: Equatable, Sendable {
    case bytes(Peer, [UInt8])
    case missing(Peer, Int)
    case finish(Peer)
    case reset(Peer)
  }

  package var steps: [Step] = []

  package init(_ text: String) {
    for line in text.split(separator: "\n") {
      let line = line.drop { $0 == " " }
      guard let first = line.first, first == "C" || first == "S" else { continue }
      let peer: Peer = first == "C" ? .client : .server
      let rest = line.dropFirst(3)
      switch line.dropFirst().first {
      case ".": steps.append(.finish(peer))
      case "!": steps.append(.reset(peer))
      case "?": steps.append(.missing(peer, Int(rest) ?? 0))
      default: steps.append(.bytes(peer, Self.bytes(of: rest)))
      }
    }
  }

  private static func bytes(of line: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = line
    var isWhole = true
    while let character = rest.popFirst() {
      guard character == "\\" else {
        bytes += Array(String(character).utf8)
        continue
      }
      switch rest.popFirst() {
      case "r": bytes.append(13)
      case "n": bytes.append(10)
      case "0": bytes.append(0)
      case "x":
        bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      case nil: isWhole = false
      case let other?: bytes += Array(String(other).utf8)
      }
    }
    return isWhole ? bytes + [13, 10] : bytes
  }
}
