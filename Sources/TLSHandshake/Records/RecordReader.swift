internal import Wire

/// What stands before a record's fragment (RFC 8446 section 5.1).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------+---------------+---------------+---------------+
///     | content type  |        legacy version         | length ...    |
///     +---------------+---------------+---------------+---------------+
struct RecordHead: Hashable, Sendable {
  var kind: Kind
  var version: UInt16
  /// Octets of the fragment.
  var length: Int

  enum Kind: UInt8, Sendable {
    case changeCipherSpec = 20
    case alert = 21
    case handshake = 22
    case applicationData = 23
    case heartbeat = 24
  }

  static let size = 5
  /// RFC 5246 section 6.2.3 lets protection add 2048 octets to 2^14.
  static let mostLength = 18_432

  /// nil for what no record begins with.
  ///
  /// - Parameter isSought: Whether nothing else tells that there is one. Where one is due its version means nothing (RFC 8446
  ///   section 5.1); the major one alone keeps what is no TLS from being taken for it.
  init?(_ bytes: Span<UInt8>, isSought: Bool) {
    guard bytes.count >= RecordHead.size, let kind = Kind(rawValue: bytes[0]), bytes[1] == 3,
      bytes[2] <= 4 || !isSought
    else { return nil }
    length = Int(bytes.bigEndianUInt16(at: 3))
    guard length <= RecordHead.mostLength else { return nil }
    self.kind = kind
    version = bytes.bigEndianUInt16(at: 1)
  }
}

/// Finds the records in one side's bytes, whatever the pieces in which they come.
///
/// Application data is passed over without a copy unless somebody wants to open it. In a hole the place is known up to the
/// end of the record that the hole begins in; behind more than that it is found again at a segment that begins with a
/// record, as most do.
struct RecordReader: Sendable {
  /// What the next bytes are.
  enum Step: Sendable {
    /// A record whose fragment lies in the bytes at hand.
    case whole(RecordHead, Range<Int>)
    /// A record that came in several pieces.
    case joined(RecordHead, [UInt8])
    /// A record whose fragment was not asked for.
    case passed(RecordHead)
    /// A record of which bytes are missing.
    case damaged(RecordHead)
    /// What comes is no record: the place is lost.
    case lost
    /// All bytes are used up.
    case more
  }

  private var head: [UInt8] = []
  private var current: RecordHead?
  private var fragment: [UInt8] = []
  private var remaining = 0
  private var isKept = false
  private var isDamaged = false
  /// The place in the stream is not known.
  private(set) var isLost = false

  /// The next step in the bytes from `offset` on, which is moved behind what was used.
  ///
  /// - Parameter keepsData: Whether the fragments of application data are wanted.
  mutating func next(in bytes: Span<UInt8>, from offset: inout Int, keepsData: Bool) -> Step {
    if isLost {
      guard offset == 0, RecordHead(bytes, isSought: true) != nil else {
        offset = bytes.count
        return .more
      }
      isLost = false
    }
    if current == nil {
      guard takeHead(in: bytes, from: &offset, keepsData: keepsData) else {
        if isLost {
          offset = bytes.count
          return .lost
        }
        return .more
      }
    }
    guard let record = current else { return .more }
    let count = min(remaining, bytes.count - offset)
    let range = offset..<(offset + count)
    offset += count
    remaining -= count
    if remaining > 0 {
      if isKept { fragment.append(bytes.extracting(range)) }
      return .more
    }
    current = nil
    if isDamaged { return .damaged(record) }
    guard isKept else { return .passed(record) }
    guard !fragment.isEmpty else { return .whole(record, range) }
    fragment.append(bytes.extracting(range))
    defer { fragment = [] }
    return .joined(record, fragment)
  }

  /// Whether the record's head is there.
  private mutating func takeHead(in bytes: Span<UInt8>, from offset: inout Int, keepsData: Bool) -> Bool {
    let found: RecordHead?
    if head.isEmpty, bytes.count - offset >= RecordHead.size {
      found = RecordHead(bytes.extracting(offset..<(offset + RecordHead.size)), isSought: false)
      offset += RecordHead.size
    } else {
      let count = min(RecordHead.size - head.count, bytes.count - offset)
      head.append(bytes.extracting(offset..<(offset + count)))
      offset += count
      guard head.count == RecordHead.size else { return false }
      found = RecordHead(head.span, isSought: false)
      head = []
    }
    guard let found else {
      isLost = true
      return false
    }
    current = found
    remaining = found.length
    isKept = keepsData || found.kind != .applicationData
    isDamaged = false
    return true
  }

  /// Octets of the record at hand that were taken, with its head.
  var begunBytes: Int {
    guard let current else { return head.count }
    return RecordHead.size + current.length - remaining
  }

  /// The fragment of a handshake record that is not whole, as far as it was seen.
  var beginningOfHandshake: [UInt8]? {
    guard let current, current.kind == .handshake, !isDamaged, !fragment.isEmpty else { return nil }
    return fragment
  }

  /// So many bytes are missing. Gives the record that ends with them, if one does.
  mutating func skip(_ count: Int) -> RecordHead? {
    guard let record = current, count <= remaining else {
      isLost = true
      current = nil
      head = []
      fragment = []
      remaining = 0
      return nil
    }
    fragment = []
    isKept = false
    isDamaged = true
    remaining -= count
    guard remaining == 0 else { return nil }
    current = nil
    return record
  }
}
