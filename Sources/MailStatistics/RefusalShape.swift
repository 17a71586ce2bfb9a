/// A reply's text without what differs from mail to mail, so that the same refusal is one.
///
/// `*` stands for what is between angle brackets, for mail addresses, IP addresses, numbers, what follows a URL's host,
/// and words of five characters or more with a digit in them: queue ids, dates, names of hosts in a pool. Enhanced status
/// codes (RFC 3463) stay, and so do all other words, which are what a server means to say.
package enum RefusalShape {
  /// The shape of a text, of which `limit` bytes are looked at.
  package static func shape(of text: [UInt8], limit: Int = .max) -> [UInt8] {
    let text = text.prefix(max(limit, 0))
    var shape: [UInt8] = []
    shape.reserveCapacity(text.count)
    var rest = text
    while let byte = rest.first {
      if byte == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")) {
        shape += [byte, star, UInt8(ascii: ">")]
        rest = rest[(end + 1)...]
      } else if isWord(byte) {
        let word = rest.prefix(while: isWord)
        append(word, to: &shape)
        rest = rest[word.endIndex...]
      } else {
        // What is written in one column or in two is the same.
        if byte != blank || shape.last != blank { shape.append(byte) }
        rest = rest.dropFirst()
      }
    }
    return shape
  }

  private static let star = UInt8(ascii: "*")
  private static let blank = UInt8(ascii: " ")
  /// A word with a digit is as long as this before it is taken for an id: `IPv4` and `SHA1` mean something.
  private static let shortestID = 5

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...:
      true
    case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: ":"),
      UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "%"), UInt8(ascii: "?"),
      UInt8(ascii: "&"), UInt8(ascii: "~"), UInt8(ascii: "#"), UInt8(ascii: "!"):
      true
    default: false
    }
  }

  private static func endsSentence(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// A word between blanks, brackets and quotes; its punctuation at the end belongs to the sentence.
  private static func append(_ word: ArraySlice<UInt8>, to shape: inout [UInt8]) {
    var core = word
    while let last = core.last, endsSentence(last) { core.removeLast() }
    if let host = endOfURLHost(core) {
      shape += core[..<host]
      if host < core.endIndex { shape.append(star) }
    } else if let sign = core.firstIndex(of: UInt8(ascii: "=")), !isVariable(core[..<sign]),
      isVariable(core[(sign + 1)...])
    {
      // `ip=192.0.2.1`
      shape += core[...sign] + [star]
    } else if isVariable(core) {
      shape.append(star)
    } else {
      shape += core
    }
    shape += word[core.endIndex...]
  }

  private static func isVariable(_ word: ArraySlice<UInt8>) -> Bool {
    guard !word.isEmpty else { return false }
    if word.contains(UInt8(ascii: "@")) { return true }
    guard word.contains(where: isDigit) else { return false }
    if isEnhancedCode(word) { return false }
    return word.count >= shortestID || word.allSatisfy(isDigit)
  }

  /// `5.7.1`
  private static func isEnhancedCode(_ word: ArraySlice<UInt8>) -> Bool {
    let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 1, let first = parts[0].first, [0x32, 0x34, 0x35].contains(first) else {
      return false
    }
    return parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(isDigit) }
  }

  /// Where the host of `https://host/path` ends; nil where it is no URL.
  private static func endOfURLHost(_ word: ArraySlice<UInt8>) -> Int? {
    guard let colon = word.firstIndex(of: UInt8(ascii: ":")), colon > word.startIndex,
      word[colon...].starts(with: "://".utf8)
    else { return nil }
    let host = word[(colon + 3)...]
    return host.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? host.endIndex
  }
}
