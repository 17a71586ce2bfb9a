internal import Wire

// What a server says: its words stay, but for the names that are the client's and its mails'.

extension LineMask {
  /// The line, without its end, as it may be shown.
  mutating func serverLine(_ line: [UInt8], _ state: inout State) -> [UInt8] {
    var shared = line
    let code = line.prefix(3)
    if state.startTLS.asked, code.count == 3 {
      state.startTLS = (false, code.elementsEqual("220".utf8))
    }
    if code.elementsEqual("334".utf8) {
      challenge(&shared)
      return shared
    }
    if state.preamble.server || !state.hasHeardVerb && LineMask.beginsPreamble(line) {
      let end = LineMask.beginning(of: ["220 ", "220-"], in: line) ?? line.count
      state.preamble.server = end == line.count
      maskPreamble(&shared, before: end)
      if end < line.count { shared.replaceSubrange(end..., with: serverLine(Array(line[end...]), &state)) }
      return shared
    }
    guard LineMask.looksLikeReply(line) else {
      // No reply: another protocol's greeting is known by its first word, and the rest may be anybody's text.
      let isGreeting = ["SSH-", "HTTP/", "* OK", "+OK", "-ERR"].contains { line.starts(with: $0.utf8) }
      let start = isGreeting ? line.dropFirst(2).firstIndex(of: 0x20) ?? line.count : 0
      maskText(&shared, start..<line.count)
      return shared
    }
    if state.asksForNames, code.first == 0x32, line.count > 4 {
      maskText(&shared, 4..<line.count)
      return shared
    }
    // Behind the code and its hyphen, which is none of a host's.
    replaceKnown(&shared, min(4, line.count)..<line.count)
    return shared
  }

  /// RFC 5321 section 4.2: three digits, then a hyphen, a blank or the end.
  private static func looksLikeReply(_ line: [UInt8]) -> Bool {
    line.count >= 3 && line.prefix(3).allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
      && (line.count == 3 || line[3] == 0x20 || line[3] == 0x2d)
  }

  /// A SASL challenge may hold the server's name; the words that ask for a user and a password are not private.
  private mutating func challenge(_ line: inout [UInt8]) {
    guard line.count > 4, var text = Base64.decoded(Array(line[4...])) else { return }
    replaceKnown(&text, 0..<text.count)
    let encoded = Base64.encoded(text)
    guard encoded.count >= line.count - 4 else { return }
    line.replaceSubrange(4..<line.count, with: encoded.prefix(line.count - 4))
  }

  /// Replaces addresses, and the hosts and local parts that are known from the mails.
  private mutating func replaceKnown(_ line: inout [UInt8], _ range: Range<Int>) {
    var next = range.lowerBound
    for address in TextMask.addresses(in: Array(line[range])) {
      let place = address.lowerBound + range.lowerBound..<address.upperBound + range.lowerBound
      replaceKnownWords(&line, next..<place.lowerBound)
      replaceAddress(&line, place)
      next = place.upperBound
    }
    replaceKnownWords(&line, next..<range.upperBound)
  }

  private mutating func replaceKnownWords(_ line: inout [UInt8], _ range: Range<Int>) {
    var start = range.lowerBound
    for index in range.lowerBound...range.upperBound
    where index == range.upperBound || !TextMask.isOfHost(line[index]) {
      var word = start..<index
      start = index + 1
      while let last = line[word].last, last == 0x2e { word = word.lowerBound..<word.upperBound - 1 }
      guard !word.isEmpty else { continue }
      if vocabulary.knows(host: line[word]) {
        replaceHost(&line, word)
      } else if vocabulary.knows(localPart: line[word]) {
        replaceLocalPart(&line, word)
      }
    }
  }
}
