internal import Wire

/// The words of a reply, fit to be looked up: lower case, one blank between them, and what is quoted taken out.
///
/// A mailbox may be called `spam@`, a host `relay.example`, a page `/blacklist`: addresses, URLs, host names and IP addresses
/// become placeholders and are kept apart. `550-5.7.1 <ann@b.example>: Relay access` reads `@ relay access`.
struct ReplyText {
  /// The words and placeholders. RFC 3463 codes at the heads of the lines are left out.
  private(set) var words: [UInt8] = []
  private(set) var addresses: [[UInt8]] = []
  /// Host names, in lower case.
  private(set) var hosts: [[UInt8]] = []
  private(set) var ipAddresses: [[UInt8]] = []
  private(set) var urls: [[UInt8]] = []
  /// The first RFC 3463 code that stands somewhere else: qmail ends its lines with `(#5.1.1)`.
  private(set) var trailingStatus: EnhancedStatus?
  /// Whether the first word is a host name: the server's own, with which 220 and 421 begin (RFC 5321 section 4.2).
  private(set) var beginsWithHost = false

  /// Where a word begins in `words`.
  var starts: [Int] { words.indices.filter { $0 == 0 || words[$0 - 1] == 0x20 } }

  /// Octets that are read of a reply. What says why stands in front; a reply may have megabytes.
  static let limit = 4096

  /// What stands for a mail address, a URL, a host name, an IP address.
  enum Placeholder: UInt8 {
    case address = 0x40
    case url = 0x2f
    case host = 0x2e
    case ipAddress = 0x23
    /// What the client called itself or something else, quoted in angle brackets.
    case name = 0x5e

    /// What a word of a phrase stands for, `<host>`; nil where it stands for itself.
    init?(phraseWord word: ArraySlice<UInt8>) {
      if word.elementsEqual("<address>".utf8) {
        self = .address
      } else if word.elementsEqual("<url>".utf8) {
        self = .url
      } else if word.elementsEqual("<host>".utf8) {
        self = .host
      } else if word.elementsEqual("<ip>".utf8) {
        self = .ipAddress
      } else if word.elementsEqual("<name>".utf8) {
        self = .name
      } else {
        return nil
      }
    }
  }

  init(_ lines: TextLines) {
    var room = Self.limit
    words.reserveCapacity(min(room, lines.joined.count))
    for index in lines.indices where room > 0 {
      let line = lines.joined.span.extracting(lines.octets(of: index))
      read(line.extracting(first: room))
      room -= line.count + 1
    }
  }

  /// A phrase of the table as it would stand in `words`; `<address>`, `<url>`, `<host>`, `<ip>` and `<name>`
  /// are placeholders.
  ///
  /// Read by the octet: the whole table is made when the first refusal comes, which a short run must not feel.
  init(phrase: String) {
    let bytes = Array(phrase.utf8)
    words.reserveCapacity(bytes.count)
    for word in bytes.split(separator: 0x20) {
      if word.first == 0x3c, let placeholder = Placeholder(phraseWord: word) {
        append(placeholder)
      } else {
        appendWords(word.span)
      }
    }
  }

  private mutating func read(_ line: Span<UInt8>) {
    var index = EnhancedStatus(atHeadOf: line)?.count ?? 0
    while index < line.count {
      if isSeparator(line[index]) {
        index += 1
      } else if line[index] == 0x3c {
        index = readBrackets(line, from: index)
      } else if let scheme = Self.schemeLength(line.extracting(index...)) {
        var end = (index + scheme..<line.count).first { endsURL(line[$0]) } ?? line.count
        while end > index, [0x21, 0x27, 0x2c, 0x2e, 0x3a, 0x3b].contains(line[end - 1]) { end -= 1 }
        urls.append(Array(line.extracting(index..<end)))
        append(.url)
        index = end
      } else {
        var end = index
        while end < line.count, isOfWord(line[end]) { end += 1 }
        if end == line.count || isSeparator(line[end]) {
          append(word: line.extracting(index..<end))
        } else {
          while end < line.count, !isSeparator(line[end]), line[end] != 0x3c { end += 1 }
          readParts(of: line.extracting(index..<end))
        }
        index = end
      }
    }
  }

  /// The sides of `bl.lists.example=127.0.0.2`, `ip=192.0.2.7`; an address may have the sign itself.
  private mutating func readParts(of chunk: Span<UInt8>) {
    var start = 0
    if chunk.firstIndex(of: 0x40) == nil {
      while let sign = chunk.firstIndex(of: 0x3d, from: start) {
        readChunk(chunk.extracting(start..<sign))
        start = sign + 1
      }
    }
    readChunk(chunk.extracting(start...))
  }

  /// `<ann@b.example>`, `<client.example[192.0.2.7]>`, but `bare <LF>` too.
  private mutating func readBrackets(_ line: Span<UInt8>, from start: Int) -> Int {
    guard let end = line.firstIndex(of: 0x3e, from: start) else { return start + 1 }
    let content = line.extracting((start + 1)..<end)
    if content.firstIndex(of: 0x40) != nil {
      addresses.append(Array(content))
      append(.address)
    } else if Self.isLineEnd(content) {
      appendWords(content)
    } else if content.isEmpty || content.firstIndex(of: 0x20) != nil {
      return start + 1
    } else {
      append(.name)
    }
    return end + 1
  }

  private mutating func readChunk(_ chunk: Span<UInt8>) {
    var (start, end) = (0, chunk.count)
    while end > start, [0x21, 0x27, 0x2e, 0x3a, 0x3f, 0x60].contains(chunk[end - 1]) { end -= 1 }
    while end > start, [0x27, 0x3a, 0x3d, 0x60].contains(chunk[start]) { start += 1 }
    guard start < end else { return }
    let chunk = chunk.extracting(start..<end)
    guard chunk.indices.contains(where: { chunk[$0] == 0x2e || chunk[$0] == 0x3a || chunk[$0] == 0x40 }) else {
      return appendWords(chunk)
    }
    if let at = chunk.lastIndex(of: 0x40), at > 0, at < chunk.count - 1 {
      // Barracuda quotes what it was told of each: `(ann@b.example:blocked)`.
      let end = chunk.firstIndex(of: 0x3a, from: at + 2) ?? chunk.count
      addresses.append(Array(chunk.extracting(..<end)))
      append(.address)
      if end < chunk.count { readChunk(chunk.extracting((end + 1)...)) }
    } else if let status = EnhancedStatus(chunk.extracting((chunk[0] == 0x23 ? 1 : 0)...)) {  // `#5.1.1` too
      if trailingStatus == nil { trailingStatus = status }
    } else if Self.isIPAddress(chunk) {
      ipAddresses.append(Array(chunk))
      append(.ipAddress)
    } else if Self.isHost(chunk) {
      if words.isEmpty { beginsWithHost = true }
      hosts.append(chunk.indices.map { lowercase(chunk[$0]) })
      append(.host)
    } else {
      appendWords(chunk)
    }
  }

  private mutating func append(_ placeholder: Placeholder) {
    if !words.isEmpty { words.append(0x20) }
    words.append(placeholder.rawValue)
  }

  /// The words of a chunk: letters and digits. An apostrophe is left out, anything else parts two words; a star at the end
  /// is a phrase's.
  private mutating func appendWords(_ chunk: Span<UInt8>) {
    var start = 0
    while start < chunk.count {
      guard isOfWord(chunk[start]) else {
        start += 1
        continue
      }
      var end = start + 1
      while end < chunk.count, isOfWord(chunk[end]) || isApostrophe(chunk[end]) || chunk[end] == 0x2a { end += 1 }
      append(word: chunk.extracting(start..<end))
      start = end
    }
  }

  private mutating func append(word: Span<UInt8>) {
    let isFirst = words.isEmpty
    words.append(addingCapacity: word.count + 1) { room in
      if !isFirst { room.append(0x20) }
      for index in word.indices where !isApostrophe(word[index]) { room.append(lowercase(word[index])) }
    }
  }

  // MARK: What a chunk is

  private static func schemeLength(_ bytes: Span<UInt8>) -> Int? {
    guard bytes.count >= 4, bytes[0] | 0x20 == 0x68 || bytes[0] | 0x20 == 0x77,
      bytes[1] | 0x20 == 0x74 || bytes[1] | 0x20 == 0x77
    else { return nil }
    let schemes: [StaticString] = ["http://", "https://", "www."]
    return schemes.first { bytes.hasBytesIgnoringCase($0) }?.utf8CodeUnitCount
  }

  private static func isLineEnd(_ content: Span<UInt8>) -> Bool {
    let names: [StaticString] = ["lf", "cr", "crlf"]
    return names.contains { content.count == $0.utf8CodeUnitCount && content.hasBytesIgnoringCase($0) }
  }

  private static func isIPAddress(_ chunk: Span<UInt8>) -> Bool {
    var (dots, digits, isDotted) = (0, 0, true)
    for index in chunk.indices where isDotted {
      if chunk[index] == 0x2e, digits > 0 {
        (dots, digits) = (dots + 1, 0)
      } else if isDigit(chunk[index]), digits < 3 {
        digits += 1
      } else {
        isDotted = false
      }
    }
    if isDotted, dots == 3, digits > 0 { return true }
    return chunk.indices.count { chunk[$0] == 0x3a } >= 2
      && chunk.indices.allSatisfy { index in
        let byte = chunk[index]
        return isDigit(byte) || byte == 0x3a || byte == 0x2e || (0x61...0x66).contains(lowercase(byte))
      }
  }

  /// A dot between letters or digits and a last label of letters. `denied.Please` is two sentences.
  private static func isHost(_ chunk: Span<UInt8>) -> Bool {
    guard let dot = chunk.lastIndex(of: 0x2e) else { return false }
    let top = chunk.extracting((dot + 1)...)
    guard top.count >= 2, !top.indices.allSatisfy({ isDigit(top[$0]) }) else { return false }
    var last: UInt8 = 0x2e
    for index in chunk.indices {
      let byte = chunk[index]
      guard isLetterOrDigit(byte) || byte == 0x2d || byte == 0x5f || byte == 0x2e && last != 0x2e else { return false }
      last = byte
    }
    let isSentence = isCapital(top[0]) && !top.indices.dropFirst().allSatisfy { isCapital(top[$0]) }
    return !isSentence
  }
}

private func isSeparator(_ byte: UInt8) -> Bool {
  switch byte {
  case 0...0x20, 0x22, 0x28, 0x29, 0x2c, 0x3b, 0x3e, 0x5b, 0x5d, 0x7b, 0x7c, 0x7d, 0x7f: true
  default: false
  }
}

/// What no URL has in it.
private func endsURL(_ byte: UInt8) -> Bool {
  switch byte {
  case 0...0x20, 0x22, 0x29, 0x3c, 0x3e, 0x5d: true
  default: false
  }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

private func isApostrophe(_ byte: UInt8) -> Bool { byte == 0x27 || byte == 0x60 }

/// Whether it is of a word wherever it stands.
private func isOfWord(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || byte >= 0x80 }

private func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x7a).contains(byte | 0x20) }

private func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }

private func lowercase(_ byte: UInt8) -> UInt8 { isCapital(byte) ? byte | 0x20 : byte }
