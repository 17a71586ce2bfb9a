internal import Wire

/// Joins the server's lines into replies (RFC 5321 section 4.2.1).
struct ReplyAssembler {
  /// A reply of which more lines are due.
  private var open: Reply?
  /// Whether the code of each line is kept, for replies that may be several.
  var keepsCodes = false
  /// The codes of the lines of the reply at hand, in their order.
  private(set) var codes: [Int] = []
  /// How many lines of one reply are kept: a server that never ends its reply must not fill memory.
  let lineLimit: Int

  init(lineLimit: Int) {
    self.lineLimit = lineLimit
  }

  var isOpen: Bool { open != nil }
  /// The code of the reply of which more lines are due.
  var openCode: Int? { open?.code }

  /// Adds a line; gives the reply that it ends.
  mutating func add(_ bytes: Span<UInt8>, _ line: LineAssembler.LineFacts, at moment: Moment) -> Reply? {
    guard let code = Self.code(of: bytes) else {
      // A bare text line is wrong anywhere (section 4.2); inside a reply it is read as a line of it.
      guard var reply = open.take() else {
        var reply = Reply(
          code: 0, lines: TextLines(line: bytes), begin: line.begin, end: moment, isComplete: !line.isClipped)
        reply.oddities = oddities(of: line).union(.malformed)
        return reply
      }
      reply.oddities.formUnion(oddities(of: line).union(.malformed))
      append(bytes, to: &reply)
      reply.end = moment
      open = reply
      return nil
    }
    let text = bytes.extracting(min(4, bytes.count)..<bytes.count)
    let isLast = bytes.count <= 3 || bytes[3] != 0x2d
    if keepsCodes {
      if open == nil { codes.removeAll(keepingCapacity: true) }
      if codes.count < lineLimit { codes.append(code) }
    }
    var reply: Reply
    if let begun = open.take() {
      reply = begun
      if reply.code != code { reply.oddities.insert(.codeChanged) }
      reply.code = code
      reply.end = moment
      append(text, to: &reply)
    } else {
      reply = Reply(code: code, lines: lineLimit > 0 ? TextLines(line: text) : [], begin: line.begin, end: moment)
    }
    reply.oddities.formUnion(oddities(of: line))
    if line.isClipped { reply.isComplete = false }
    if isLast { return reply }
    open = reply
    return nil
  }

  /// Takes the reply whose last line never came.
  mutating func takeOpen() -> Reply? {
    guard var reply = open else { return nil }
    open = nil
    reply.isComplete = false
    reply.oddities.insert(.unfinished)
    return reply
  }

  private func oddities(of line: LineAssembler.LineFacts) -> Reply.Oddities {
    var oddities = Reply.Oddities()
    if line.length > 512 { oddities.insert(.tooLong) }
    if line.ending == .lf { oddities.insert(.bareLF) }
    if line.ending == nil, !line.isClipped { oddities.insert(.noLineEnd) }
    return oddities
  }

  /// The three digits that a reply line begins with, when a blank, a hyphen or nothing follows them.
  static func code(of line: Span<UInt8>) -> Int? {
    guard line.count >= 3, (0x32...0x35).contains(line[0]), (0x30...0x39).contains(line[1]),
      (0x30...0x39).contains(line[2]),
      line.count == 3 || line[3] == 0x20 || line[3] == 0x2d || line[3] == 0x09
    else { return nil }
    return Int(line[0] - 0x30) * 100 + Int(line[1] - 0x30) * 10 + Int(line[2] - 0x30)
  }

  /// Whether the bytes begin as a reply line does.
  static func beginsReply(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= 4 && code(of: bytes.extracting(0..<4)) != nil
  }

  private func append(_ line: Span<UInt8>, to reply: inout Reply) {
    if reply.lines.count < lineLimit { reply.lines.append(line) }
  }
}
