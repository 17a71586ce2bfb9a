/// Writes X.509 certificates as DER (RFC 5280 section 4.1), with a key and a signature that prove nothing.
package struct CertificateBuilder {
  package var subject = "mx.example"
  package var issuer = "Test CA"
  package var notBefore = "260101000000Z"
  package var notAfter = "270101000000Z"
  package var dnsNames: [String] = ["mx.example"]
  package var keyBits = 2048

  package init() {}

  package var der: [UInt8] {
    let algorithm = node(0x30, Self.sha256WithRSA + [0x05, 0x00])
    var modulus = [UInt8](repeating: 0x55, count: keyBits / 8)
    modulus[0] = 0x80
    let key = node(0x30, node(0x02, [0] + modulus) + node(0x02, [1, 0, 1]))
    let info = node(0x30, node(0x30, Self.rsa + [0x05, 0x00]) + node(0x03, [0] + key))
    var body = node(0xa0, node(0x02, [2])) + node(0x02, [7]) + algorithm + name(issuer)
    body += node(0x30, time(notBefore) + time(notAfter)) + name(subject) + info
    if !dnsNames.isEmpty {
      let names = node(0x30, dnsNames.flatMap { node(0x82, Array($0.utf8)) })
      body += node(0xa3, node(0x30, node(0x30, [0x06, 0x03, 0x55, 0x1d, 0x11] + node(0x04, names))))
    }
    return node(0x30, node(0x30, body) + algorithm + node(0x03, [0] + Array(repeating: 1, count: 64)))
  }

  private static let sha256WithRSA: [UInt8] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b,
  ]
  private static let rsa: [UInt8] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]

  private func name(_ text: String) -> [UInt8] {
    text.isEmpty
      ? node(0x30, [])
      : node(0x30, node(0x31, node(0x30, [0x06, 0x03, 0x55, 0x04, 0x03] + node(0x0c, Array(text.utf8)))))
  }

  /// UTCTime, or GeneralizedTime where the year has four digits.
  private func time(_ text: String) -> [UInt8] { node(text.utf8.count == 13 ? 0x17 : 0x18, Array(text.utf8)) }

  private func node(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    let length: [UInt8] =
      count < 128
      ? [UInt8(count)]
      : count < 256
        ? [0x81, UInt8(count)] : [0x82, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
    return [tag] + length + content
  }
}
