package import FuzzSupport
internal import TLSProtection
internal import Wire

/// The blocks of a pcapng: the secrets found in it, in pieces too, and its packets by libpcap.
package enum PcapNGTarget: FuzzedPart {
  /// A section header (draft-ietf-opsawg-pcapng section 4.1), so that mutations need not find it.
  private static let sectionHeader: [UInt8] = [
    0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 28, 0, 0, 0,
  ]

  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    let bytes = (input.count > 0 && input[0] == 0x0a ? [] : sectionHeader) + [UInt8](input)
    let whole = read(bytes, piece: bytes.count)
    try demand(whole == read(bytes, piece: 5), "in pieces it has other secrets")
    try CaptureInMemory(bytes).frames { (_, _) throws(Broken) in }
  }

  private static func read(_ bytes: [UInt8], piece: Int) -> [Int] {
    let log = KeyLog()
    var scanner = SecretsBlockScanner()
    inPieces(bytes, of: piece) { scanner.receive($0, into: log) }
    return [scanner.keyLogs, scanner.otherSecrets, log.summary.secrets]
  }
}
