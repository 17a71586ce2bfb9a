internal import SMTPDialogue
internal import Wire

// What a client says: commands, and the text of messages.

extension LineMask {
  /// The line, without its end, as it may be shown.
  mutating func clientLine(_ line: [UInt8], _ state: inout State) -> [UInt8] {
    var shared = line
    let verb = Verb(of: line.span)
    if state.preamble.client || !state.hasHeardVerb && LineMask.beginsPreamble(line) {
      let end = LineMask.beginning(of: ["EHLO ", "HELO ", "LHLO "], in: line) ?? line.count
      state.preamble.client = end == line.count
      maskPreamble(&shared, before: end)
      if end < line.count { shared.replaceSubrange(end..., with: clientLine(Array(line[end...]), &state)) }
    } else if verb != .unknown {
      state.hasHeardVerb = true
      command(verb, &shared, &state)
      state.field = nil
    } else if state.isInAuthentication, Base64.mayHold(line) || line == [0x2a] {
      maskSecret(&shared, 0..<line.count)
    } else if let first = line.first, first == 0x20 || first == 0x09, let field = state.field {
      value(of: field, &shared, from: 0)
    } else if let (field, end) = HeaderField.beginning(line) {
      state.field = field
      if field == .signature { shared.replaceSubrange(0..<end, with: HeaderField.hiddenSignature.prefix(end)) }
      value(of: field, &shared, from: end)
    } else if !isForeign(line) {
      state.field = nil
      mask(&shared, 0..<line.count)
    } else if let blank = line.firstIndex(of: 0x20) {
      // The method and the version tell what it is; the path may tell more.
      let end = line.lastIndex(of: 0x20) ?? blank
      if blank < end { mask(&shared, blank..<end) }
    }
    return shared
  }

  /// Another protocol's first words, or a proxy's: what is wrong with the connection is told by them.
  private func isForeign(_ line: [UInt8]) -> Bool {
    ["GET ", "POST ", "HEAD ", "PUT ", "OPTIONS ", "CONNECT "].contains { line.starts(with: $0.utf8) }
      && line.suffix(9).starts(with: " HTTP/".utf8)
      || line.starts(with: "PROXY ".utf8) || line.starts(with: "SSH-".utf8)
  }

  private mutating func command(_ verb: Verb, _ line: inout [UInt8], _ state: inout State) {
    let begin = line.firstIndex(where: { $0 == 0x20 || $0 == 0x09 }) ?? line.count
    state.isInAuthentication = verb == .auth || verb == .xExps
    state.asksForNames = verb == .vrfy || verb == .expn
    state.startTLS.asked = verb == .starttls || verb == .xAnonymousTLS
    var words: [Range<Int>] = []
    var start = begin
    for index in begin...line.count where index == line.count || line[index] == 0x20 || line[index] == 0x09 {
      if start < index { words.append(start..<index) }
      start = index + 1
    }
    switch verb {
    case .helo, .ehlo, .lhlo:
      for word in words { replaceHost(&line, word) }
    case .mail, .rcpt, .send, .soml, .saml:
      path(&line, behind: begin)
    case .auth, .xExps:
      for word in words.dropFirst() { maskSecret(&line, word) }
    case .bdat, .xExch50, .data, .rset, .quit, .starttls, .xAnonymousTLS:
      // Their arguments are numbers and keywords; more than that is text.
      for word in words where !isNumberOrLast(line[word]) { mask(&line, word) }
      if verb == .bdat, let size = words.first {
        state.announcedChunk = Int(String(decoding: line[size], as: UTF8.self))
      }
    case .xclient, .xforward:
      for word in words { attribute(&line, word) }
    case .etrn, .atrn, .turn:
      for word in words { replaceHost(&line, word) }
    case .vrfy, .expn:
      for word in words { replaceAddress(&line, trimmed(word, of: line)) }
    case .noop, .help, .burl, .unknown:
      maskText(&line, begin..<line.count)
    }
  }

  private func isNumberOrLast(_ word: ArraySlice<UInt8>) -> Bool {
    word.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } || equalsIgnoringCase(word, "LAST".utf8)
  }

  /// MAIL's and RCPT's argument (section 4.1.2): a path, in angle brackets or not as it should be, and parameters.
  private mutating func path(_ line: inout [UInt8], behind verb: Int) {
    var start = verb
    if let colon = line[verb...].firstIndex(of: 0x3a), colon - verb <= 8 { start = colon + 1 }
    while start < line.count, line[start] == 0x20 { start += 1 }
    var end = start
    if start < line.count, line[start] == 0x3c {
      end = line[start...].lastIndex(of: 0x3e).map { $0 + 1 } ?? line.count
      // A parameter may hold a bracket; the path ends at the first one behind which a blank or nothing stands.
      for index in start..<end where line[index] == 0x3e && (index + 1 == line.count || line[index + 1] == 0x20) {
        end = index + 1
        break
      }
    } else {
      end = line[start...].firstIndex(of: 0x20) ?? line.count
    }
    var inner = start..<end
    if let first = line[inner].first, first == 0x3c { inner = inner.lowerBound + 1..<inner.upperBound }
    if let last = line[inner].last, last == 0x3e { inner = inner.lowerBound..<inner.upperBound - 1 }
    // A source route: `@one,@two:user@domain` (appendix C).
    if line[inner].first == 0x40, let colon = line[inner].firstIndex(of: 0x3a) {
      var host = inner.lowerBound
      for index in inner.lowerBound...colon where line[index] == 0x2c || line[index] == 0x3a {
        if line[host] == 0x40, host + 1 < index { replaceHost(&line, host + 1..<index) }
        host = index + 1
      }
      inner = colon + 1..<inner.upperBound
    }
    if !inner.isEmpty { replaceAddress(&line, inner) }
    var parameter = end
    for index in end...line.count where index == line.count || line[index] == 0x20 {
      if parameter < index { self.parameter(&line, parameter..<index) }
      parameter = index + 1
    }
  }

  /// Of a parameter the keyword stays, and the value where it is a number or a keyword of the standards.
  private mutating func parameter(_ line: inout [UInt8], _ range: Range<Int>) {
    guard let equals = line[range].firstIndex(of: 0x3d) else {
      if !LineMask.openParameters.contains(String(decoding: line[range], as: UTF8.self).uppercased()) {
        maskText(&line, range)
      }
      return
    }
    let keyword = String(decoding: line[range.lowerBound..<equals], as: UTF8.self).uppercased()
    if !LineMask.openParameters.contains(keyword) { maskText(&line, equals + 1..<range.upperBound) }
  }

  /// One of XCLIENT's or XFORWARD's: names and logins go.
  private mutating func attribute(_ line: inout [UInt8], _ range: Range<Int>) {
    guard let equals = line[range].firstIndex(of: 0x3d) else { return mask(&line, range) }
    let value = equals + 1..<range.upperBound
    guard line[value].first != 0x5b else { return }
    switch String(decoding: line[range.lowerBound..<equals], as: UTF8.self).uppercased() {
    case "NAME", "HELO": replaceHost(&line, value)
    case "ADDR", "PORT", "PROTO", "SOURCE", "DESTADDR", "DESTPORT": break
    default: maskText(&line, value)
    }
  }

  private func trimmed(_ word: Range<Int>, of line: [UInt8]) -> Range<Int> {
    var word = word
    if line[word].first == 0x3c { word = word.lowerBound + 1..<word.upperBound }
    if line[word].last == 0x3e { word = word.lowerBound..<word.upperBound - 1 }
    return word
  }

  private mutating func value(of field: HeaderField, _ line: inout [UInt8], from start: Int) {
    if field != .open { maskText(&line, start..<line.count) }
  }

  private static let openParameters: Set<String> = [
    "SIZE", "BODY", "RET", "NOTIFY", "SMTPUTF8", "REQUIRETLS", "BY", "HOLDFOR", "HOLDUNTIL", "MT-PRIORITY", "CONPERM",
    "CONNEG", "SOLICIT",
  ]
}

/// A header field of a message, as far as sharing is concerned.
enum HeaderField {
  /// Its value is for all to see: a date, an encoding.
  case open
  /// Addresses in it are replaced and the rest is masked.
  case masked
  /// A DKIM signature: it cannot hold for what the message becomes, and goes by another name.
  case signature

  /// As long as `DKIM-Signature`.
  static let hiddenSignature = Array("X-Masked-Field:".utf8)

  /// The field that a line begins with, and where its value begins; nil where there is none of these.
  static func beginning(_ line: [UInt8]) -> (field: HeaderField, end: Int)? {
    guard let colon = line.prefix(40).firstIndex(of: 0x3a), colon > 0 else { return nil }
    let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
    let bare = name.last == " " ? String(name.dropLast()) : name
    if bare == "dkim-signature" { return (.signature, colon + 1) }
    if openNames.contains(bare) { return (.open, colon + 1) }
    return names.contains(bare) ? (.masked, colon + 1) : nil
  }

  private static let openNames: Set<String> = ["date", "mime-version", "content-transfer-encoding", "resent-date"]

  private static let names: Set<String> = [
    "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "message-id", "in-reply-to", "references", "received",
    "return-path", "delivered-to", "x-original-to", "envelope-to", "comments", "keywords", "resent-from",
    "resent-sender",
    "resent-to", "resent-cc", "resent-bcc", "resent-message-id", "content-type", "content-disposition", "content-id",
    "content-description", "content-language", "user-agent", "x-mailer", "x-originating-ip", "list-id",
    "list-unsubscribe",
    "list-post", "list-help", "list-owner", "list-archive", "list-subscribe", "auto-submitted", "precedence",
    "priority",
    "importance", "x-priority", "authentication-results", "received-spf", "arc-seal", "arc-message-signature",
    "arc-authentication-results", "disposition-notification-to", "errors-to", "organization", "thread-topic",
    "thread-index", "x-spam-status", "x-spam-score", "x-spam-flag", "feedback-id", "autocrypt", "accept-language",
  ]
}
