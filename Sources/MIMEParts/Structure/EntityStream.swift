internal import Wire

/// Walks the structure of one message as its bytes pass (RFC 2046 section 5.1): header sections, multiparts, messages
/// within it. What it holds back is a line that may be a delimiter, the line end before it, and a part's header section.
final class EntityStream {
  private let context: MIMEContext
  private let baseDepth: Int
  private var levels: OpenLevels
  private var boundaries: Boundaries
  private var state = State.header(isDigest: false)
  private var header: [UInt8] = []
  private var headerIsCut = false
  /// A line of a header section that is no field, until the next one tells whether the body begins with it.
  private var stray: [UInt8] = []
  /// A line of which the end has not come: one that may be a delimiter, or one of a header section.
  private var line: [UInt8] = []
  private var lineIsCut = false
  private var lineEnd = HeldLineEnd()
  private var isAtLineStart = true
  private var damage = Damage.none
  /// A hole in the header section at hand, or in that of the message around it: it may have had what tells of the part, and
  /// the blank line with it.
  private var headerHasHole = false
  private var hasHoles = false

  private enum State {
    case header(isDigest: Bool)
    case leaf(LeafBody)
    /// A multipart's preamble or epilogue.
    case between
  }

  /// What a hole in a header section leaves without meaning.
  private enum Damage {
    case none
    /// The rest of the line that the hole ends in.
    case line
    /// The lines that are folded onto it (RFC 5322 section 2.2.3).
    case folds
  }

  /// - Parameter isDoubtful: It is the body of a part whose own header section has a hole.
  init(in context: MIMEContext, depth: Int, path: String, isDoubtful: Bool = false) {
    self.context = context
    baseDepth = depth
    levels = OpenLevels(basePath: path)
    headerHasHole = isDoubtful
    hasHoles = isDoubtful
    boundaries = Boundaries(limits: context.limits)
  }

  /// Whether a part of that type is a message itself (RFC 2046 section 5.2.1, RFC 6532 section 3.7).
  static func isMessage(_ type: String) -> Bool {
    type == "message/rfc822" || type == "message/global" || type == "message/news"
  }

  private var depth: Int { baseDepth + levels.count }

  // MARK: Bytes

  func receive(_ bytes: Span<UInt8>) {
    var offset = 0
    while offset < bytes.count {
      if case .header = state {
        offset = takeLine(bytes, from: offset)
      } else if !line.isEmpty {
        offset = takeLine(bytes, from: offset)
      } else {
        offset = takeBody(bytes, from: offset)
      }
    }
  }

  /// Takes bytes up to the end of the line that is held, or of a line of a header section.
  private func takeLine(_ bytes: Span<UInt8>, from start: Int) -> Int {
    let feed = bytes.firstIndex(of: 0x0a, from: start)
    let end = feed.map { $0 + 1 } ?? bytes.count
    if case .line = damage {
      if feed != nil { damage = .folds }
      return end
    }
    let isHeader = if case .header = state { true } else { false }
    if line.isEmpty, feed != nil {
      endLine(bytes.extracting(start..<end))
      return end
    }
    let limit = isHeader ? context.limits.headerBytes : boundaries.longestLine
    let taken = min(end, start + max(0, limit - line.count))
    line.append(bytes.extracting(start..<taken))
    if feed != nil, taken == end || isHeader {
      if taken < end { lineIsCut = true }
      let whole = line
      line = []
      endLine(whole.span)
      lineIsCut = false
      return end
    }
    guard !isHeader else {
      if taken < end { lineIsCut = true }
      return end
    }
    if line.count >= limit {
      // Too long for a delimiter.
      let held = line
      line = []
      passContent(held.span)
    }
    return taken
  }

  /// A line that was held is whole, with its end.
  private func endLine(_ bytes: Span<UInt8>) {
    if let delimiter = boundaries.delimiter(bytes) {
      if !stray.isEmpty { endHeader(withBody: Span()) }
      return pass(delimiter, bytes)
    }
    if case .header = state {
      endHeaderLine(bytes)
    } else {
      passContent(bytes)
    }
  }

  /// Takes bytes of a body up to a line that is a delimiter, or may be one, or to their end.
  private func takeBody(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var start = start
    if lineEnd.takes(bytes[start]) {
      isAtLineStart = true
      start += 1
      guard start < bytes.count else { return start }
    }
    guard !boundaries.isEmpty else {
      passContent(bytes.extracting(start..<bytes.count))
      return bytes.count
    }
    var search = start
    while let hyphen = bytes.firstIndex(of: 0x2d, from: search) {
      let isFirst = hyphen == start ? isAtLineStart : bytes[hyphen - 1] == 0x0a
      guard isFirst, hyphen + 1 == bytes.count || bytes[hyphen + 1] == 0x2d else {
        // A ruler of hyphens is stepped over, not searched again at each.
        search = hyphen + 1
        while search < bytes.count, bytes[search] == 0x2d { search += 1 }
        continue
      }
      guard let feed = bytes.firstIndex(of: 0x0a, from: hyphen) else {
        guard bytes.count - hyphen < boundaries.longestLine else { break }
        passContent(bytes.extracting(start..<hyphen))
        line.append(bytes.extracting(hyphen..<bytes.count))
        return bytes.count
      }
      let candidate = bytes.extracting(hyphen..<feed + 1)
      if let delimiter = boundaries.delimiter(candidate) {
        passContent(bytes.extracting(start..<hyphen))
        pass(delimiter, candidate)
        return feed + 1
      }
      search = feed + 1
    }
    passContent(bytes.extracting(start..<bytes.count))
    return bytes.count
  }

  /// Content that holds no delimiter; the line end at its end waits.
  private func passContent(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    passLineEnd()
    let end = lineEnd.hold(endOfContent: bytes)
    isAtLineStart = bytes[bytes.count - 1] == 0x0a
    if end > 0 { hand(bytes.extracting(0..<end), toLeaf: true) }
  }

  /// The line end that waited is content.
  private func passLineEnd() {
    let octets = lineEnd.release()
    guard !octets.isEmpty else { return }
    let crlf: [2 of UInt8] = [0x0d, 0x0a]
    hand(crlf.span.extracting(octets), toLeaf: lineEnd.isLeafs)
  }

  private func hand(_ bytes: Span<UInt8>, toLeaf: Bool) {
    if !levels.messages.isEmpty { handToMessages(bytes) }
    if toLeaf, case .leaf(let leaf) = state { leaf.receive(bytes) }
  }

  private func handToMessages(_ bytes: Span<UInt8>) {
    for part in levels.messages {
      // The line end of its own blank line passes when it is known to be no delimiter's.
      if part.isBehindLineEnd { part.isBehindLineEnd = false } else { part.take(bytes) }
    }
  }

  // MARK: Header sections

  /// A line that is no field is passed over where fields stand before it and a field or the blank line behind it. Two of
  /// them, or one that stands first, are the body's begin: the blank line is missing, and nothing is lost.
  private func endHeaderLine(_ bytes: Span<UInt8>) {
    var end = bytes.count
    if end > 0, bytes[end - 1] == 0x0a { end -= 1 }
    while end > 0, bytes[end - 1] == 0x0d { end -= 1 }
    let text = bytes.extracting(0..<end)
    if text.count == 0 {
      passStray()
      handLine(bytes)
      return endHeader()
    }
    let isContinuation = text[0] == 0x20 || text[0] == 0x09
    if case .folds = damage {
      if isContinuation { return handLine(bytes) }
      damage = .none
    }
    if isContinuation, header.isEmpty || !stray.isEmpty {
      // It continues what is no field.
      guard stray.count + bytes.count <= context.limits.headerBytes else { return endHeader(withBody: bytes) }
      return stray.append(bytes)
    }
    // Two hyphens may be the delimiter of the multipart that this section declares.
    let mayBeDelimiter = text.hasBytes("--")
    guard isContinuation || !mayBeDelimiter && PartHeader.isField(text) else {
      if header.isEmpty, stray.isEmpty, levels.endInMessage, text.hasBytes("From ") || text.hasBytes(">From ") {
        return handLine(bytes)  // a mailbox's line before the message
      }
      guard stray.isEmpty, !header.isEmpty, !mayBeDelimiter else { return endHeader(withBody: bytes) }
      return stray = Array(bytes)
    }
    passStray()
    handLine(bytes)
    guard header.count + bytes.count <= context.limits.headerBytes, !lineIsCut else {
      headerIsCut = true
      return
    }
    header.append(bytes)
  }

  /// Gives a line of the structure to the messages that it is part of; its end waits, for a delimiter may follow.
  private func handLine(_ bytes: Span<UInt8>) {
    passLineEnd()
    let end = lineEnd.hold(endOfLine: bytes)
    if !levels.messages.isEmpty { handToMessages(bytes.extracting(0..<end)) }
    if lineIsCut { markMessagesIncomplete() }
  }

  private func passStray() {
    guard !stray.isEmpty else { return }
    let line = stray
    stray = []
    handLine(line.span)
  }

  /// The section is over though no blank line ended it: what was held and `bytes` are the body's.
  private func endHeader(withBody bytes: Span<UInt8>) {
    var body = stray
    stray = []
    body.append(bytes)
    endHeader()
    receive(body.span)
  }

  private func endHeader() {
    let isDigest = if case .header(isDigest: true) = state { true } else { false }
    let header = PartHeader(parsing: self.header.span, limits: context.limits)
    self.header = []
    damage = .none
    isAtLineStart = true
    let path = levels.path
    if headerIsCut {
      context.note(.headerTooLong, path: path)
      headerIsCut = false
    }
    for problem in header.problems { context.note(problem, path: path) }
    let type = header.type ?? (isDigest ? "message/rfc822" : "text/plain")
    let encoding = TransferEncoding(header.encoding)
    if type.hasPrefix("multipart/") {
      if encoding == .base64 || encoding == .quotedPrintable || encoding == .uuencode {
        context.note(.encodingNotAllowed, path: path, evidence: Array((header.encoding ?? "").utf8))
      }
      if begin(multipart: header, type: type, path: path) { return }
    } else if Self.isMessage(type), encoding == nil || encoding == .identity {
      if depth < context.limits.depth {
        let part = context.begin(type: type, header: header, kind: .entity, isContainer: true, path: levels.leafPath)
        part?.isBehindLineEnd = !lineEnd.isEmpty
        if headerHasHole { part?.record.isIncomplete = true }
        levels.append(.message(part))
        state = .header(isDigest: false)
        return
      }
      context.note(.nestedTooDeep, path: path)
    }
    state = .leaf(
      LeafBody(header, type: type, in: context, depth: depth, path: levels.leafPath, isDoubtful: headerHasHole))
  }

  /// Whether the part is read as a multipart.
  private func begin(multipart header: PartHeader, type: String, path: String) -> Bool {
    guard let boundary = header.boundary, !boundary.isEmpty, boundary.count <= context.limits.boundaryBytes else {
      if !hasHoles { context.note(.boundaryMissing, path: path) }
      return false
    }
    guard depth < context.limits.depth else {
      context.note(.nestedTooDeep, path: path)
      return false
    }
    boundaries.add(boundary, level: levels.count)
    let multipart = OpenLevels.Multipart(boundary: boundary, isDigest: type == "multipart/digest", path: path)
    levels.append(.multipart(multipart))
    state = .between
    return true
  }

  // MARK: Delimiters

  private func pass(_ delimiter: Boundaries.Delimiter, _ bytes: Span<UInt8>) {
    switch delimiter {
    case .next(let level):
      endLevels(above: level)
      handLine(bytes)
      guard let isDigest = levels.beginPart(at: level) else { return }
      state = .header(isDigest: isDigest)
      headerHasHole = false
    case .close(let level):
      endLevels(above: level)
      handLine(bytes)
      if case .multipart(let multipart) = levels[level] { boundaries.remove(multipart.boundary, level: level) }
      _ = levels.removeLast()
      state = .between
    }
    isAtLineStart = true
  }

  /// A delimiter of that level ends what stands in it; the line end before it is the delimiter's.
  private func endLevels(above level: Int) {
    endCurrent(isWhole: true)
    // What goes on has the line end: where messages go on around this, they hold it.
    while levels.count > level + 1 { endLastLevel(isWhole: true) }
    lineEnd.isLeafs = false
  }

  /// Ends the part that is open in the innermost level.
  private func endCurrent(isWhole: Bool) {
    switch state {
    case .header:
      // A header section without a body.
      if isWhole || !header.isEmpty { endHeader() }
      if case .leaf(let leaf) = state { leaf.end(isWhole: isWhole) }
    case .leaf(let leaf): leaf.end(isWhole: isWhole)
    case .between: break
    }
    state = .between
  }

  private func endLastLevel(isWhole: Bool) {
    switch levels.removeLast() {
    case .multipart(let multipart):
      boundaries.remove(multipart.boundary, level: levels.count)
      guard isWhole, !hasHoles else { return }
      context.note(
        multipart.parts == 0 ? .delimiterMissing : .neverClosed, path: multipart.path, evidence: multipart.boundary)
    case .message(let part):
      guard let part else { return }
      if part.record.problems.contains(.notHashed) == false { context.hashedContainers -= 1 }
      if !isWhole { part.record.isIncomplete = true }
      part.end()
    }
  }

  // MARK: Holes and the end

  /// Bytes are missing. What is open is not whole; what follows goes on in it.
  func skip() {
    hasHoles = true
    context.noteHole()
    line = []
    lineEnd.forget()
    isAtLineStart = false
    switch state {
    case .header:
      damage = .line
      headerHasHole = true
    case .leaf(let leaf): leaf.skip()
    case .between: break
    }
    markMessagesIncomplete()
  }

  private func markMessagesIncomplete() {
    for part in levels.messages { part.record.isIncomplete = true }
  }

  /// The message is over. `isWhole` says whether that was seen.
  func end(isWhole: Bool) {
    if !line.isEmpty {
      let last = line
      line = []
      endLine(last.span)
    }
    if !stray.isEmpty { endHeader(withBody: Span()) }
    passLineEnd()
    endCurrent(isWhole: isWhole)
    while !levels.isEmpty { endLastLevel(isWhole: isWhole) }
  }
}
