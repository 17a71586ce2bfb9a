package import FuzzSupport
internal import TLSProtection
internal import Wire

/// A key log in pieces; a private key.
package enum KeyLogsTarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    let bytes = [UInt8](input)
    let whole = read(bytes, piece: max(bytes.count, 1))
    try demand(whole == read(bytes, piece: 3), "in pieces it has other secrets")
    if bytes.count > 40, bytes[0] == UInt8(ascii: "-") { _ = try? RSADecryptionKey(file: input) }
  }

  private static func read(_ bytes: [UInt8], piece: Int) -> KeyLogSummary {
    var limits = KeyLogLimits()
    limits.secrets = 50
    let log = KeyLog(limits: limits)
    var reader = KeyLogReader(limits: limits)
    inPieces(bytes, of: piece) { reader.receive($0, into: log) }
    reader.finish(into: log)
    return log.summary
  }
}
