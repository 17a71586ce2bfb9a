import DKIM
import MIMEParts
import MailMessages
import Wire

/// A header section: the input as it is.
enum HeadersTarget {
  static func receive(_ input: Span<UInt8>) throws(Broken) {
    let header = HeaderSummary(parsing: input)
    let trace = MessageTrace(header)
    for hop in trace.hops.indices { _ = trace.delay(of: hop) }
    _ = trace.transit(until: CaptureTime(nanoseconds: 1_700_000_000_000_000_000))
    let limit = input.count * 4 + 64
    for text in [header.subject, header.from, header.to, header.messageID] {
      try demand((text?.utf8.count ?? 0) <= limit, "a field that grew beyond measure")
    }
  }
}

/// A message, whole and in pieces of seven octets.
enum MIMETarget {
  static func receive(_ input: Span<UInt8>) throws(Broken) {
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

/// A message: its header section is what stands before the first empty line.
enum DKIMTarget {
  static func receive(_ input: Span<UInt8>) throws(Broken) {
    let bytes = [UInt8](input)
    var script = ByteScript(input)
    let isWhole = script.byte() & 1 == 0
    let reports = read(bytes, piece: max(bytes.count, 1), isWhole)
    let cut = read(bytes, piece: 5, isWhole)
    try demand(reports == cut, "in pieces it is signed otherwise")
    _ = KeyRecord(bytes)
    _ = try? KeyFile(bytes)
  }

  private static func read(_ bytes: [UInt8], piece: Int, _ isWhole: Bool) -> [String] {
    let end = headerEnd(of: bytes)
    guard var mail = SignedMail(header: bytes.span.extracting(first: end)) else { return [] }
    inPieces(Array(bytes[end...].dropFirst(2)), of: piece) { mail.append($0) }
    if !isWhole { mail.skip() }
    return mail.finish(doubt: nil, at: CaptureTime(nanoseconds: 1_700_000_000_000_000_000)).map {
      "\($0.domain) \($0.selector) \($0.body) \($0.signature) \($0.isExpired) \($0.unsignedOctets ?? -1)"
    }
  }

  private static func headerEnd(of bytes: [UInt8]) -> Int {
    for index in bytes.indices.dropLast(3)
    where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10 {
      return index + 2
    }
    return bytes.count
  }
}
