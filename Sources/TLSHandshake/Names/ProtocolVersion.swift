/// A version of the protocol as it stands on the wire (RFC 8446 section 4.2.1).
public struct ProtocolVersion: Hashable, Comparable, Sendable {
  /// The number on the wire.
  public var code: UInt16

  /// The version of this number, known or not.
  public init(_ code: UInt16) {
    self.code = code
  }

  /// SSL 3.0 (RFC 6101).
  public static let ssl3 = ProtocolVersion(0x0300)
  /// TLS 1.0 (RFC 2246).
  public static let tls10 = ProtocolVersion(0x0301)
  /// TLS 1.1 (RFC 4346).
  public static let tls11 = ProtocolVersion(0x0302)
  /// TLS 1.2 (RFC 5246).
  public static let tls12 = ProtocolVersion(0x0303)
  /// TLS 1.3 (RFC 8446).
  public static let tls13 = ProtocolVersion(0x0304)

  /// As people call it, `TLS 1.2`; the number in hexadecimal where it is none that we know.
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

  /// The older one is less; the drafts of TLS 1.3 lie between 1.2 and 1.3.
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
