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
  /// How long a line may grow before the rest of it is dropped: a peer that never sends a line end must not fill memory.
  let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  var isEmpty: Bool { start == nil }

  /// A line as it was found.
  struct Line {
    var bytes: [UInt8]
    var begin: Moment
    var isClipped: Bool
    /// nil where the line never ended.
    var ending: LineEnding?
    /// Its octets with the line end, those that were not kept too.
    var length = 0
  }

  /// The next whole line at or behind `offset`, which moves behind its LF; nil when the bytes end before the line does,
  /// and they are kept.
  mutating func next(in bytes: Span<UInt8>, from offset: inout Int, at moment: Moment) -> Line? {
    let begin = start ?? moment
    guard let feed = bytes.firstIndex(of: 0x0a, from: offset) else {
      if offset < bytes.count {
        partialLength += bytes.count - offset
        keep(bytes.extracting(offset..<bytes.count))
        start = begin
        offset = bytes.count
      }
      return nil
    }
    var line: [UInt8]
    if partial.isEmpty {
      line = Array(bytes.extracting(offset..<min(feed, offset + limit)))
    } else {
      keep(bytes.extracting(offset..<feed))
      line = partial
      partial = []
    }
    var returns = 0
    while line.last == 0x0d {
      line.removeLast()
      returns += 1
    }
    let length = partialLength + feed + 1 - offset
    offset = feed + 1
    defer { reset() }
    let ending: LineEnding = returns == 1 ? .crlf : returns == 0 ? .lf : .repeatedCR
    return Line(bytes: line, begin: begin, isClipped: isClipped, ending: ending, length: length)
  }

  /// Takes the line that never ended.
  mutating func takePartial(at moment: Moment) -> Line? {
    guard let begin = start else { return nil }
    var line = partial
    while line.last == 0x0d { line.removeLast() }
    let clipped = isClipped
    let length = partialLength
    reset()
    return Line(bytes: line, begin: begin, isClipped: clipped, ending: nil, length: length)
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
  }

  private mutating func keep(_ bytes: Span<UInt8>) {
    let room = max(0, limit - partial.count)
    partial.append(bytes.extracting(0..<min(room, bytes.count)))
  }
}

/// How a line ended (RFC 5321 section 2.3.8 wants CRLF).
package enum LineEnding: Hashable, Sendable {
  case crlf
  /// LF alone.
  case lf
  /// CR CR LF, or more of them.
  case repeatedCR
}
