package import FuzzSupport
internal import MIMEParts
internal import Wire

/// A message, whole and in pieces of seven octets.
package enum MIMETarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    let bytes = [UInt8](input)
    let whole = read(bytes, piece: max(bytes.count, 1))
    let cut = read(bytes, piece: 7)
    try demand(whole.contents == cut.contents, "in pieces it has other parts")
    try demand(whole.parts == cut.parts, "in pieces its parts have other bytes")
    let decoded = whole.parts.values.reduce(0) { $0 + $1.count }
    // A part may be told as itself and within an enclosing message; no encoding makes more of less.
    try demand(decoded <= bytes.count * (MIMELimits().depth + 2), "more decoded than there was")
    try demand(whole.open == 0, "a part without an end")
  }

  private static func read(
    _ bytes: [UInt8], piece: Int
  ) -> (contents: MIMEContents, parts: [Int: Digest], open: Int) {
    let output = PartDigests()
    let reader = MIMEReader(output: output)
    inPieces(bytes, of: piece) { reader.receive($0) }
    let contents = reader.finish(isWhole: bytes.count % 2 == 0)
    return (contents, output.parts, output.open)
  }

  private final class PartDigests: MIMEPartOutput {
    var parts: [Int: Digest] = [:]
    var open = 0

    func beginPart() -> Int {
      open += 1
      parts[parts.count] = Digest()
      return parts.count - 1
    }

    func append(_ bytes: Span<UInt8>, toPart key: Int) { parts[key]?.add(bytes) }

    func endPart(_ key: Int) { open -= 1 }
  }
}
