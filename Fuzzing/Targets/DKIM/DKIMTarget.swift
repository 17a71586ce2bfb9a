internal import DKIM
package import FuzzSupport
internal import Wire

/// A message: its header section is what stands before the first empty line.
package enum DKIMTarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
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
