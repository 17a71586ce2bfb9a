internal import Wire

/// What is wrong with the form of a command (RFC 5321 sections 4.1.1 and 4.1.2); the first thing that is, from the left.
public enum CommandFault: Hashable, Sendable {
  /// `MAIL FORM:<a@b>`: neither `FROM:` nor `TO:` follows.
  case keyword
  /// `MAIL FROM: <a@b>`, `MAIL FROM :<a@b>` (section 3.3 says it in so many words).
  case blankAtColon
  /// `MAIL FROM:a@b`
  case noBrackets
  /// `MAIL FROM:<a@b`
  case openBracket
  /// `RCPT TO:<>`: only the sender may be nobody.
  case noAddress
  /// `RCPT TO:<bob>`: only the postmaster has no domain.
  case noDomain
  case localPart
  case domain
  case parameter
  /// Receivers should bear it (section 4.1.1).
  case blankAtEnd
  /// `EHLO`
  case argumentMissing
  /// `RSET now`
  case argumentUnwanted
  /// BDAT without a size, or with something behind it that is not LAST (RFC 3030 section 2).
  case chunk
}

extension Command {
  /// What is wrong with its form; nil where nothing is, or where that cannot be told.
  public var fault: CommandFault? {
    guard !isClipped else { return nil }
    switch verb {
    case .mail: return CommandFault.ofPath(in: line.span, keyword: "FROM", takesNull: true)
    case .rcpt: return CommandFault.ofPath(in: line.span, keyword: "TO", takesNull: false)
    case .helo, .ehlo, .lhlo, .vrfy, .expn:
      if argument.isEmpty { return .argumentMissing }
      return CommandFault.endsInBlank(line.span) ? .blankAtEnd : nil
    case .data, .rset, .quit, .starttls:
      guard line.count > (verb == .starttls ? 8 : 4) else { return nil }
      return argument.isEmpty ? .blankAtEnd : .argumentUnwanted
    case .bdat: return chunk == nil ? .chunk : nil
    default: return nil
    }
  }
}

// One walk along the line, which allocates nothing: every MAIL and RCPT takes it.

extension CommandFault {
  /// - Parameter line: A line that begins with a verb of four letters and a blank.
  static func ofPath(in line: Span<UInt8>, keyword: StaticString, takesNull: Bool) -> CommandFault? {
    var offset = 5
    let length = keyword.utf8CodeUnitCount
    guard line.count > offset else { return .argumentMissing }
    guard line.holds(keyword, ignoringCaseAt: offset) else { return .keyword }
    offset += length
    guard offset < line.count, line[offset] == 0x3a else {
      while offset < line.count, isBlank(line[offset]) { offset += 1 }
      return offset < line.count && line[offset] == 0x3a ? .blankAtColon : .keyword
    }
    offset += 1
    guard offset < line.count else { return .noAddress }
    if isBlank(line[offset]) { return .blankAtColon }
    guard line[offset] == 0x3c else { return .noBrackets }
    offset += 1
    if let fault = skipPath(in: line, from: &offset, takesNull: takesNull) { return fault }
    return ofParameters(in: line, from: offset)
  }

  static func endsInBlank(_ line: Span<UInt8>) -> Bool {
    line.count > 0 && isBlank(line[line.count - 1])
  }

  /// Goes behind the closing bracket.
  private static func skipPath(in line: Span<UInt8>, from offset: inout Int, takesNull: Bool) -> CommandFault? {
    guard offset < line.count else { return .openBracket }
    if line[offset] == 0x3e {
      offset += 1
      return takesNull ? nil : .noAddress
    }
    // A source route is obsolete but well formed (section 4.1.2, appendix C).
    if line[offset] == 0x40 {
      guard let colon = line.firstIndex(of: 0x3a, from: offset) else { return .localPart }
      offset = colon + 1
    }
    let start = offset
    guard skipLocalPart(in: line, from: &offset) else {
      return line.contains(0x3e, from: offset) ? .localPart : .openBracket
    }
    guard offset < line.count else { return .openBracket }
    if line[offset] == 0x3e {
      let isPostmaster = offset - start == 10 && line.holds("POSTMASTER", ignoringCaseAt: start)
      offset += 1
      return isPostmaster && !takesNull ? nil : .noDomain
    }
    guard line[offset] == 0x40 else { return .localPart }
    offset += 1
    guard skipDomain(in: line, from: &offset) else { return line.contains(0x3e, from: offset) ? .domain : .openBracket }
    guard offset < line.count else { return .openBracket }
    guard line[offset] == 0x3e else { return line.contains(0x3e, from: offset) ? .domain : .openBracket }
    offset += 1
    return nil
  }

  /// Dot-string or Quoted-string; what lies beyond ASCII may stand in both (RFC 6531 section 3.3).
  private static func skipLocalPart(in line: Span<UInt8>, from offset: inout Int) -> Bool {
    guard offset < line.count else { return false }
    if line[offset] == 0x22 {
      offset += 1
      while offset < line.count {
        switch line[offset] {
        case 0x22:
          offset += 1
          return true
        case 0x5c: offset += 2
        case 0x20...0x7e, 0x80...0xff: offset += 1
        default: return false
        }
      }
      return false
    }
    var isBehindDot = true
    while offset < line.count {
      let byte = line[offset]
      if byte == 0x2e {
        if isBehindDot { return false }
        isBehindDot = true
      } else if isAtomText(byte) {
        isBehindDot = false
      } else {
        break
      }
      offset += 1
    }
    return !isBehindDot
  }

  private static func skipDomain(in line: Span<UInt8>, from offset: inout Int) -> Bool {
    guard let end = endOfDomain(in: line, from: offset) else { return false }
    offset = end
    return true
  }

  /// Where a domain or an address literal that begins at `start` ends; nil where none does.
  static func endOfDomain(in line: Span<UInt8>, from start: Int) -> Int? {
    guard start < line.count else { return nil }
    var offset = start
    if line[offset] == 0x5b {
      guard let end = line.firstIndex(of: 0x5d, from: offset), end > offset + 1 else { return nil }
      return end + 1
    }
    var previous: UInt8 = 0x2e
    while offset < line.count {
      let byte = line[offset]
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...0xff: break
      case 0x2d: if previous == 0x2e { return nil }
      case 0x2e: if previous == 0x2e || previous == 0x2d { return nil }
      default: return previous == 0x2e || previous == 0x2d ? nil : offset
      }
      previous = byte
      offset += 1
    }
    return previous == 0x2e || previous == 0x2d ? nil : offset
  }

  /// `*(SP keyword ["=" value])`, section 4.1.2.
  private static func ofParameters(in line: Span<UInt8>, from start: Int) -> CommandFault? {
    var offset = start
    while offset < line.count {
      guard line[offset] == 0x20 else { return isBlankToEnd(line, from: offset) ? .blankAtEnd : .parameter }
      offset += 1
      if isBlankToEnd(line, from: offset) { return .blankAtEnd }
      let keyword = offset
      while offset < line.count, isLetterOrDigit(line[offset]) || offset > keyword && line[offset] == 0x2d {
        offset += 1
      }
      guard offset > keyword else { return .parameter }
      guard offset < line.count, line[offset] == 0x3d else { continue }
      offset += 1
      let value = offset
      while offset < line.count, line[offset] > 0x20, line[offset] != 0x3d, line[offset] != 0x7f { offset += 1 }
      guard offset > value else { return .parameter }
    }
    return nil
  }

  private static func isBlankToEnd(_ line: Span<UInt8>, from start: Int) -> Bool {
    var offset = start
    while offset < line.count {
      guard isBlank(line[offset]) else { return false }
      offset += 1
    }
    return true
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: false
    }
  }

  /// atext (RFC 5322 section 3.2.3).
  private static func isAtomText(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x5e...0x7e, 0x80...0xff: true
    case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2f, 0x3d, 0x3f: true
    default: false
    }
  }
}

extension Span where Element == UInt8 {
  fileprivate func contains(_ byte: UInt8, from start: Int) -> Bool { firstIndex(of: byte, from: start) != nil }

  /// Whether the word, written in capitals, stands at `start`.
  fileprivate func holds(_ word: StaticString, ignoringCaseAt start: Int) -> Bool {
    let end = start + word.utf8CodeUnitCount
    guard end <= count else { return false }
    var folded = [10 of UInt8](repeating: 0)
    guard end - start <= 10 else { return false }
    for index in start..<end {
      let byte = self[index]
      folded[index - start] = byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte
    }
    return folded.span.extracting(0..<(end - start)).hasBytes(word)
  }
}
