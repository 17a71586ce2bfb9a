/// What an alert says (RFC 8446 section 6, RFC 5246 section 7.2; IANA's registry "TLS Alerts").
public struct AlertDescription: Hashable, Sendable {
  public var code: UInt8

  public init(_ code: UInt8) {
    self.code = code
  }

  public static let closeNotify = AlertDescription(0)
  public static let handshakeFailure = AlertDescription(40)
  public static let noCertificate = AlertDescription(41)
  public static let badCertificate = AlertDescription(42)
  public static let unsupportedCertificate = AlertDescription(43)
  public static let certificateRevoked = AlertDescription(44)
  public static let certificateExpired = AlertDescription(45)
  public static let certificateUnknown = AlertDescription(46)
  public static let unknownAuthority = AlertDescription(48)
  public static let accessDenied = AlertDescription(49)
  public static let protocolVersion = AlertDescription(70)
  public static let insufficientSecurity = AlertDescription(71)
  public static let inappropriateFallback = AlertDescription(86)
  public static let userCanceled = AlertDescription(90)
  public static let noRenegotiation = AlertDescription(100)
  public static let certificateRequired = AlertDescription(116)

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
