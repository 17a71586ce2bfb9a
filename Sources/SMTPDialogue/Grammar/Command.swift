public import Wire

/// When and where something was said: the frame that carried it.
public struct Moment: Hashable, Sendable {
  /// When the frame was captured.
  public var time: CaptureTime
  /// The frame's number in its file, from 1.
  public var frame: Int

  /// The moment at which a frame was captured.
  @inlinable
  public init(time: CaptureTime, frame: Int) {
    self.time = time
    self.frame = frame
  }
}

/// A command line of the client (RFC 5321 section 2.4).
public struct Command: Sendable {
  /// What the line begins with; `unknown` where that is no verb that is known.
  public var verb: Verb
  /// The line as it was sent, without its line end; cut at the limit for lines, and shorter where too many octets wait
  /// for their replies.
  public var line: [UInt8]
  /// When its last byte was sent.
  public var moment: Moment
  /// Whether bytes of the line are missing from the capture.
  public var isClipped: Bool
  /// nil where it did not end.
  public var ending: LineEnding?
  /// Its octets with the line end.
  public var length: Int

  /// What follows the verb, without blanks around it.
  public var argument: ArraySlice<UInt8> {
    let start = line.firstIndex { $0 == 0x20 || $0 == 0x09 } ?? line.count
    return trimmed(line[start...])
  }

  /// The path and parameters of MAIL or RCPT (RFC 5321 sections 4.1.1.2, 4.1.1.3).
  public var path: PathArgument { PathArgument(of: self) }

  /// The chunk that BDAT announces (RFC 3030 section 2); nil where the line is malformed, and no chunk follows.
  public var chunk: (size: Int, isLast: Bool)? {
    let words = argument.split { $0 == 0x20 || $0 == 0x09 }
    guard let digits = words.first, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let size = Int(String(decoding: digits, as: UTF8.self))  // nil over 63 bits: refused by every server
    else { return nil }
    switch words.count {
    case 1: return (size, false)
    case 2 where equalsIgnoringCase(words[1], "LAST".utf8): return (size, true)
    default: return nil
    }
  }

  /// Where the secret begins in a line that carries one: the initial response of AUTH (RFC 4954 section 4), or what stands
  /// behind a word that is AUTH with a slip of the pen, as in `AUTH=PLAIN …`, or another protocol's command to log in.
  public var secretStart: Int? {
    let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    guard verb == .auth || verb == .xExps || verb == .unknown && beginsLikeLogin,
      let afterVerb = line.firstIndex(where: blank),
      let next = line[afterVerb...].firstIndex(where: { !blank($0) })
    else { return nil }
    if verb == .unknown { return next }
    guard let afterMechanism = line[next...].firstIndex(where: blank) else { return nil }
    return line[afterMechanism...].firstIndex { !blank($0) }
  }

  private var beginsLikeLogin: Bool {
    if line.count > 4, equalsIgnoringCase(line.prefix(4), "AUTH".utf8) { return true }
    let word = line.prefix { $0 != 0x20 && $0 != 0x09 }
    return equalsIgnoringCase(word, "PASS".utf8) || equalsIgnoringCase(word, "LOGIN".utf8)
  }
}

extension Command {
  /// A command line, read for its verb; without a length it counts as the line and CRLF.
  public init(
    line: [UInt8], moment: Moment, isClipped: Bool = false, ending: LineEnding? = .crlf, length: Int? = nil
  ) {
    // The line goes in last of all that asks for it, so that it is moved.
    let (verb, length) = (Verb(of: line.span), length ?? line.count + 2)
    self.init(verb: verb, line: line, moment: moment, isClipped: isClipped, ending: ending, length: length)
  }
}

/// What stands behind MAIL FROM: and RCPT TO: as a tolerant server reads it.
public struct PathArgument: Equatable, Sendable {
  /// The path without its angle brackets, empty for `<>`. An opening bracket that is never closed is left in.
  public var address: [UInt8]
  /// The words behind the path, as they were sent: `SIZE=1000` (RFC 5321 section 4.1.2).
  public var parameters: [[UInt8]]

  init(of command: borrowing Command) {
    let line = command.line.span
    var start = 0
    var end = line.count
    while start < end, !isBlank(line[start]) { start += 1 }
    trim(line, &start, &end)
    // "FROM:" or "TO:"; blanks around the colon are wrong (RFC 5321 section 3.3) and common.
    var colon = start
    while colon < end, line[colon] != 0x3a, line[colon] != 0x40, line[colon] != 0x3c { colon += 1 }
    if colon < end, line[colon] == 0x3a {
      start = colon + 1
      trim(line, &start, &end)
    }
    // What the capture cut within FROM or TO is no address.
    if command.isClipped, colon == end { start = end }
    if start < end, line[start] == 0x3c, let bracket = Self.closingBracket(in: line, start..<end) {
      address = Array(line.extracting((start + 1)..<bracket))
      start = bracket + 1
    } else {
      var addressEnd = start
      while addressEnd < end, !isBlank(line[addressEnd]) { addressEnd += 1 }
      // A line that the capture cut lost its bracket there; one that was sent so is shown as it was sent.
      if command.isClipped, start < end, line[start] == 0x3c { start += 1 }
      address = Array(line.extracting(start..<addressEnd))
      start = addressEnd
    }
    parameters = []
    while start < end {
      var wordEnd = start
      while wordEnd < end, !isBlank(line[wordEnd]) { wordEnd += 1 }
      if wordEnd > start { parameters.append(Array(line.extracting(start..<wordEnd))) }
      start = wordEnd + 1
    }
  }

  /// The bracket that ends the path; one inside a quoted local part does not (RFC 5321 section 4.1.2).
  private static func closingBracket(in line: Span<UInt8>, _ path: Range<Int>) -> Int? {
    var isQuoted = false
    var index = path.lowerBound + 1
    while index < path.upperBound {
      switch line[index] {
      case 0x22: isQuoted.toggle()
      case 0x5c where isQuoted: index += 1
      case 0x3e where !isQuoted: return index
      default: break
      }
      index += 1
    }
    // An odd quote must not swallow the line.
    return path.last { line[$0] == 0x3e }
  }
}

/// Space or tab.
@inline(__always)
private func isBlank(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x09
}

/// Moves both ends past blanks, and CRs.
private func trim(_ line: Span<UInt8>, _ start: inout Int, _ end: inout Int) {
  while start < end, isBlank(line[start]) || line[start] == 0x0d { start += 1 }
  while start < end, isBlank(line[end - 1]) || line[end - 1] == 0x0d { end -= 1 }
}

/// Without blanks at both ends.
func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
  guard let start = bytes.firstIndex(where: { !isBlank($0) }), let end = bytes.lastIndex(where: { !isBlank($0) })
  else { return bytes[bytes.endIndex...] }
  return bytes[start...end]
}

/// Whether the bytes are the ASCII word, in any case of letters. Inlined, for the types of both are known where it is
/// called: as a call it costs a look-up of their metadata for each byte.
@inlinable
public func equalsIgnoringCase(_ bytes: some Collection<UInt8>, _ word: some Collection<UInt8>) -> Bool {
  guard bytes.count == word.count else { return false }
  var index = word.startIndex
  for byte in bytes {
    let other = word[index]
    guard byte == other || byte | 0x20 == other | 0x20 && 0x61 <= byte | 0x20 && byte | 0x20 <= 0x7a else {
      return false
    }
    word.formIndex(after: &index)
  }
  return true
}
