internal import Wire

/// The words of a reply, fit to be looked up: lower case, one blank between them, and what is quoted taken out.
///
/// A mailbox may be called `spam@`, a host `relay.example`, a page `/blacklist`: addresses, URLs, host names and IP addresses
/// become placeholders and are kept apart. `550-5.7.1 <ann@b.example>: Relay access` reads `@ relay access`.
struct ReplyText {
  /// The words and placeholders. RFC 3463 codes at the heads of the lines are left out.
  private(set) var words: [UInt8] = []
  /// Where a word begins in `words`.
  private(set) var starts: [Int] = []
  private(set) var addresses: [[UInt8]] = []
  /// Host names, in lower case.
  private(set) var hosts: [[UInt8]] = []
  private(set) var ipAddresses: [[UInt8]] = []
  private(set) var urls: [[UInt8]] = []
  /// The first RFC 3463 code that stands somewhere else: qmail ends its lines with `(#5.1.1)`.
  private(set) var trailingStatus: [UInt8]?
  /// Whether the first word is a host name: the server's own, with which 220 and 421 begin (RFC 5321 section 4.2).
  private(set) var beginsWithHost = false

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
    starts.reserveCapacity(16)
    for line in lines where room > 0 {
      read(line.count <= room ? line : Array(line.prefix(room)))
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

  private mutating func read(_ line: [UInt8]) {
    var index = Self.endOfStatus(line)
    while index < line.count {
      if isSeparator(line[index]) {
        index += 1
      } else if line[index] == 0x3c {
        index = readBrackets(line, from: index)
      } else if let scheme = Self.schemeLength(line[index...]) {
        var end =
          line[(index + scheme)...].firstIndex { $0 <= 0x20 || [0x22, 0x29, 0x3c, 0x3e, 0x5d].contains($0) }
          ?? line.count
        while end > index, [0x21, 0x27, 0x2c, 0x2e, 0x3a, 0x3b].contains(line[end - 1]) { end -= 1 }
        urls.append(Array(line[index..<end]))
        append(.url)
        index = end
      } else {
        var end = index
        var isWord = true
        while end < line.count, !isSeparator(line[end]), line[end] != 0x3c {
          isWord = isWord && line[end] != 0x2e && line[end] != 0x3a && line[end] != 0x3d && line[end] != 0x40
          end += 1
        }
        let start = index
        index = end
        // What has none of these is a word, as nearly everything is.
        if isWord {
          appendWords(line.span.extracting(start..<end))
          continue
        }
        let chunk = line[start..<end]
        // `bl.lists.example=127.0.0.2`, `ip=192.0.2.7`; an address may have the sign itself.
        if chunk.contains(0x40) || !chunk.contains(0x3d) {
          readChunk(chunk)
        } else {
          for part in chunk.split(separator: 0x3d) { readChunk(part) }
        }
      }
    }
  }

  /// `<ann@b.example>`, `<client.example[192.0.2.7]>`, but `bare <LF>` too.
  private mutating func readBrackets(_ line: [UInt8], from start: Int) -> Int {
    guard let end = line[start...].firstIndex(of: 0x3e) else { return start + 1 }
    let content = line[(start + 1)..<end]
    if content.contains(0x40) {
      addresses.append(Array(content))
      append(.address)
    } else if ["lf", "cr", "crlf"].contains(where: { equalsLowercase(content, $0) }) {
      appendWords(content.span)
    } else if content.contains(0x20) || content.isEmpty {
      return start + 1
    } else {
      append(.name)
    }
    return end + 1
  }

  private mutating func readChunk(_ chunk: ArraySlice<UInt8>) {
    var chunk = chunk
    while let last = chunk.last, [0x21, 0x27, 0x2e, 0x3a, 0x3f, 0x60].contains(last) { chunk = chunk.dropLast() }
    while let first = chunk.first, [0x27, 0x3a, 0x3d, 0x60].contains(first) { chunk = chunk.dropFirst() }
    guard !chunk.isEmpty else { return }
    guard chunk.contains(where: { $0 == 0x2e || $0 == 0x3a || $0 == 0x40 }) else { return appendWords(chunk.span) }
    if let at = chunk.lastIndex(of: 0x40), at > chunk.startIndex, at < chunk.endIndex - 1 {
      // Barracuda quotes what it was told of each: `(ann@b.example:blocked)`.
      let end = chunk[(at + 2)...].firstIndex(of: 0x3a) ?? chunk.endIndex
      addresses.append(Array(chunk[..<end]))
      append(.address)
      if end < chunk.endIndex { readChunk(chunk[(end + 1)...]) }
    } else if let status = Self.status(in: chunk) {
      if trailingStatus == nil { trailingStatus = status }
    } else if Self.isIPAddress(chunk) {
      ipAddresses.append(Array(chunk))
      append(.ipAddress)
    } else if Self.isHost(chunk) {
      if starts.isEmpty { beginsWithHost = true }
      hosts.append(chunk.map(lowercase))
      append(.host)
    } else {
      appendWords(chunk.span)
    }
  }

  private mutating func append(_ placeholder: Placeholder) {
    if !words.isEmpty { words.append(0x20) }
    starts.append(words.count)
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
    starts.append(isFirst ? 0 : words.count + 1)
    words.append(addingCapacity: word.count + 1) { room in
      if !isFirst { room.append(0x20) }
      for index in word.indices where !isApostrophe(word[index]) { room.append(lowercase(word[index])) }
    }
  }

  // MARK: What a chunk is

  /// Behind the RFC 3463 code at the head of a line.
  private static func endOfStatus(_ line: [UInt8]) -> Int {
    guard let first = line.first, first == 0x32 || first == 0x34 || first == 0x35 else { return 0 }
    let end = line.firstIndex { $0 == 0x20 || $0 == 0x09 } ?? line.count
    return status(in: line[..<end]) == nil ? 0 : end
  }

  /// The code in `5.1.1`, `#5.1.1`.
  private static func status(in chunk: ArraySlice<UInt8>) -> [UInt8]? {
    let chunk = chunk.first == 0x23 ? chunk.dropFirst() : chunk
    guard let kind = chunk.first, kind == 0x34 || kind == 0x35 || kind == 0x32 else { return nil }
    // Behind the class two numbers, each with its dot before it.
    var (dots, digits) = (0, 1)
    for byte in chunk.dropFirst() {
      if byte == 0x2e, digits > 0, dots < 2 {
        (dots, digits) = (dots + 1, 0)
      } else if isDigit(byte), dots > 0, digits < 3 {
        digits += 1
      } else {
        return nil
      }
    }
    return dots == 2 && digits > 0 ? Array(chunk) : nil
  }

  private static func schemeLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first, lowercase(first) == 0x68 || lowercase(first) == 0x77,
      bytes.count >= 4, lowercase(bytes[bytes.startIndex + 1]) == 0x74 || lowercase(bytes[bytes.startIndex + 1]) == 0x77
    else { return nil }
    return ["http://", "https://", "www."].first { equalsLowercase(bytes.prefix($0.utf8.count), $0) }?.utf8.count
  }

  private static func isIPAddress(_ chunk: ArraySlice<UInt8>) -> Bool {
    var (dots, digits, isDotted) = (0, 0, true)
    for byte in chunk where isDotted {
      if byte == 0x2e, digits > 0 {
        (dots, digits) = (dots + 1, 0)
      } else if isDigit(byte), digits < 3 {
        digits += 1
      } else {
        isDotted = false
      }
    }
    if isDotted, dots == 3, digits > 0 { return true }
    return chunk.count { $0 == 0x3a } >= 2
      && chunk.allSatisfy { isDigit($0) || $0 == 0x3a || $0 == 0x2e || (0x61...0x66).contains(lowercase($0)) }
  }

  /// A dot between letters or digits and a last label of letters. `denied.Please` is two sentences.
  private static func isHost(_ chunk: ArraySlice<UInt8>) -> Bool {
    guard let dot = chunk.lastIndex(of: 0x2e) else { return false }
    let top = chunk[(dot + 1)...]
    guard let first = top.first, top.count >= 2, !top.allSatisfy(isDigit) else { return false }
    var last: UInt8 = 0x2e
    for byte in chunk {
      guard isLetterOrDigit(byte) || byte == 0x2d || byte == 0x5f || byte == 0x2e && last != 0x2e else { return false }
      last = byte
    }
    let isSentence = (0x41...0x5a).contains(first) && !top.dropFirst().allSatisfy { (0x41...0x5a).contains($0) }
    return !isSentence
  }
}

private func isSeparator(_ byte: UInt8) -> Bool {
  switch byte {
  case 0...0x20, 0x22, 0x28, 0x29, 0x2c, 0x3b, 0x3e, 0x5b, 0x5d, 0x7b, 0x7c, 0x7d, 0x7f: true
  default: false
  }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

private func isApostrophe(_ byte: UInt8) -> Bool { byte == 0x27 || byte == 0x60 }

/// Whether it is of a word wherever it stands.
private func isOfWord(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || byte >= 0x80 }

private func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x7a).contains(byte | 0x20) }

private func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

private func equalsLowercase(_ bytes: ArraySlice<UInt8>, _ word: String) -> Bool {
  bytes.elementsEqual(word.utf8) { lowercase($0) == $1 }
}
