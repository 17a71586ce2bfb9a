internal import SMTPDialogue
internal import Wire

/// The service extensions of an EHLO reply that a check asks for (RFC 5321 section 2.2.2).
public struct ExtensionSet: OptionSet, Sendable {
  /// A bit for each extension.
  public var rawValue: UInt32

  /// From the bits of the extensions.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  static let pipelining = ExtensionSet(rawValue: 1 << 0)
  static let chunking = ExtensionSet(rawValue: 1 << 1)
  static let binaryMIME = ExtensionSet(rawValue: 1 << 2)
  static let eightBitMIME = ExtensionSet(rawValue: 1 << 3)
  static let smtputf8 = ExtensionSet(rawValue: 1 << 4)
  static let size = ExtensionSet(rawValue: 1 << 5)
  static let dsn = ExtensionSet(rawValue: 1 << 6)
  static let auth = ExtensionSet(rawValue: 1 << 7)
  static let deliverBy = ExtensionSet(rawValue: 1 << 8)
  static let futureRelease = ExtensionSet(rawValue: 1 << 9)
  static let priority = ExtensionSet(rawValue: 1 << 10)
  static let requireTLS = ExtensionSet(rawValue: 1 << 11)
  static let submitter = ExtensionSet(rawValue: 1 << 12)
  static let checkpoint = ExtensionSet(rawValue: 1 << 13)
  static let noSoliciting = ExtensionSet(rawValue: 1 << 14)
  static let ownerSince = ExtensionSet(rawValue: 1 << 15)
  static let tracking = ExtensionSet(rawValue: 1 << 16)
  static let conversion = ExtensionSet(rawValue: 1 << 17)

  /// - Parameter lines: The lines of the reply behind its first one.
  init(_ lines: TextLines) {
    var offered: ExtensionSet = []
    lines.forEachLine { offered.insert(Self.named($0)) }
    self = offered
  }

  private static func named(_ line: Span<UInt8>) -> ExtensionSet {
    let keyword = Keyword(in: line, from: 0)
    for (known, _, offer) in keywords where known == keyword { return offer }
    return []
  }

  private static let keywords: [(Keyword, name: String, offer: ExtensionSet)] = names.map {
    (Keyword($0.name), $0.name, $0.offer)
  }
  private static let names: [(name: String, offer: ExtensionSet)] = [
    ("PIPELINING", .pipelining), ("SIZE", .size), ("8BITMIME", .eightBitMIME), ("CHUNKING", .chunking),
    ("SMTPUTF8", .smtputf8), ("DSN", .dsn), ("AUTH", .auth), ("BINARYMIME", .binaryMIME), ("DELIVERBY", .deliverBy),
    ("FUTURERELEASE", .futureRelease), ("MT-PRIORITY", .priority), ("REQUIRETLS", .requireTLS),
    ("SUBMITTER", .submitter), ("CHECKPOINT", .checkpoint), ("NO-SOLICITING", .noSoliciting), ("RRVS", .ownerSince),
    ("MTRK", .tracking), ("CONPERM", .conversion),
  ]

  /// The first parameter of a MAIL or RCPT that belongs to an extension which is not among these, with where it begins.
  /// Parameters that no standard has are passed over.
  func firstNotOffered(in line: [UInt8]) -> (start: Int, extension: String)? {
    guard var offset = line.lastIndex(of: 0x3e) else { return nil }
    while let blank = line[offset...].firstIndex(of: 0x20) {
      offset = blank + 1
      guard offset < line.count else { return nil }
      let keyword = Keyword(in: line.span, from: offset)
      guard var needed = Self.parameters.first(where: { $0.0 == keyword })?.offer else { continue }
      if keyword == Self.body, line[offset...].dropFirst(5).first.map({ $0 | 0x20 == 0x62 }) ?? false {
        needed = .binaryMIME
      }
      guard !isSuperset(of: needed) else { continue }
      return (offset, Self.keywords.first { $0.offer == needed }?.name ?? "")
    }
    return nil
  }

  private static let body = Keyword("BODY")
  private static let parameters: [(Keyword, offer: ExtensionSet)] = parameterNames.map {
    (Keyword($0.name), $0.offer)
  }
  private static let parameterNames: [(name: String, offer: ExtensionSet)] = [
    ("SIZE", .size), ("BODY", .eightBitMIME), ("SMTPUTF8", .smtputf8), ("NOTIFY", .dsn), ("ORCPT", .dsn),
    ("RET", .dsn), ("ENVID", .dsn), ("AUTH", .auth), ("BY", .deliverBy), ("HOLDFOR", .futureRelease),
    ("HOLDUNTIL", .futureRelease), ("MT-PRIORITY", .priority), ("REQUIRETLS", .requireTLS), ("SUBMITTER", .submitter),
    ("TRANSID", .checkpoint), ("SOLICIT", .noSoliciting), ("RRVS", .ownerSince), ("MTRK", .tracking),
    ("CONPERM", .conversion),
  ]

  /// A word in capitals, by its length and its first eight letters: all that tells the registered ones apart.
  private struct Keyword: Equatable {
    var letters: UInt64 = 0
    var length = 0

    init(in line: Span<UInt8>, from start: Int) {
      var index = start
      while index < line.count, length < 16 {
        let byte = line[index]
        guard byte != 0x20, byte != 0x3d else { break }
        if length < 8 { letters = letters << 8 | UInt64(byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte) }
        length += 1
        index += 1
      }
    }

    init(_ word: String) {
      self.init(in: word.utf8.span, from: 0)
    }
  }

  /// How long a command line may be with what was offered (RFC 5321 section 4.5.3.1.4: 512 octets with the line end, more
  /// as each extension says): RFC 1870, RFC 6152, RFC 6531, RFC 3461 and RFC 4954 add the most. Other than these is rare
  /// and given room.
  static func longestLine(_ verb: Verb, with offers: ExtensionSet?) -> Int {
    switch verb {
    case .auth, .xExps: return 12_288  // RFC 4954 section 4
    case .mail:
      guard let offers else { return 2_048 }
      var limit = 512
      if offers.contains(.size) { limit += 26 }
      if offers.contains(.eightBitMIME) { limit += 17 }
      if offers.contains(.smtputf8) { limit += 10 }
      if offers.contains(.dsn) { limit += 515 }
      if offers.contains(.auth) { limit += 500 }
      return offers.rawValue >= ExtensionSet.deliverBy.rawValue ? limit + 500 : limit
    case .rcpt:
      guard let offers else { return 2_048 }
      return 512 + (offers.contains(.dsn) ? 536 : 0)
        + (offers.rawValue >= ExtensionSet.deliverBy.rawValue ? 500 : 0)
    default: return 512
    }
  }
}
