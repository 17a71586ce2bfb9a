internal import Wire

/// The verb of a command (RFC 5321 section 4.1.1 and the registered extensions).
public enum Verb: Hashable, Sendable {
  case helo, ehlo, lhlo
  case mail, send, soml, saml
  case rcpt, data, bdat, burl
  case rset, quit, noop, help, vrfy, expn
  case etrn, atrn, turn
  case auth, starttls
  case xclient, xforward
  /// Exchange's AUTH, its certificate-less STARTTLS and its binary blob.
  case xExps, xAnonymousTLS, xExch50
  /// A verb of no standard.
  case unknown

  /// The verb that a line begins with, in any case of letters.
  public init(of line: Span<UInt8>) {
    self = .unknown
    var packed: UInt64 = 0
    var length = 0
    while length < line.count, length < 15 {
      let byte = line[length]
      guard byte != 0x20, byte != 0x09 else { break }
      if length < 8 { packed = packed << 8 | UInt64(byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte) }
      length += 1
    }
    self =
      switch (length, packed) {
      case (4, 0x4845_4c4f): .helo
      case (4, 0x4548_4c4f): .ehlo
      case (4, 0x4c48_4c4f): .lhlo
      case (4, 0x4d41_494c): .mail
      case (4, 0x5345_4e44): .send
      case (4, 0x534f_4d4c): .soml
      case (4, 0x5341_4d4c): .saml
      case (4, 0x5243_5054): .rcpt
      case (4, 0x4441_5441): .data
      case (4, 0x4244_4154): .bdat
      case (4, 0x4255_524c): .burl
      case (4, 0x5253_4554): .rset
      case (4, 0x5155_4954): .quit
      case (4, 0x4e4f_4f50): .noop
      case (4, 0x4845_4c50): .help
      case (4, 0x5652_4659): .vrfy
      case (4, 0x4558_504e): .expn
      case (4, 0x4554_524e): .etrn
      case (4, 0x4154_524e): .atrn
      case (4, 0x5455_524e): .turn
      case (4, 0x4155_5448): .auth
      case (8, 0x5354_4152_5454_4c53): .starttls
      case (7, 0x5843_4c49_454e_54): .xclient
      case (8, 0x5846_4f52_5741_5244): .xforward
      case (6, 0x582d_4558_5053): .xExps
      case (14, 0x582d_414e_4f4e_594d): .xAnonymousTLS
      case (7, 0x5845_5843_4835_30): .xExch50
      default: .unknown
      }
  }

  /// MAIL and the three that RFC 821 had beside it.
  public var beginsTransaction: Bool {
    switch self {
    case .mail, .send, .soml, .saml: true
    default: false
    }
  }

  /// HELO, EHLO, LHLO.
  public var isHello: Bool {
    switch self {
    case .helo, .ehlo, .lhlo: true
    default: false
    }
  }

  /// Whether a server may well answer this verb with `code`: what tells two readings of a dialogue apart.
  func allows(_ code: Int) -> Bool {
    guard code < 400 else { return true }
    return switch self {
    case .data: code == 354
    case .quit: code == 221
    case .starttls, .xAnonymousTLS, .xclient: code == 220
    case .auth, .xExps: code == 334 || code == 235
    case .xExch50: code == 354 || code == 250
    case .unknown: false
    default: code >= 200 && code < 300 && code != 220 && code != 221 && code != 235
    }
  }
}
