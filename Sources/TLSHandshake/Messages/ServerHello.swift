/// What a server chooses (RFC 8446 section 4.1.3).
public struct ServerHello: Sendable {
  /// The version as its fixed place says it; TLS 1.3 says TLS 1.2 there, and itself in an extension.
  public var legacyVersion: ProtocolVersion
  /// Its 32 random octets; those of a HelloRetryRequest are always the same.
  public var random: [UInt8]
  /// The session's id: the client's own where it is resumed, and always in TLS 1.3; empty for none.
  public var sessionID: [UInt8]
  /// The cipher suite that it chose.
  public var cipherSuite: CipherSuiteID
  /// The numbers of all extensions in their order.
  public var extensions: [UInt16]
  /// The version that it chose, by the extension where there is one (RFC 8446 section 4.2.1).
  public var version: ProtocolVersion
  /// The group of its half of the key agreement, or the one that it wants of the client (HelloRetryRequest).
  public var group: NamedGroup?
  /// The protocol to speak inside (RFC 7301); nil where none is known: TLS 1.3 tells it encrypted, behind the hello.
  public var applicationProtocol: [UInt8]?
  /// It resumes by the pre-shared key that the client offered (RFC 8446 section 4.2.11).
  public var acceptsPreSharedKey: Bool
  /// It encrypts before the MAC is computed (RFC 7366 section 2).
  public var encryptsThenMAC: Bool
  /// It binds the master secret to the whole handshake (RFC 7627 section 5.1).
  public var extendsMasterSecret: Bool
  /// Whether all of it was seen; else what it lacks may have been there.
  public var isWhole: Bool

  /// nil for what does not reach to the cipher suite.
  init?(_ body: FieldReader, isWhole: Bool = true) {
    var body = body
    self.isWhole = isWhole
    guard let version = body.uint16(), let random = body.take(32), let sessionID = body.vector(lengthOctets: 1),
      let suite = body.uint16()
    else { return nil }
    legacyVersion = ProtocolVersion(version)
    self.random = Array(random)
    self.sessionID = sessionID.rest
    cipherSuite = CipherSuiteID(suite)
    _ = body.uint8()
    let found = HelloExtensions(&body)
    extensions = found.list.map(\.type)
    var selected = found[ExtensionType.supportedVersions]
    // Where the extension is cut off, a suite of TLS 1.3 tells it too.
    let implied: ProtocolVersion = cipherSuite.code >> 8 == 0x13 ? .tls13 : legacyVersion
    self.version = selected?.uint16().map { ProtocolVersion($0) } ?? implied
    var share = found[ExtensionType.keyShare]
    group = share?.uint16().map { NamedGroup($0) }
    applicationProtocol = found.applicationProtocols.first
    acceptsPreSharedKey = found.contains(ExtensionType.preSharedKey)
    encryptsThenMAC = found.contains(ExtensionType.encryptThenMAC)
    extendsMasterSecret = found.contains(ExtensionType.extendedMasterSecret)
  }

  /// Whether it is a request for another hello (RFC 8446 section 4.1.3: the SHA-256 of "HelloRetryRequest").
  public var isRetryRequest: Bool { random == Self.retryRequestRandom }

  private static let retryRequestRandom: [UInt8] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
  ]
}
