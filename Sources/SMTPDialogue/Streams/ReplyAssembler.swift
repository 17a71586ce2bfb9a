internal import Wire

/// Joins the server's lines into replies (RFC 5321 section 4.2.1).
struct ReplyAssembler {
  /// A reply of which more lines are due.
  private var open: Reply?
  /// How many lines of one reply are kept: a server that never ends its reply must not fill memory.
  let lineLimit: Int

  init(lineLimit: Int) {
    self.lineLimit = lineLimit
  }

  var isOpen: Bool { open != nil }

  /// The code of the reply of which more lines are due.
  var openCode: Int? { open?.code }

  /// Adds a line; gives the reply that it ends.
  mutating func add(_ line: LineAssembler.Line, at moment: Moment) -> Reply? {
    let bytes = line.bytes
    guard let code = Self.code(of: bytes) else {
      // A bare text line is wrong anywhere (section 4.2); inside a reply it is read as a line of it.
      guard var reply = open else {
        var reply = Reply(code: 0, lines: [bytes], begin: line.begin, end: moment, isComplete: !line.isClipped)
        reply.oddities = [.malformed, oddities(of: line)]
        return reply
      }
      reply.oddities.formUnion([.malformed, oddities(of: line)])
      append(bytes, to: &reply)
      reply.end = moment
      open = reply
      return nil
    }
    var reply = open ?? Reply(code: code, lines: [], begin: line.begin, end: moment)
    open = nil
    if reply.code != code { reply.oddities.insert(.codeChanged) }
    reply.oddities.formUnion(oddities(of: line))
    reply.code = code
    reply.end = moment
    if line.isClipped { reply.isComplete = false }
    append(Array(bytes.dropFirst(4)), to: &reply)
    if bytes.count > 3, bytes[3] == 0x2d {
      open = reply
      return nil
    }
    return reply
  }

  /// Takes the reply whose last line never came.
  mutating func takeOpen() -> Reply? {
    guard var reply = open else { return nil }
    open = nil
    reply.isComplete = false
    reply.oddities.insert(.unfinished)
    return reply
  }

  private func oddities(of line: LineAssembler.Line) -> Reply.Oddities {
    var oddities: Reply.Oddities = []
    if line.length > 512 { oddities.insert(.tooLong) }
    if line.ending == .lf { oddities.insert(.bareLF) }
    if line.ending == nil, !line.isClipped { oddities.insert(.noLineEnd) }
    return oddities
  }

  /// The three digits that a reply line begins with, when a blank, a hyphen or nothing follows them.
  static func code(of line: [UInt8]) -> Int? {
    guard line.count >= 3, (0x32...0x35).contains(line[0]), (0x30...0x39).contains(line[1]),
      (0x30...0x39).contains(line[2]),
      line.count == 3 || line[3] == 0x20 || line[3] == 0x2d || line[3] == 0x09
    else { return nil }
    return Int(line[0] - 0x30) * 100 + Int(line[1] - 0x30) * 10 + Int(line[2] - 0x30)
  }

  /// Whether the bytes begin as a reply line does.
  static func beginsReply(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= 4 && code(of: Array(bytes.extracting(0..<4))) != nil
  }

  private func append(_ line: [UInt8], to reply: inout Reply) {
    if reply.lines.count < lineLimit { reply.lines.append(line) }
  }
}
