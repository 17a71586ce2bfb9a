/// What an alert says (RFC 8446 section 6, RFC 5246 section 7.2; IANA's registry "TLS Alerts").
public struct AlertDescription: Hashable, Sendable {
  /// The number on the wire.
  public var code: UInt8

  /// The description of this number, known or not.
  public init(_ code: UInt8) {
    self.code = code
  }

  /// The sender sends nothing more; the orderly end (RFC 8446 section 6.1).
  public static let closeNotify = AlertDescription(0)
  /// Nothing was offered that the sender would accept.
  public static let handshakeFailure = AlertDescription(40)
  /// The client has no certificate, in the words of SSL 3.0.
  public static let noCertificate = AlertDescription(41)
  /// A certificate is garbled, or its signature is wrong.
  public static let badCertificate = AlertDescription(42)
  /// A certificate is of a kind that the sender cannot use.
  public static let unsupportedCertificate = AlertDescription(43)
  /// A certificate was revoked by whoever signed it.
  public static let certificateRevoked = AlertDescription(44)
  /// A certificate is out of its time.
  public static let certificateExpired = AlertDescription(45)
  /// A certificate is not accepted for another reason.
  public static let certificateUnknown = AlertDescription(46)
  /// The authority that a certificate leads to is not one that the sender trusts.
  public static let unknownAuthority = AlertDescription(48)
  /// The certificate is valid, and its owner is not let in.
  public static let accessDenied = AlertDescription(49)
  /// The version is one that the sender knows and does not want.
  public static let protocolVersion = AlertDescription(70)
  /// All that was offered is less safe than the server demands.
  public static let insufficientSecurity = AlertDescription(71)
  /// The client fell back to an older version than both speak (RFC 7507).
  public static let inappropriateFallback = AlertDescription(86)
  /// The handshake is broken off, and not for a fault (RFC 8446 section 6.1).
  public static let userCanceled = AlertDescription(90)
  /// The server demands a certificate and the client showed none.
  public static let certificateRequired = AlertDescription(116)

  /// As the registry calls it; `alert` and the number where it is none that we know.
  public var name: String {
    switch code {
    case 0: "close_notify"
    case 10: "unexpected_message"
    case 20: "bad_record_mac"
    case 21: "decryption_failed"
    case 22: "record_overflow"
    case 30: "decompression_failure"
    case 40: "handshake_failure"
    case 41: "no_certificate"
    case 42: "bad_certificate"
    case 43: "unsupported_certificate"
    case 44: "certificate_revoked"
    case 45: "certificate_expired"
    case 46: "certificate_unknown"
    case 47: "illegal_parameter"
    case 48: "unknown_ca"
    case 49: "access_denied"
    case 50: "decode_error"
    case 51: "decrypt_error"
    case 52: "too_many_cids_requested"
    case 60: "export_restriction"
    case 70: "protocol_version"
    case 71: "insufficient_security"
    case 80: "internal_error"
    case 86: "inappropriate_fallback"
    case 90: "user_canceled"
    case 100: "no_renegotiation"
    case 109: "missing_extension"
    case 110: "unsupported_extension"
    case 111: "certificate_unobtainable"
    case 112: "unrecognized_name"
    case 113: "bad_certificate_status_response"
    case 114: "bad_certificate_hash_value"
    case 115: "unknown_psk_identity"
    case 116: "certificate_required"
    case 120: "no_application_protocol"
    case 121: "ech_required"
    default: "alert \(code)"
    }
  }
}
