internal import Wire

/// Finds the end of message text sent with DATA and undoes its dot-stuffing (RFC 5321 sections 4.1.1.4 and 4.5.2).
///
/// Only `<CRLF>.<CRLF>` ends the text. Servers exist that take a lone dot between other line ends for it (SMTP smuggling),
/// so such a place is reported as a candidate; whether it was the end, the server's replies tell.
struct DataReceiver {
  /// What the two bytes before the next one were; the text begins behind the CRLF of the DATA command.
  private var previous: UInt8 = 0x0a
  private var beforePrevious: UInt8 = 0x0d
  private var waiting = Waiting.none
  /// The bytes before the next one were NULs behind a CRLF, and the segment ended with them.
  private var endedInNULs = false
  private var isBehindHole = false

  /// A dot at the beginning of a line, of which the bytes behind it are still to come.
  private enum Waiting {
    case none
    case dot(LoneDot.Start)
    case dotCR(LoneDot.Start)
  }

  enum Step: Equatable {
    /// Bytes of the message.
    case content(Range<Int>)
    /// A dot of the message that the previous segment may have ended with.
    case carriedDot
    /// The end of the text; what follows at the offset are commands.
    case end
    /// A lone dot that only a lenient server takes for the end. The offset stands behind its line end.
    case candidate(LoneDot)
    /// All bytes are used up.
    case more
  }

  /// The next thing in `bytes` at `offset`, which moves behind it.
  mutating func next(in bytes: Span<UInt8>, from offset: inout Int) -> Step {
    guard offset < bytes.count else { return .more }
    if isBehindHole {
      isBehindHole = false
      // The CR of this LF is in the hole.
      if bytes[offset] == 0x0a { previous = 0x0d }
    }
    switch waiting {
    case .none:
      return scan(bytes, from: &offset)
    case .dot(let start):
      waiting = .none
      switch bytes[offset] {
      case 0x0d:
        offset += 1
        waiting = .dotCR(start)
        note(0x0d)
        return next(in: bytes, from: &offset)
      case 0x0a:
        offset += 1
        note(0x0a)
        return .candidate(LoneDot(start: start, end: .bareLF))
      default:
        // Section 4.5.2: a dot that begins a line with more on it was put there by the sender. Only CRLF ends a line
        // (section 2.3.8); but a sender of bare LFs that stuffs dots does so behind them too, and leaves two.
        guard start != .crlf, !(start == .bareLF && bytes[offset] == 0x2e) else {
          return scanBehindStuffing(bytes, from: &offset)
        }
        return .carriedDot
      }
    case .dotCR(let start):
      waiting = .none
      if bytes[offset] == 0x0a {
        offset += 1
        note(0x0a)
        return start == .crlf ? .end : .candidate(LoneDot(start: start, end: .crlf))
      }
      return .candidate(LoneDot(start: start, end: .bareCR))
    }
  }

  /// The candidate was not the end: the text goes on behind its dot, the line end of the candidate first.
  mutating func resumeBehindDot() {
    waiting = .none
    beforePrevious = previous
    previous = 0x2e
  }

  /// Bytes are missing: what stood before the next byte is not known, so no dot behind it begins a line. Gives what
  /// waited for them, as `takeCarried` does.
  mutating func skip() -> [UInt8] {
    previous = 0
    beforePrevious = 0
    endedInNULs = false
    isBehindHole = true
    return takeCarried()
  }

  /// What the text ended with while it waited for more: bytes of the message if nothing comes any more.
  mutating func takeCarried() -> [UInt8] {
    defer { waiting = .none }
    return switch waiting {
    case .none: []
    case .dot(let start): start == .crlf ? [] : [0x2e]
    case .dotCR(let start): start == .crlf ? [0x0d] : [0x2e, 0x0d]
    }
  }

  /// The same as it was sent.
  var carriedAsSent: [UInt8] {
    switch waiting {
    case .none: []
    case .dot: [0x2e]
    case .dotCR: [0x2e, 0x0d]
    }
  }

  private mutating func note(_ byte: UInt8) {
    beforePrevious = previous
    previous = byte
  }

  /// Goes on behind a dot that was taken off: the byte there begins the line, and is never taken for a second stuffing.
  private mutating func scanBehindStuffing(_ bytes: Span<UInt8>, from offset: inout Int) -> Step {
    previous = 0x2e
    return scan(bytes, from: &offset)
  }

  private mutating func scan(_ bytes: Span<UInt8>, from offset: inout Int) -> Step {
    let begin = offset
    // A dot behind anything but an LF, a CR or a NUL is text, which has many: the search passes over most of them.
    var found = bytes[begin] == 0x2e ? begin : bytes.firstIndex(of: 0x2e, behindAtMost: 0x0d, from: begin)
    while let dot = found {
      let before = dot > begin ? bytes[dot - 1] : previous
      if before == 0x0a || before == 0x0d || before == 0 && followsNULs(in: bytes, from: begin, to: dot) {
        let beforeThat = dot > begin + 1 ? bytes[dot - 2] : dot == begin + 1 ? previous : beforePrevious
        let start: LoneDot.Start =
          before == 0 ? .crlfNUL : before == 0x0d ? .bareCR : beforeThat == 0x0d ? .crlf : .bareLF
        waiting = .dot(start)
        beforePrevious = before
        previous = 0x2e
        endedInNULs = false
        offset = dot + 1
        if dot > begin { return .content(begin..<dot) }
        return next(in: bytes, from: &offset)
      }
      found = bytes.firstIndex(of: 0x2e, behindAtMost: 0x0d, from: dot)
    }
    let end = bytes.count
    endedInNULs = bytes[end - 1] == 0 && followsNULs(in: bytes, from: begin, to: end)
    beforePrevious = end > begin + 1 ? bytes[end - 2] : previous
    previous = bytes[end - 1]
    offset = end
    return .content(begin..<end)
  }
  /// Whether nothing but NULs stands before `end` on its line, and the line before it ended with CRLF.
  private func followsNULs(in bytes: Span<UInt8>, from begin: Int, to end: Int) -> Bool {
    var index = end
    while index > begin, bytes[index - 1] == 0 { index -= 1 }
    if index == begin { return endedInNULs || previous == 0x0a && beforePrevious == 0x0d }
    guard bytes[index - 1] == 0x0a else { return false }
    return (index - 1 > begin ? bytes[index - 2] : previous) == 0x0d
  }
}
