public import Wire

/// What one Received field says (RFC 5321 section 4.4).
///
/// Servers write what they like there. Read are the clauses by their keywords, wherever they stand; which address the client
/// had is found in the forms of Postfix, sendmail, Exim, Exchange, Courier, qmail, fetchmail and those who copied them.
public struct Hop: Equatable, Sendable {
  /// What the client called itself, or its host, or whoever handed the message in on the server itself.
  public var from: [UInt8]?
  /// The client's address, where the server noted it.
  public var address: IPAddress?
  /// The server that took the message, by its own word.
  public var by: [UInt8]?
  /// The protocol: a word, but `Microsoft SMTP Server`.
  public var with: [UInt8]?
  /// What the server calls the message in its own log.
  public var id: [UInt8]?
  /// `for`, without angle brackets.
  public var recipient: [UInt8]?
  /// When the server took the message, by its own clock; nil where there is no date or none that can be read.
  public var date: CaptureTime?
  /// The program that took the message on its own host, where the field says it did, and names it.
  var localProgram: [UInt8]?

  init(parsing body: Span<UInt8>) {
    let semicolon = Self.lastSemicolon(of: body)
    if let semicolon { date = TraceDate.time(body.extracting(semicolon + 1..<body.count)) }
    let text = body.extracting(0..<(semicolon ?? body.count))
    var words = TraceWords(text)
    var reading = Reading()
    while let token = words.next(in: text) {
      switch token {
      case .word(let range): take(text.extracting(range), &reading)
      case .comment(let range): takeComment(text.extracting(range), &reading)
      }
    }
    if let name = reading.hello, from == nil || reading.fromIsAddress { from = name }
    if address == nil { address = reading.addressOfWord }
  }

  /// Octets kept of each value.
  private static let longestValue = 255

  private enum Clause: UInt8 {
    case none, from, by, via, with, id, recipient
  }

  private struct Reading {
    var clause = Clause.none
    /// A bit for each clause that was met.
    var met: UInt8 = 0
    /// No comment stands behind `with` yet.
    var withIsOpen = true
    var fromIsAddress = false
    var addressOfWord: IPAddress?
    /// The name given in HELO where it stands apart.
    var hello: [UInt8]?
  }

  private static func clause(named word: Span<UInt8>) -> Clause? {
    switch word.count {
    case 2: word.hasBytesIgnoringCase("by") ? .by : word.hasBytesIgnoringCase("id") ? .id : nil
    case 3: word.hasBytesIgnoringCase("for") ? .recipient : word.hasBytesIgnoringCase("via") ? .via : nil
    case 4: word.hasBytesIgnoringCase("from") ? .from : word.hasBytesIgnoringCase("with") ? .with : nil
    default: nil
    }
  }

  private mutating func take(_ word: Span<UInt8>, _ reading: inout Reading) {
    if let clause = Self.clause(named: word), reading.met & 1 << clause.rawValue == 0,
      clause != .from || reading.clause == .none
    {
      reading.clause = clause
      reading.met |= 1 << clause.rawValue
      return
    }
    switch reading.clause {
    case .none:
      // What it puts into a comment otherwise.
      guard word.count == 5, word.hasBytesIgnoringCase("qmail") else { break }
      (reading.clause, reading.met) = (.via, .max)
    case .via: break
    case .from: takeSource(word, &reading)
    case .by: if by == nil { by = Self.value(word) }
    case .with:
      guard reading.withIsOpen else { break }
      with = with.map { ($0.count < Self.longestValue ? $0 + [0x20] + Self.value(word) : $0) } ?? Self.value(word)
    case .id: if id == nil { id = Self.value(word) }
    case .recipient:
      guard recipient == nil else { break }
      var (start, end) = (0, word.count)
      while start < end, word[start] == UInt8(ascii: "<") { start += 1 }
      while end > start, [UInt8(ascii: ">"), UInt8(ascii: ","), UInt8(ascii: ";")].contains(word[end - 1]) { end -= 1 }
      recipient = Self.value(word.extracting(start..<end))
    }
  }

  /// `kestrel.example`, `[192.0.2.7]`, `192.0.2.7`, `unknown`.
  private mutating func takeSource(_ word: Span<UInt8>, _ reading: inout Reading) {
    let address = Self.bracketed(word) ?? IPAddress(text: word)
    if reading.addressOfWord == nil { reading.addressOfWord = address }
    guard from == nil else { return }
    from = Self.value(word)
    reading.fromIsAddress = address != nil || word.count == 7 && word.hasBytesIgnoringCase("unknown")
  }

  private mutating func takeComment(_ comment: Span<UInt8>, _ reading: inout Reading) {
    switch reading.clause {
    case .from: takeAboutClient(comment, &reading)
    case .by: if comment.hasBytesIgnoringCase("postfix, from userid") { localProgram = Array("Postfix".utf8) }
    case .with:
      reading.withIsOpen = false
      guard let with, with.span.count == 5, with.span.hasBytesIgnoringCase("local") else { break }
      if comment.hasBytesIgnoringCase("exim ") { localProgram = Self.value(comment) }
    case .none:
      guard comment.hasBytesIgnoringCase("qmail "), !comment.holds("network") else { break }
      localProgram = Array("qmail".utf8)
    case .via, .id, .recipient: break
    }
  }

  /// `mx.example [192.0.2.7]`, `helo=mx.example`, `HELO mx.example`, `192.0.2.7`, `user@192.0.2.7`, `[192.0.2.7]:57008 "EHLO
  /// mx.example" …`.
  private mutating func takeAboutClient(_ comment: Span<UInt8>, _ reading: inout Reading) {
    var isHello = false
    var offset = 0
    while offset < comment.count {
      let start = offset
      while offset < comment.count, !Self.separates(comment[offset]) { offset += 1 }
      let word = comment.extracting(start..<offset)
      offset += 1
      guard word.count > 0 else { continue }
      if isHello {
        isHello = false
        if reading.hello == nil { reading.hello = Self.value(word) }
      } else if word.hasBytesIgnoringCase("helo="), word.count > 5 {
        if reading.hello == nil { reading.hello = Self.value(word.extracting(5..<word.count)) }
      } else if word.count == 4, word.hasBytesIgnoringCase("helo") || word.hasBytesIgnoringCase("ehlo") {
        isHello = true
      } else if address == nil {
        address = Self.bracketed(word)
        let at = word.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? 0
        if address == nil { address = IPAddress(text: word.extracting(at..<word.count)) }
      }
    }
  }

  private static func separates(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x20, 0x09, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\""), UInt8(ascii: ","): true
    default: false
    }
  }

  /// `[192.0.2.7]`, `[IPv6:2001:db8::1]` with anything around it.
  private static func bracketed(_ word: Span<UInt8>) -> IPAddress? {
    guard let open = word.firstIndex(of: UInt8(ascii: "[")),
      let close = word.firstIndex(of: UInt8(ascii: "]"), from: open)
    else { return nil }
    let inside = word.extracting(open + 1..<close)
    let start = inside.hasBytesIgnoringCase("ipv6:") ? 5 : 0
    return IPAddress(text: inside.extracting(start..<inside.count))
  }

  private static func value(_ word: Span<UInt8>) -> [UInt8] {
    Array(word.extracting(first: longestValue))
  }

  /// The date stands behind the last semicolon outside comments; where a comment never closes, behind the last one.
  private static func lastSemicolon(of body: Span<UInt8>) -> Int? {
    guard let last = body.lastIndex(of: UInt8(ascii: ";")) else { return nil }
    // In nearly all fields it is behind all comments but those of the date.
    if isBalanced(body.extracting(last..<body.count)) { return last }
    var depth = 0
    var found: Int?
    var index = 0
    while index < body.count {
      switch body[index] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth = max(0, depth - 1)
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: ";") where depth == 0: found = index
      default: break
      }
      index += 1
    }
    return depth == 0 ? found : last
  }

  /// No parenthesis closes that does not open here: what stands before is within no comment, or in one that never closes.
  private static func isBalanced(_ text: Span<UInt8>) -> Bool {
    var depth = 0
    for index in text.indices {
      if text[index] == UInt8(ascii: "(") { depth += 1 }
      if text[index] == UInt8(ascii: ")") { depth -= 1 }
      guard depth >= 0 else { return false }
    }
    return true
  }
}
