internal import Wire

/// Cuts one side's bytes into lines, whatever segments they came in.
///
/// A line ends with LF; CRs before it belong to the line end, because servers and clients in the field send LF alone and
/// CR CR LF. A line that lies whole in one segment is found without copying it.
struct LineAssembler {
  /// Bytes of a line that has not ended; at most `limit` are kept.
  private(set) var partial: [UInt8] = []
  /// When the first byte of the unfinished line came.
  private(set) var start: Moment?
  /// Whether bytes of the unfinished line are missing from the capture.
  private(set) var isClipped = false
  /// Octets of the unfinished line, those that were not kept too.
  private var partialLength = 0
  /// The last of them.
  private var lastOctet: UInt8 = 0
  /// How long a line may grow before the rest of it is dropped: a peer that never sends a line end must not fill memory.
  let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  var isEmpty: Bool { start == nil }

  /// What is known of a line besides its bytes.
  struct LineFacts {
    var begin: Moment
    var isClipped: Bool
    /// nil where the line never ended.
    var ending: LineEnding?
    /// Its octets with the line end, those that were not kept too.
    var length: Int
  }

  /// What `next` came to.
  enum Step {
    /// A line that lies whole in the bytes.
    case whole(Range<Int>, LineFacts)
    /// A line that began in bytes before these.
    case carried([UInt8], LineFacts)
    /// The bytes end before the line does, and they are kept.
    case more
  }

  /// The next line at or behind `offset`, which moves behind its LF.
  @inline(__always)
  mutating func next(in bytes: Span<UInt8>, from offset: inout Int, at moment: Moment) -> Step {
    guard start == nil, !isClipped, let feed = bytes.firstIndex(of: 0x0a, from: offset), feed - offset <= limit else {
      return nextCarried(in: bytes, from: &offset, at: moment)
    }
    let begin = offset
    var end = feed
    while end > begin, bytes[end - 1] == 0x0d { end -= 1 }
    offset = feed + 1
    return .whole(
      begin..<end,
      LineFacts(
        begin: moment, isClipped: false, ending: LineEnding(returns: feed - end), length: feed + 1 - begin))
  }

  private mutating func nextCarried(in bytes: Span<UInt8>, from offset: inout Int, at moment: Moment) -> Step {
    let begin = start ?? moment
    guard let feed = bytes.firstIndex(of: 0x0a, from: offset) else {
      if offset < bytes.count {
        partialLength += bytes.count - offset
        keep(bytes.extracting(offset..<bytes.count))
        lastOctet = bytes[bytes.count - 1]
        start = begin
        offset = bytes.count
      }
      return .more
    }
    keep(bytes.extracting(offset..<feed))
    var line = partial
    partial = []
    var returns = 0
    while line.last == 0x0d {
      line.removeLast()
      returns += 1
    }
    // Of a line that is longer than what is kept the CR was not kept.
    if returns == 0, (feed > offset ? bytes[feed - 1] : lastOctet) == 0x0d { returns = 1 }
    let facts = LineFacts(
      begin: begin, isClipped: isClipped, ending: LineEnding(returns: returns),
      length: partialLength + feed + 1 - offset)
    offset = feed + 1
    reset()
    return .carried(line, facts)
  }

  /// Takes the line that never ended.
  mutating func takePartial() -> (bytes: [UInt8], facts: LineFacts)? {
    guard let begin = start else { return nil }
    var line = partial
    while line.last == 0x0d { line.removeLast() }
    let facts = LineFacts(begin: begin, isClipped: isClipped, ending: nil, length: partialLength)
    reset()
    return (line, facts)
  }

  /// Bytes are missing here: what there is of the line is the line's beginning.
  mutating func markClipped() {
    isClipped = true
  }

  mutating func reset() {
    if !partial.isEmpty { partial = [] }
    start = nil
    isClipped = false
    partialLength = 0
    lastOctet = 0
  }

  private mutating func keep(_ bytes: Span<UInt8>) {
    let room = max(0, limit - partial.count)
    partial.append(bytes.extracting(0..<min(room, bytes.count)))
  }
}

/// How a line ended (RFC 5321 section 2.3.8 wants CRLF).
public enum LineEnding: Hashable, Sendable {
  case crlf
  /// LF alone.
  case lf
  /// CR CR LF, or more of them.
  case repeatedCR

  /// - Parameter returns: How many CRs stand before the LF.
  init(returns: Int) {
    self = returns == 1 ? .crlf : returns == 0 ? .lf : .repeatedCR
  }
}
