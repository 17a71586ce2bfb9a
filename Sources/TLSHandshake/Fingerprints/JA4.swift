internal import Crypto
internal import Wire

// JA4 (FoxIO, 2023): what a hello lists, sorted so that shuffling changes nothing.

extension ClientHello {
  /// `t13d1516h2_8daaf6152771_e5627efa2ab1`: protocol, version, server name, counts and first ALPN; the ciphers; the
  /// extensions with the signature algorithms. GREASE is left out.
  public var ja4: String { "\(ja4Beginning)_\(ja4Ciphers)_\(ja4Extensions)" }

  private var ja4Beginning: String {
    let ciphers = cipherSuites.count { !$0.isGREASE }
    let kinds = extensions.count { !GREASE.contains($0) }
    let name = extensions.contains(ExtensionType.serverName) ? "d" : "i"
    return "t\(ja4Version)\(name)\(Self.twoDigits(ciphers))\(Self.twoDigits(kinds))\(ja4Protocol)"
  }

  private var ja4Version: String {
    switch offeredVersions.first?.code {
    case 0x0304: "13"
    case 0x0303: "12"
    case 0x0302: "11"
    case 0x0301: "10"
    case 0x0300: "s3"
    case 0x0002: "s2"
    default: "00"
    }
  }

  /// The first and the last character of the first protocol; of their hexadecimal digits where one is no letter or digit.
  private var ja4Protocol: String {
    guard let name = applicationProtocols.first, let first = name.first, let last = name.last else { return "00" }
    if Self.isAlphanumeric(first), Self.isAlphanumeric(last) {
      return String(decoding: [first, last], as: UTF8.self)
    }
    return String(first >> 4, radix: 16) + String(last & 15, radix: 16)
  }

  private var ja4Ciphers: String {
    let codes = cipherSuites.filter { !$0.isGREASE }.map(\.code).sorted()
    return codes.isEmpty ? Self.nothing : Self.shortHash(Self.joined(codes))
  }

  private var ja4Extensions: String {
    let codes = extensions.filter {
      !GREASE.contains($0) && $0 != ExtensionType.serverName && $0 != ExtensionType.applicationProtocols
    }
    .sorted()
    guard !codes.isEmpty else { return Self.nothing }
    let schemes = signatureSchemes.filter { !$0.isGREASE }.map(\.code)
    return Self.shortHash(Self.joined(codes) + (schemes.isEmpty ? [] : Array("_".utf8) + Self.joined(schemes)))
  }

  private static let nothing = "000000000000"

  private static func shortHash(_ text: [UInt8]) -> String {
    String(hexadecimal: SHA256.hash(data: text).prefix(6))
  }

  /// Four digits each, with commas between.
  private static func joined(_ codes: [UInt16]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(codes.count * 5)
    for code in codes {
      if !text.isEmpty { text.append(UInt8(ascii: ",")) }
      text.append(hexadecimal: UInt8(code >> 8))
      text.append(hexadecimal: UInt8(code & 0xff))
    }
    return text
  }

  private static func twoDigits(_ count: Int) -> String {
    let count = min(count, 99)
    return count < 10 ? "0\(count)" : "\(count)"
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: false
    }
  }
}
