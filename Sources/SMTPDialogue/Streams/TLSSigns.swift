internal import Wire

/// What TLS looks like from outside (RFC 8446 section 5.1): enough to tell it from clear text. What its records hold is
/// another module's business.
public enum TLSSigns {
  /// Whether the bytes can begin a TLS record: a handshake or an alert of SSL 3.0 to TLS 1.3.
  public static func looksLikeRecord(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 0, bytes[0] == 0x16 || bytes[0] == 0x15 else { return false }
    return bytes.count < 2 || bytes[1] == 3
  }

  /// Whether the bytes begin with the header of a record of any kind.
  static func looksLikeHeader(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= 5 && (20...23).contains(bytes[0]) && bytes[1] == 3 && bytes[2] <= 4 && bytes[3] <= 0x48
  }

  /// Whether the bytes can be clear text: what stands behind a hole may be the middle of a record.
  static func looksClear(_ bytes: Span<UInt8>) -> Bool {
    for index in 0..<min(bytes.count, 16) where bytes[index] >= 0x7f || bytes[index] < 0x20 {
      guard bytes[index] == 0x0d || bytes[index] == 0x0a || bytes[index] == 0x09 else { return false }
    }
    return true
  }

  /// Whether the bytes can be a record in the middle of a TLS connection.
  static func looksLikeApplicationRecord(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= 5 && bytes[0] == 0x17 && bytes[1] == 3 && bytes[2] <= 4
  }
}
