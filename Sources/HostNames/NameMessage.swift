public import Wire

// RFC 1035 section 4.1.1:
//
//  +---------------------------------------------------------------+
//  |              ID               |Q|Opcode |A|T|R|R| Z |A|C|RCODE|
//  +-------------------------------+-+-------+A+C+D+A+---+D+D+-----+
//  |            QDCOUNT            |            ANCOUNT            |
//  +-------------------------------+-------------------------------+
//  |            NSCOUNT            |            ARCOUNT            |
//  +-------------------------------+-------------------------------+
//
// then the questions (section 4.1.2: name, type, class) and the records of three sections (section 4.1.3: name, type,
// class, four octets of time to live, two of the data's length, data).

/// A message of the domain name system, as far as it tells of hosts and of who takes mail (RFC 1035 section 4).
///
/// It is read until it contradicts itself or ends: what was read by then is kept, and `isWhole` is false.
public struct NameMessage: Sendable {
  /// The QR bit: false for a query.
  public var isResponse: Bool
  /// The low four bits of the response code: 0 no error, 2 the server failed, 3 no such name.
  public var responseCode: UInt8
  /// Of the server's zone, or from one that asks others for its clients.
  public var isFromAuthority: Bool
  /// The server asks others for its clients (RA).
  public var isFromResolver: Bool
  /// The one question that it asks or answers.
  public var question: Question
  /// Of the answer section, the records of kinds that are looked at; texts only where a DKIM key was asked for.
  public var answers: [Record] = []
  /// Addresses of names that the answers lead to.
  public var additional: [Record] = []
  /// The authority section has the zone's SOA, as it has in negative answers (RFC 2308 section 2).
  public var hasStartOfAuthority = false
  /// It has NS records: with no answer they refer to other servers.
  public var hasNameServers = false
  /// Nothing was cut, neither by the server (TC) nor by the capture, and all was understood.
  public var isWhole = false

  /// What a message asks about (RFC 1035 section 4.1.2); the class is the Internet's.
  public struct Question: Sendable {
    /// nil where it has octets that no name of ours has.
    public var name: DomainName?
    /// The kind of records that is asked for, be it one that is looked at or not.
    public var type: RecordType
  }

  /// The server does not know and names those that may: who asked has to go on asking (RFC 1034 section 4.3.1).
  public var isReferral: Bool { responseCode == 0 && answers.isEmpty && hasNameServers && !hasStartOfAuthority }

  /// One record of a kind that is looked at.
  public struct Record: Equatable, Sendable {
    /// The name that it belongs to.
    public var owner: DomainName
    /// What it says of that name.
    public var data: Data

    /// A record of the name `owner` that says `data`.
    public init(owner: DomainName, data: Data) {
      self.owner = owner
      self.data = data
    }

    /// What a record holds, by its kind.
    public enum Data: Equatable, Sendable {
      case address(IPAddress)
      case pointer(DomainName)
      case mailExchange(DomainName)
      case alias(DomainName)
      /// Of a TXT record, its strings joined.
      case text([UInt8])
    }
  }

  /// RFC 1035 section 3.2.2, RFC 3596 section 2.1.
  public struct RecordType: Hashable, Sendable {
    /// As it stands in the message.
    public var number: UInt16
    /// A: an IPv4 address.
    public static let ipv4 = RecordType(number: 1)
    static let nameServer = RecordType(number: 2)
    /// CNAME: the name that this one stands for.
    public static let alias = RecordType(number: 5)
    static let startOfAuthority = RecordType(number: 6)
    /// PTR: the name of an address.
    public static let pointer = RecordType(number: 12)
    /// MX: a host that takes the domain's mail, and its preference.
    public static let mailExchange = RecordType(number: 15)
    static let text = RecordType(number: 16)
    /// AAAA: an IPv6 address (RFC 3596).
    public static let ipv6 = RecordType(number: 28)
  }

  /// How many records of one message are read. An answer has a few dozen; thousands of the smallest would make a datagram
  /// cost as much as ten thousand segments of mail.
  static let mostRecords = 256

  /// nil where the bytes are no query or response with one question about the Internet.
  public init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= 12 else { return nil }
    let flags = bytes.bigEndianUInt16(at: 2)
    // Operation 0, QUERY; the reserved bit is zero (RFC 6895 section 2).
    guard flags & 0x7840 == 0, bytes.bigEndianUInt16(at: 4) == 1 else { return nil }
    guard let asked = ReadName(in: bytes, at: 12), asked.end + 4 <= bytes.count,
      bytes.bigEndianUInt16(at: asked.end + 2) == 1
    else { return nil }
    isResponse = flags & 0x8000 != 0
    responseCode = UInt8(truncatingIfNeeded: flags & 15)
    isFromAuthority = flags & 0x0400 != 0
    isFromResolver = flags & 0x0080 != 0
    question = Question(name: asked.name, type: RecordType(number: bytes.bigEndianUInt16(at: asked.end)))
    guard isResponse else { return }
    isWhole = readSections(bytes, from: asked.end + 4) && flags & 0x0200 == 0
  }

  /// Whether all records that the header announces were read.
  private mutating func readSections(_ bytes: Span<UInt8>, from start: Int) -> Bool {
    var offset = start
    var left = Self.mostRecords
    for section in 0..<3 {
      for _ in 0..<bytes.bigEndianUInt16(at: 6 + 2 * section) {
        guard left > 0, let record = RawRecord(in: bytes, at: offset) else { return false }
        left -= 1
        offset = record.data.upperBound
        switch section {
        case 0:
          // Of texts only keys are wanted, which may stand behind an alias under any name.
          if record.type != .text || asksForKey, let record = record.meaning(in: bytes) { answers.append(record) }
        case 1:
          if record.type == .startOfAuthority { hasStartOfAuthority = true }
          if record.type == .nameServer { hasNameServers = true }
        default:
          if record.type == .ipv4 || record.type == .ipv6, let record = record.meaning(in: bytes) {
            additional.append(record)
          }
        }
      }
    }
    return true
  }
}

extension NameMessage {
  /// Whether a DKIM key is asked for (RFC 6376 section 3.6.2.1).
  fileprivate var asksForKey: Bool {
    guard question.type == .text, let labels = question.name?.text.split(separator: DomainName.dot) else {
      return false
    }
    return labels.dropFirst().contains { $0.elementsEqual("_domainkey".utf8) }
  }
}

/// A record whose data is not looked at yet.
private struct RawRecord {
  var owner: DomainName?
  var type: NameMessage.RecordType
  var isOfInternet: Bool
  var data: Range<Int>

  init?(in bytes: Span<UInt8>, at offset: Int) {
    guard let name = ReadName(in: bytes, at: offset), name.end + 10 <= bytes.count else { return nil }
    owner = name.name
    type = NameMessage.RecordType(number: bytes.bigEndianUInt16(at: name.end))
    isOfInternet = bytes.bigEndianUInt16(at: name.end + 2) == 1
    let start = name.end + 10
    let length = Int(bytes.bigEndianUInt16(at: name.end + 8))
    guard length <= bytes.count - start else { return nil }
    data = start..<start + length
  }

  /// nil for a kind that is not looked at, and where the data is not of its kind.
  func meaning(in bytes: Span<UInt8>) -> NameMessage.Record? {
    guard let owner, isOfInternet else { return nil }
    switch type {
    case .ipv4 where data.count == 4:
      let address = IPAddress(ipv4: bytes.bigEndianUInt32(at: data.lowerBound))
      return NameMessage.Record(owner: owner, data: .address(address))
    case .ipv6 where data.count == 16:
      let address = IPAddress(
        ipv6High: bytes.bigEndianUInt64(at: data.lowerBound), low: bytes.bigEndianUInt64(at: data.lowerBound + 8))
      return NameMessage.Record(owner: owner, data: .address(address))
    case .pointer:
      return name(in: bytes, behind: 0).map { NameMessage.Record(owner: owner, data: .pointer($0)) }
    case .alias:
      return name(in: bytes, behind: 0).map { NameMessage.Record(owner: owner, data: .alias($0)) }
    case .mailExchange:  // section 3.3.9: the preference stands before the name
      return name(in: bytes, behind: 2).map { NameMessage.Record(owner: owner, data: .mailExchange($0)) }
    case .text:
      return text(in: bytes).map { NameMessage.Record(owner: owner, data: .text($0)) }
    default:
      return nil
    }
  }

  /// Section 3.3.14: strings, each behind its length.
  private func text(in bytes: Span<UInt8>) -> [UInt8]? {
    guard data.count <= Self.longestText else { return nil }
    var text: [UInt8] = []
    var offset = data.lowerBound
    while offset < data.upperBound {
      let end = offset + 1 + Int(bytes[offset])
      guard end <= data.upperBound else { return nil }
      text.append(bytes.extracting(offset + 1..<end))
      offset = end
    }
    return text
  }

  /// Octets of a text that is kept: a key of 8192 bits takes 1500. Against answers that are nothing but text.
  private static let longestText = 4096

  private func name(in bytes: Span<UInt8>, behind length: Int) -> DomainName? {
    guard data.count > length, let name = ReadName(in: bytes, at: data.lowerBound + length),
      name.end == data.upperBound
    else { return nil }
    return name.name
  }
}
