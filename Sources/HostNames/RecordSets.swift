import Wire

/// The records of a message by their owners, in the order of the message.
struct RecordSets {
  private(set) var owners: [DomainName] = []
  private var sets: [DomainName: RecordSet] = [:]
  private var aliases: [DomainName: DomainName] = [:]

  /// What may be asked for.
  enum Kind {
    case ipv4, ipv6, pointer, mailExchange, text

    /// nil for what is not looked at.
    init?(_ type: NameMessage.RecordType) {
      switch type {
      case .ipv4: self = .ipv4
      case .ipv6: self = .ipv6
      case .pointer: self = .pointer
      case .mailExchange: self = .mailExchange
      case .text: self = .text
      default: return nil
      }
    }
  }

  /// All that was said of one name.
  struct RecordSet {
    var addresses: [IPAddress] = []
    var pointers: [DomainName] = []
    var exchanges: [DomainName] = []
    var texts: [[UInt8]] = []

    func has(_ kind: Kind) -> Bool {
      switch kind {
      case .ipv4: addresses.contains { !$0.isIPv6 }
      case .ipv6: addresses.contains { $0.isIPv6 }
      case .pointer: !pointers.isEmpty
      case .mailExchange: !exchanges.isEmpty
      case .text: !texts.isEmpty
      }
    }
  }

  init(_ records: [NameMessage.Record]) {
    for record in records {
      if case .alias(let name) = record.data {
        aliases[record.owner] = name
        continue
      }
      if sets[record.owner] == nil { owners.append(record.owner) }
      switch record.data {
      case .address(let address): sets[record.owner, default: RecordSet()].addresses.append(address)
      case .pointer(let name): sets[record.owner, default: RecordSet()].pointers.append(name)
      case .mailExchange(let name): sets[record.owner, default: RecordSet()].exchanges.append(name)
      case .text(let text): sets[record.owner, default: RecordSet()].texts.append(text)
      case .alias: break
      }
    }
  }

  subscript(owner: DomainName) -> RecordSet { sets[owner] ?? RecordSet() }

  /// The names from this one to where its aliases lead (RFC 1034 section 3.6.2), both included.
  func path(from name: DomainName) -> [DomainName] {
    var path = [name]
    var target = name
    while let next = aliases[target], path.count < Self.longestPath {
      path.append(next)
      target = next
    }
    return path
  }

  /// Aliases of aliases that are followed. Resolvers give up at about as many; a ring of them would have no end.
  private static let longestPath = 16
}
