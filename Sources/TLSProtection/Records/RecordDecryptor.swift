/// Opens the records that one side of a connection sends under one set of keys: decrypts and authenticates them, counts them,
/// and finds its place again behind records that are missing.
///
/// A record that does not authenticate changes nothing, so whoever calls decides what it was: the keys may not be the right
/// ones, the record may be damaged (`pass(over:)`), or others before it may be missing (`resynchronize`).
public struct RecordDecryptor: Sendable {
  private var protection: Protection
  /// The number of the next record.
  private var number: UInt64 = 0
  /// What searching may still cost, in octets that are worked through; what opens adds to it.
  private var searchBudget = Self.firstSearchBudget

  /// The numbers that are tried at most for one record. Stops a gap of gigabytes.
  public static let mostSearchedNumbers = 1 << 16

  /// What the first search may cost, less than half a millisecond: fifty numbers for the longest records. Stops a capture
  /// of short connections, each with a gap in which thousands of records would have room, from taking hours.
  static let firstSearchBudget = 1 << 20
  /// What each octet that opens adds. A connection that carries much may search more, in proportion to what it carries.
  static let searchBudgetOfAnOctet = 32
  /// More than this is not saved up: a tenth of a second.
  static let mostSearchBudget = 1 << 28
  /// What a trial costs beside the octets: a cipher is set up in the time that it takes for as many.
  static let costOfATrial = 4096

  private enum Protection: Sendable {
    case tls13(TLS13Records)
    case aead(AEADRecords)
    case cbc(CBCRecords)
    case null(NullRecords)
  }

  /// The records of one side of TLS 1.3 under a traffic secret: that of early data, of the handshake, or of the data behind
  /// it.
  public init(tls13 suite: CipherSuite, trafficSecret: Secret) throws(ProtectionFailure) {
    protection = .tls13(try TLS13Records(suite: suite, secret: trafficSecret))
  }

  init(version: TLSVersion, cipher: RecordCipher, keys: SideKeys, encryptThenMAC: Bool) {
    switch cipher {
    case .aead(let cipher): protection = .aead(AEADRecords(cipher, keys))
    case .cbc(_, let mac):
      protection = .cbc(CBCRecords(version: version, mac: mac, keys: keys, encryptThenMAC: encryptThenMAC))
    case .null(let mac): protection = .null(NullRecords(mac: mac, keys: keys))
    }
  }

  /// Opens the next record: `plaintext` is replaced by its content, and left empty on failure. Returns the content type, in
  /// TLS 1.3 the inner one. After a failure the next record is the same as before, but for `firstBlockLost`.
  public mutating func open(
    _ header: RecordHeader, _ fragment: Span<UInt8>, into plaintext: inout [UInt8]
  ) throws(RecordFailure) -> UInt8 {
    let found = try find(header, fragment, in: RecordNumbers(from: number, count: 1), into: &plaintext)
    searchBudget = min(searchBudget + Self.searchBudgetOfAnOctet * fragment.count, Self.mostSearchBudget)
    number = found.number &+ 1
    guard found.isWhole else { throw .firstBlockLost }
    return found.contentType
  }

  /// Opens the first record behind a gap, by trying the numbers of as many records as the lost bytes may have held, and in
  /// TLS 1.3 those of the next keys as well, since a KeyUpdate may be among what is lost. In TLS 1.0's CBC mode the record
  /// behind a gap fails, since its first block hangs on one that is lost: the one behind it can be opened, again with this.
  public mutating func resynchronize(
    _ header: RecordHeader, _ fragment: Span<UInt8>, afterLosing bytes: Int, into plaintext: inout [UInt8]
  ) throws(RecordFailure) -> Resynchronization {
    plaintext.removeAll(keepingCapacity: true)
    let cost = fragment.count + Self.costOfATrial
    let wanted = min(max(bytes, 0) / smallestRecord + 1, Self.mostSearchedNumbers)
    let count = min(wanted, searchBudget / cost)
    guard count > 0 else { throw .searchedEnough }
    do throws(RecordFailure) {
      let numbers = RecordNumbers(from: number, count: count, of: wanted)
      let found = try find(header, fragment, in: numbers, into: &plaintext)
      let skipped = found.number &- number
      searchBudget -= min(Int(clamping: skipped), count) * cost
      number = found.number &+ 1
      guard found.isWhole else { throw .firstBlockLost }
      return Resynchronization(
        contentType: found.contentType, skippedRecords: Int(clamping: skipped), keysUpdated: false)
    } catch {
      guard error == .notAuthentic else { throw error }
      searchBudget -= count * cost
    }
    switch protection {
    case .tls13(let records):
      // The KeyUpdate itself is one of the lost records.
      let next = records.nextGeneration
      let nextCount = min(wanted - 1, searchBudget / cost)
      guard nextCount > 0 else { throw .notAuthentic }
      searchBudget -= nextCount * cost
      let numbers = RecordNumbers(from: 0, count: nextCount)
      let found = try next.find(header, fragment, in: numbers, into: &plaintext)
      protection = .tls13(next)
      number = found.number &+ 1
      return Resynchronization(
        contentType: found.contentType, skippedRecords: Int(clamping: found.number), keysUpdated: true)
    case .cbc(var records):
      records.pass(over: fragment)
      protection = .cbc(records)
    case .aead, .null: break
    }
    throw .notAuthentic
  }

  /// A record went by that could not be opened but was one, since it was damaged or cut in the capture: it is counted, and
  /// what the next one hangs on is taken from it.
  public mutating func pass(over fragment: Span<UInt8>) {
    number &+= 1
    guard case .cbc(var records) = protection else { return }
    records.pass(over: fragment)
    protection = .cbc(records)
  }

  /// TLS 1.3: this side sent a KeyUpdate, and what follows is under the next keys (RFC 8446 section 7.2). Before TLS 1.3
  /// there is no such thing, and nothing happens.
  public mutating func nextGeneration() {
    guard case .tls13(let records) = protection else { return }
    protection = .tls13(records.nextGeneration)
    number = 0
  }

  private var smallestRecord: Int {
    switch protection {
    case .tls13(let records): records.smallestRecord
    case .aead(let records): records.smallestRecord
    case .cbc(let records): records.smallestRecord
    case .null(let records): records.smallestRecord
    }
  }

  private mutating func find(
    _ header: RecordHeader, _ fragment: Span<UInt8>, in numbers: RecordNumbers, into plaintext: inout [UInt8]
  ) throws(RecordFailure) -> FoundRecord {
    plaintext.removeAll(keepingCapacity: true)
    switch protection {
    case .tls13(let records): return try records.find(header, fragment, in: numbers, into: &plaintext)
    case .aead(var records):
      let found = try records.find(header, fragment, in: numbers, into: &plaintext)
      protection = .aead(records)
      return found
    case .cbc(var records):
      let found = try records.find(header, fragment, in: numbers, into: &plaintext)
      protection = .cbc(records)
      return found
    case .null(let records): return try records.find(header, fragment, in: numbers, into: &plaintext)
    }
  }
}

extension RecordDecryptor: CustomStringConvertible, CustomReflectable {
  /// Which record is next; no key.
  public var description: String { "decryptor at record \(number)" }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// Where a decryptor found its place again.
public struct Resynchronization: Equatable, Sendable {
  /// What the record that was opened holds.
  public var contentType: UInt8
  /// How many records are missing before it; behind a KeyUpdate that is missing too, those under the new keys.
  public var skippedRecords: Int
  /// Whether a KeyUpdate is among what is missing.
  public var keysUpdated: Bool

  /// Made of what the record holds, how many are missing before it, and whether keys changed among those.
  public init(contentType: UInt8, skippedRecords: Int, keysUpdated: Bool) {
    self.contentType = contentType
    self.skippedRecords = skippedRecords
    self.keysUpdated = keysUpdated
  }
}

/// A record that was opened: which one it is, and what it holds.
struct FoundRecord {
  var number: UInt64
  var contentType: UInt8
  /// Whether its content is known: not where its first block hangs on a record that is missing.
  var isWhole = true
}

/// Numbers of records to try, in order.
struct RecordNumbers: Sequence, IteratorProtocol {
  private var next64: UInt64
  private var left: Int
  private let possible: UInt64

  /// `possible`: how many there are, of which only so many are tried one by one.
  init(from number: UInt64, count: Int, of possible: Int? = nil) {
    next64 = number
    left = count
    self.possible = UInt64(clamping: possible ?? count)
  }

  /// Whether it is the first of them.
  func isFirst(_ number: UInt64) -> Bool { number == next64 }

  /// Whether it is among those that there are.
  func contains(_ number: UInt64) -> Bool { number &- next64 < possible }

  mutating func next() -> UInt64? {
    guard left > 0 else { return nil }
    left -= 1
    defer { next64 &+= 1 }
    return next64
  }
}
