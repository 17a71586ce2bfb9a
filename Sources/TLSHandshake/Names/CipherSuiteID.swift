internal import Wire

/// A cipher suite by its number (RFC 8446 appendix B.4; IANA's registry "TLS Cipher Suites").
public struct CipherSuiteID: Hashable, Sendable {
  /// The number on the wire.
  public var code: UInt16

  /// The suite of this number, known or not.
  public init(_ code: UInt16) {
    self.code = code
  }

  /// As the registry calls it; the number in hexadecimal where it is none that we know.
  public var name: String { Self.registered(code).map { "\($0)" } ?? ProtocolVersion.hexadecimal(code) }

  /// Values that clients send so that nobody gets used to a fixed list (RFC 8701), and signals that are no ciphers.
  public var isGREASE: Bool { GREASE.contains(code) }
  /// Whether it is no cipher but a signal: for secure renegotiation (RFC 5746), or of a fallback (RFC 7507).
  public var isSignal: Bool { code == 0x00ff || code == 0x5600 }

  /// Why it is no longer held to be safe; nil where nothing is wrong with it.
  public var weakness: Weakness? {
    guard let registered = Self.registered(code) else { return nil }
    let letters = Array("\(registered)".utf8)
    let name = letters.span
    if name.holds("_NULL_") { return .noEncryption }
    if name.holds("_EXPORT_") { return .export }
    if name.holds("_RC4_") { return .rc4 }
    if name.holds("_3DES_") || name.holds("_DES_") || name.holds("_RC2_") || name.holds("_IDEA_") {
      return .shortBlocks
    }
    if name.holds("_anon_") { return .anonymous }
    return isForwardSecret(name) ? nil : .noForwardSecrecy
  }

  /// Why a suite is not held to be safe; where there are several reasons, the first of these.
  public enum Weakness: Sendable {
    case noEncryption
    case export
    case rc4
    case shortBlocks
    case anonymous
    case noForwardSecrecy
  }

  /// RFC 9325 section 4.1; in TLS 1.3 the suite does not say how keys are exchanged, and all ways there are forward secret but
  /// one that nobody uses.
  private func isForwardSecret(_ name: Span<UInt8>) -> Bool {
    code >> 8 == 0x13 || code == 0xc6 || code == 0xc7 || name.hasBytes("TLS_ECDHE_") || name.hasBytes("TLS_DHE_")
      || name.hasBytes("TLS_PSK_DHE_") || name.hasBytes("TLS_SRP_") || name.hasBytes("TLS_GOST")
  }

  private static func registered(_ code: UInt16) -> StaticString? {
    code < 0xc000 ? classic(code) : elliptic(code)
  }
}
