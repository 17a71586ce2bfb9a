import Wire

/// A message as the files of Unix mail programs have it: CRLF becomes LF, and in a mailbox file (mboxrd) each line of
/// `From ` behind any number of `>` gets one `>` more, so that taking one off gives back the line.
///
/// Nothing else is changed: a CR or LF that stands alone in the message stands alone in the file.
package struct MailboxText {
  private let quotesFrom: Bool
  /// Bytes of the text so far that were handed out.
  package private(set) var count = 0
  /// Where in the text bytes are missing, the first ones.
  package private(set) var holes: [Int] = []
  private let mostHoles: Int
  private var isBehindHole = false
  private var line = Line.beginning(held: 0)
  /// The last byte was a CR, which is held until it is known what follows.
  private var holdsCR = false
  private var endsInLF = true

  private enum Line: Equatable {
    /// Nothing but `>` stands on the line, and the first bytes of `From ` are held: a `>` may have to go before them.
    case beginning(held: Int)
    case inside
  }

  private static let from = Array("From ".utf8)

  /// The text of a new message.
  package init(quotesFrom: Bool, mostHoles: Int) {
    self.quotesFrom = quotesFrom
    self.mostHoles = mostHoles
    if !quotesFrom { line = .inside }
  }

  /// Appends what the message's next bytes are in the file.
  package mutating func convert(_ bytes: Span<UInt8>, into text: inout [UInt8]) {
    guard bytes.count > 0 else { return }
    let before = text.count
    defer { count += text.count - before }
    isBehindHole = false
    if holdsCR {
      holdsCR = false
      if bytes[0] != 0x0a { text.append(0x0d) }
    }
    var offset = 0
    while offset < bytes.count {
      if case .beginning(let held) = line {
        offset = begin(bytes, from: offset, held: held, into: &text, before)
        guard line == .inside, offset < bytes.count else { return }
      }
      guard let feed = bytes.firstIndex(of: 0x0a, from: offset) else {
        holdsCR = bytes[bytes.count - 1] == 0x0d
        text.append(bytes.extracting(offset..<bytes.count - (holdsCR ? 1 : 0)))
        endsInLF = false
        return
      }
      if feed > offset, bytes[feed - 1] == 0x0d {
        text.append(bytes.extracting(offset..<feed))
        text[text.count - 1] = 0x0a
      } else {
        text.append(bytes.extracting(offset...feed))
      }
      endsInLF = true
      if quotesFrom { line = .beginning(held: 0) }
      offset = feed + 1
    }
  }

  /// Bytes are missing before the next ones.
  package mutating func skip(into text: inout [UInt8]) {
    releaseCR(into: &text)
    guard !isBehindHole else { return }
    isBehindHole = true
    guard holes.count < mostHoles else { return }
    if case .beginning(let held) = line { holes.append(count + held) } else { holes.append(count) }
  }

  /// Appends what the text ends with. In a mailbox file its last line is ended where it was not, and a blank line follows.
  package mutating func end(into text: inout [UInt8]) {
    releaseCR(into: &text)
    let before = text.count
    if case .beginning(let held) = line, held > 0 {
      text += Self.from[..<held]
      endsInLF = false
      line = .inside
    }
    if quotesFrom {
      if !endsInLF { text.append(0x0a) }
      text.append(0x0a)
    }
    count += text.count - before
  }

  private mutating func releaseCR(into text: inout [UInt8]) {
    guard holdsCR else { return }
    holdsCR = false
    text.append(0x0d)
    count += 1
    line = .inside
    endsInLF = false
  }

  /// Goes over the beginning of a line as far as it may need a `>`.
  private mutating func begin(
    _ bytes: Span<UInt8>, from start: Int, held: Int, into text: inout [UInt8], _ before: Int
  ) -> Int {
    var offset = start
    var held = held
    if held == 0 {
      while offset < bytes.count, bytes[offset] == 0x3e {
        text.append(0x3e)
        endsInLF = false
        offset += 1
      }
    }
    while offset < bytes.count {
      guard bytes[offset] == Self.from[held] else {
        line = .inside
        break
      }
      held += 1
      offset += 1
      guard held < Self.from.count else {
        // What a hole within these bytes stood behind moves on.
        let position = count + text.count - before
        for index in holes.indices where holes[index] > position { holes[index] += 1 }
        text.append(0x3e)
        line = .inside
        break
      }
    }
    if line == .inside {
      if held > 0 {
        text += Self.from[..<held]
        endsInLF = false
      }
    } else {
      line = .beginning(held: held)
    }
    return offset
  }
}
