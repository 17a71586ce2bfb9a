/// The numbers of the extensions that are read (RFC 8446 section 4.2; IANA's registry "TLS ExtensionType Values").
enum ExtensionType {
  static let serverName: UInt16 = 0
  static let supportedGroups: UInt16 = 10
  static let pointFormats: UInt16 = 11
  static let signatureAlgorithms: UInt16 = 13
  static let applicationProtocols: UInt16 = 16
  static let encryptThenMAC: UInt16 = 22
  static let extendedMasterSecret: UInt16 = 23
  static let sessionTicket: UInt16 = 35
  static let preSharedKey: UInt16 = 41
  static let earlyData: UInt16 = 42
  static let supportedVersions: UInt16 = 43
  static let keyShare: UInt16 = 51
}

/// The extensions of a hello, in their order.
struct HelloExtensions: Sendable {
  var list: [(type: UInt16, content: FieldReader)] = []

  /// Extensions read of one hello: a hostile one may hold sixteen thousand empty ones.
  static let most = 256

  /// - Parameter reader: Stands behind the compression methods; an old hello ends there, and one that is cut off anywhere.
  init(_ reader: inout FieldReader) {
    guard var fields = reader.beginningOfVector(lengthOctets: 2) else { return }
    while list.count < Self.most, let type = fields.uint16(), let content = fields.vector(lengthOctets: 2) {
      list.append((type, content))
    }
  }

  subscript(type: UInt16) -> FieldReader? { list.first { $0.type == type }?.content }

  func contains(_ type: UInt16) -> Bool { list.contains { $0.type == type } }

  /// The protocols of an application layer protocol negotiation (RFC 7301 section 3.1).
  var applicationProtocols: [[UInt8]] {
    guard var content = self[ExtensionType.applicationProtocols], var names = content.vector(lengthOctets: 2) else {
      return []
    }
    var protocols: [[UInt8]] = []
    while let name = names.vector(lengthOctets: 1) { protocols.append(name.rest) }
    return protocols
  }
}
