/// A version of the protocol as it stands on the wire (RFC 8446 section 4.2.1).
public struct ProtocolVersion: Hashable, Comparable, Sendable {
  public var code: UInt16

  public init(_ code: UInt16) {
    self.code = code
  }

  public static let ssl3 = ProtocolVersion(0x0300)
  public static let tls10 = ProtocolVersion(0x0301)
  public static let tls11 = ProtocolVersion(0x0302)
  public static let tls12 = ProtocolVersion(0x0303)
  public static let tls13 = ProtocolVersion(0x0304)

  public var name: String {
    switch code {
    case 0x0002: "SSL 2.0"
    case 0x0300: "SSL 3.0"
    case 0x0301: "TLS 1.0"
    case 0x0302: "TLS 1.1"
    case 0x0303: "TLS 1.2"
    case 0x0304: "TLS 1.3"
    case 0x7f00...0x7fff: "TLS 1.3 draft \(code & 0xff)"
    default: Self.hexadecimal(code)
    }
  }

  /// Whether it is TLS 1.3 or one of its drafts.
  public var isTLS13: Bool { code == 0x0304 || code >> 8 == 0x7f }

  public static func < (left: ProtocolVersion, right: ProtocolVersion) -> Bool {
    left.rank < right.rank
  }

  /// The drafts of TLS 1.3 stand between 1.2 and 1.3.
  private var rank: Int { code >> 8 == 0x7f ? 0x0303 * 256 + Int(code & 0xff) : Int(code) * 256 }

  /// A number that no table has, as text.
  static func hexadecimal(_ code: UInt16) -> String {
    let digits = String(code, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// The values that clients mix into their lists so that servers go on ignoring what they do not know (RFC 8701).
enum GREASE {
  static func contains(_ code: UInt16) -> Bool {
    code & 0x0f0f == 0x0a0a && code >> 8 == code & 0xff
  }
}
