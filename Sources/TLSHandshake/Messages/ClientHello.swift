/// What a client offers (RFC 8446 section 4.1.2).
public struct ClientHello: Sendable {
  /// The highest version that it speaks up to TLS 1.2; where `supportedVersions` has any, they count instead.
  public var legacyVersion: ProtocolVersion
  /// Its 32 random octets, by which key logs name the session.
  public var random: [UInt8]
  /// The id of a session to resume, or one made up for a ticket or TLS 1.3 to have it echoed; empty for none.
  public var sessionID: [UInt8]
  /// The cipher suites in its order of preference, GREASE and signals among them.
  public var cipherSuites: [CipherSuiteID]
  /// The numbers of all extensions in their order.
  public var extensions: [UInt16]
  /// RFC 6066 section 3; as it was sent.
  public var serverName: [UInt8]?
  /// The protocols that it would speak inside (RFC 7301 section 3.1), the best first; empty where it does not say.
  public var applicationProtocols: [[UInt8]]
  /// As the extension lists them; empty where there is none.
  public var supportedVersions: [ProtocolVersion]
  /// The groups that it can agree keys in (RFC 8446 section 4.2.7), the best first; empty where it does not say.
  public var groups: [NamedGroup]
  /// The forms of elliptic points that it reads (RFC 8422 section 5.1.2); empty where it does not say.
  public var pointFormats: [UInt8]
  /// How the server may sign (RFC 8446 section 4.2.3), the best first; empty where it does not say.
  public var signatureSchemes: [SignatureScheme]
  /// The groups for which it sends its half of the key agreement at once.
  public var keyShares: [NamedGroup]
  /// It offers to resume by a pre-shared key, or by a ticket of TLS 1.2 (RFC 5077).
  public var offersPreSharedKey: Bool
  /// It shows a ticket of TLS 1.2; the empty one that asks for a ticket is none (RFC 5077 section 3.2).
  public var offersTicket: Bool
  /// The ticket itself; only where it was asked for.
  private(set) var ticket: [UInt8] = []
  /// It offers to send data behind its hello at once (RFC 8446 section 4.2.10).
  public var offersEarlyData: Bool
  /// It offers to encrypt before the MAC is computed (RFC 7366 section 2).
  public var offersEncryptThenMAC: Bool
  /// It offers to bind the master secret to the whole handshake (RFC 7627 section 5.1).
  public var offersExtendedMasterSecret: Bool
  /// Whether all of it was seen; else what it lacks may have been there.
  public var isWhole: Bool

  /// nil for what does not reach to the end of the cipher suites.
  ///
  /// - Parameter keepsTicket: Whether the ticket is wanted, which nothing but decryption needs.
  init?(_ body: FieldReader, isWhole: Bool = true, keepsTicket: Bool = false) {
    var body = body
    self.isWhole = isWhole
    guard let version = body.uint16(), let random = body.take(32), let sessionID = body.vector(lengthOctets: 1),
      let suites = body.vector(lengthOctets: 2)
    else { return nil }
    legacyVersion = ProtocolVersion(version)
    self.random = Array(random)
    self.sessionID = sessionID.rest
    cipherSuites = suites.uint16s().map { CipherSuiteID($0) }
    _ = body.vector(lengthOctets: 1)
    let found = HelloExtensions(&body)
    extensions = found.list.map(\.type)
    serverName = Self.serverName(in: found)
    applicationProtocols = found.applicationProtocols
    supportedVersions = Self.list(in: found[ExtensionType.supportedVersions], lengthOctets: 1)
      .map { ProtocolVersion($0) }
    groups = Self.list(in: found[ExtensionType.supportedGroups], lengthOctets: 2).map { NamedGroup($0) }
    var formats = found[ExtensionType.pointFormats]
    pointFormats = formats?.vector(lengthOctets: 1)?.rest ?? []
    signatureSchemes = Self.list(in: found[ExtensionType.signatureAlgorithms], lengthOctets: 2)
      .map { SignatureScheme($0) }
    keyShares = Self.keyShares(in: found)
    offersPreSharedKey = found.contains(ExtensionType.preSharedKey)
    offersTicket = found[ExtensionType.sessionTicket].map { !$0.isEmpty } ?? false
    if keepsTicket, offersTicket { ticket = found[ExtensionType.sessionTicket]?.rest ?? [] }
    offersEarlyData = found.contains(ExtensionType.earlyData)
    offersEncryptThenMAC = found.contains(ExtensionType.encryptThenMAC)
    offersExtendedMasterSecret = found.contains(ExtensionType.extendedMasterSecret)
  }

  /// The versions that it speaks, the best first, as far as the hello tells: one without the extension says only how far it
  /// goes.
  public var offeredVersions: [ProtocolVersion] {
    let listed = supportedVersions.filter { !GREASE.contains($0.code) }
    return listed.isEmpty ? [legacyVersion] : listed.sorted(by: >)
  }

  private static func list(in content: FieldReader?, lengthOctets: Int) -> [UInt16] {
    var content = content
    return content?.vector(lengthOctets: lengthOctets)?.uint16s() ?? []
  }

  private static func serverName(in extensions: HelloExtensions) -> [UInt8]? {
    guard var content = extensions[ExtensionType.serverName], var names = content.vector(lengthOctets: 2) else {
      return nil
    }
    while let kind = names.uint8(), let name = names.vector(lengthOctets: 2) {
      if kind == 0 { return name.rest }
    }
    return nil
  }

  private static func keyShares(in extensions: HelloExtensions) -> [NamedGroup] {
    guard var content = extensions[ExtensionType.keyShare], var shares = content.vector(lengthOctets: 2) else {
      return []
    }
    var groups: [NamedGroup] = []
    while let group = shares.uint16(), shares.vector(lengthOctets: 2) != nil { groups.append(NamedGroup(group)) }
    return groups
  }
}
