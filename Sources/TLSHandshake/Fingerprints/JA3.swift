internal import Crypto
internal import Wire

// JA3 and JA3S (Salesforce, 2017): the MD5 of what a hello lists, as decimal numbers.

extension ClientHello {
  /// `version,ciphers,extensions,groups,point formats`, GREASE left out.
  public var ja3Text: String {
    [
      String(legacyVersion.code), Self.joined(cipherSuites.map(\.code)), Self.joined(extensions),
      Self.joined(groups.map(\.code)), pointFormats.map { String($0) }.joined(separator: "-"),
    ].joined(separator: ",")
  }

  /// JA3: the MD5 of its text.
  public var ja3: String { hexadecimal(Insecure.MD5.hash(data: Array(ja3Text.utf8))) }

  private static func joined(_ codes: [UInt16]) -> String {
    codes.filter { !GREASE.contains($0) }.map { String($0) }.joined(separator: "-")
  }
}

extension ServerHello {
  /// JA3S: the MD5 of `version,cipher,extensions`.
  public var ja3s: String { hexadecimal(Insecure.MD5.hash(data: Array(ja3sText.utf8))) }

  /// `version,cipher,extensions`, as decimal numbers; hyphens between the extensions, in their order.
  public var ja3sText: String {
    [
      String(legacyVersion.code), String(cipherSuite.code), extensions.map { String($0) }.joined(separator: "-"),
    ].joined(separator: ",")
  }
}

/// A digest in small hexadecimal digits.
func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
  var text: [UInt8] = []
  text.reserveCapacity(64)
  for byte in digest { text.appendHexadecimal(byte) }
  return String(repairing: text.span)
}

extension [UInt8] {
  /// Appends two digits.
  mutating func appendHexadecimal(_ byte: UInt8) {
    for nibble in [byte >> 4, byte & 15] { append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble) }
  }
}
