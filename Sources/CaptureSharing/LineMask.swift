internal import SMTPDialogue
internal import Wire

/// Takes out of the lines of mail dialogues what is private, and leaves what they say to the protocol.
///
/// Each line is looked at by itself, whether it is a command or text: a verb or a header field of the standards stays, the
/// rest of the line goes by its kind. So nothing depends on what the server makes of it, and no text slips through where
/// that is guessed wrong.
package struct LineMask {
  var pseudonyms: Pseudonyms
  var vocabulary: Vocabulary

  /// - Parameters:
  ///   - pseudonyms: Where the names come from.
  ///   - vocabulary: What is replaced in the server's words.
  package init(pseudonyms: Pseudonyms, vocabulary: Vocabulary) {
    self.pseudonyms = pseudonyms
    self.vocabulary = vocabulary
  }

  /// What the lines before have told of a conversation.
  struct State {
    /// A verb was heard: what comes before may be a proxy's preamble.
    var hasHeardVerb = false
    /// Such a preamble has begun and not ended.
    var preamble = (client: false, server: false)
    /// AUTH was said: a line of base 64 is a response of it.
    var isInAuthentication = false
    /// The last command asked for a person's name (VRFY, EXPN).
    var asksForNames = false
    /// The size that a BDAT has just announced.
    var announcedChunk: Int?
    /// STARTTLS was said, and answered 220.
    var startTLS = (asked: false, accepted: false)
    /// The header field whose value goes on in folded lines.
    var field: HeaderField?
  }

  // MARK: Names

  /// Replaces `local@domain` in the range.
  mutating func replaceAddress(_ line: inout [UInt8], _ range: Range<Int>) {
    guard let at = line[range].lastIndex(of: 0x40) else {
      replaceLocalPart(&line, range)
      return
    }
    replaceLocalPart(&line, range.lowerBound..<at)
    replaceHost(&line, at + 1..<range.upperBound)
  }

  mutating func replaceLocalPart(_ line: inout [UInt8], _ range: Range<Int>) {
    let word = line[range]
    guard !word.isEmpty, !LineMask.mailboxesOfAll.contains(word.map(Pseudonyms.lowercased)) else { return }
    line.replaceSubrange(range, with: pseudonyms.name(for: word, .localPart))
  }

  /// Replaces the labels of a host name; an address literal, or what looks like an IPv4 address, stays.
  mutating func replaceHost(_ line: inout [UInt8], _ range: Range<Int>) {
    let host = line[range]
    guard host.first != 0x5b, host.contains(where: { ($0 < 0x30 || $0 > 0x39) && $0 != 0x2e }) else { return }
    let labels = host.split(separator: 0x2e, omittingEmptySubsequences: true)
    for (place, label) in labels.enumerated() {
      if place == labels.count - 1, LineMask.openLabels.contains(label.map(Pseudonyms.lowercased)) { continue }
      line.replaceSubrange(label.startIndex..<label.endIndex, with: pseudonyms.name(for: label, .label))
    }
  }

  /// Replaces the addresses of a piece of text and masks the rest of it.
  mutating func maskText(_ line: inout [UInt8], _ range: Range<Int>) {
    let text = Array(line[range])
    var next = range.lowerBound
    for address in TextMask.addresses(in: text) {
      let place = address.lowerBound + range.lowerBound..<address.upperBound + range.lowerBound
      mask(&line, next..<place.lowerBound)
      replaceAddress(&line, place)
      next = place.upperBound
    }
    mask(&line, next..<range.upperBound)
  }

  /// A preamble in octets, of SOCKS (RFC 1928) or PROXY version 2: its numbers stay, and what reads as a name does not.
  func maskPreamble(_ line: inout [UInt8], before end: Int) {
    var start = 0
    for index in 0...end where index == end || line[index] < 0x20 || line[index] > 0x7e {
      if index - start >= 5 { mask(&line, start..<index) }
      start = index + 1
    }
  }

  /// Whether these are the first octets of such a preamble.
  static func beginsPreamble(_ line: [UInt8]) -> Bool {
    guard let first = line.first else { return false }
    return first == 4 || first == 5
      || line.starts(with: [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54])
  }

  /// Where the first of the words stands; they are the first that mail says.
  static func beginning(of words: [String], in line: [UInt8]) -> Int? {
    let upper = line.map { $0 >= 0x61 && $0 <= 0x7a ? $0 & 0xdf : $0 }
    return words.compactMap { word in
      let bytes = Array(word.utf8)
      return upper.indices.first { upper[$0...].starts(with: bytes) }
    }.min()
  }

  func mask(_ line: inout [UInt8], _ range: Range<Int>) {
    for index in range { line[index] = TextMask.masked(line[index]) }
  }

  /// Masks a SASL message or a part of one: base 64 stays base 64 of the same length, with what it holds masked.
  mutating func maskSecret(_ line: inout [UInt8], _ range: Range<Int>) {
    let text = Array(line[range])
    // RFC 4954 section 4: "=" is an empty response, "*" cancels.
    guard text != [0x3d], text != [0x2a] else { return }
    guard var secret = Base64.decoded(text) else { return mask(&line, range) }
    var start = 0
    for end in secret.indices.filter({ secret[$0] == 0 }) + [secret.count] {
      maskText(&secret, start..<end)
      start = end + 1
    }
    let encoded = Base64.encoded(secret)
    guard encoded.count >= text.count else { return mask(&line, range) }
    line.replaceSubrange(range, with: encoded.prefix(text.count))
  }

  /// Mailboxes that each domain has (RFC 5321 section 4.5.1, RFC 2142) say nothing of anybody.
  private static let mailboxesOfAll: Set<[UInt8]> = Set(
    ["postmaster", "mailer-daemon", "abuse", "hostmaster", "webmaster", "root", "noreply", "no-reply"]
      .map { Array($0.utf8) })

  /// Last labels that many share.
  private static let openLabels: Set<[UInt8]> = Set(
    [
      "com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "arpa", "example", "test", "invalid", "localhost",
      "local", "localdomain", "lan", "home", "internal",
    ].map { Array($0.utf8) })
}
