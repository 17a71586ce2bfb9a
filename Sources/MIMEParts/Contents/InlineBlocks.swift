internal import MailMessages
internal import Wire

/// Finds blocks of uuencode and yEnc in lines of text and decodes them; each becomes a part of its own.
///
/// As a transfer encoding (`x-uuencode`) the block is the part's body and is handed back instead.
final class InlineBlocks {
  private let context: MIMEContext
  private let parent: String
  private let isTransferEncoding: Bool
  /// The text may have an encoding that nobody saw: blocks in it are not to be taken for whole.
  private let isDoubtful: Bool
  private var state = State.text
  private var line: [UInt8] = []
  private var isAtLineStart = true
  /// Whether the line at hand may mean something.
  private var isCollecting = false
  /// What is held is not the line's begin, which was decoded already.
  private var isRest = false
  private var blocks = 0
  private var decoded: [UInt8] = []

  private enum State {
    case text
    /// Behind a `begin` line, before the first line that proves that it is one.
    case begun(name: [UInt8])
    case uuencode(OpenPart?)
    case yenc(YEncDecoder, OpenPart?)
  }

  /// Lines of yEnc have 128 or 256 characters and as many escapes; longer ones are decoded in pieces. Text with lines as
  /// long holds no other block.
  private static let longestLine = 4096
  /// Decoded bytes that are gathered before they are handed on.
  private static let gathered = 1 << 13

  init(in context: MIMEContext, parent: String, isTransferEncoding: Bool, isDoubtful: Bool = false) {
    self.context = context
    self.parent = parent
    self.isDoubtful = isDoubtful
    self.isTransferEncoding = isTransferEncoding
  }

  /// Takes decoded text; `deliver` gets the body where the block is a transfer encoding.
  func receive(_ bytes: Span<UInt8>, deliver: (Span<UInt8>) -> Void) {
    var offset = 0
    while offset < bytes.count {
      if isAtLineStart {
        isAtLineStart = false
        isRest = false
        isCollecting = mayMatter(bytes[offset])
      }
      let feed = bytes.firstIndex(of: 0x0a, from: offset)
      let end = feed ?? bytes.count
      if isCollecting {
        let taken = min(end, offset + Self.longestLine - line.count)
        line.append(bytes.extracting(offset..<taken))
        offset = taken
        if line.count >= Self.longestLine { endPiece(deliver: deliver) }
        if offset < end, isCollecting { continue }
      }
      guard let feed else { break }
      if isCollecting { endLine(deliver: deliver) }
      line.removeAll(keepingCapacity: true)
      isAtLineStart = true
      offset = feed + 1
    }
  }

  private func mayMatter(_ first: UInt8) -> Bool {
    guard case .text = state else { return true }
    return blocks < context.limits.inlineBlocks && (first == 0x62 || first == 0x3d && !isTransferEncoding)
  }

  /// The line is longer than is held.
  private func endPiece(deliver: (Span<UInt8>) -> Void) {
    switch state {
    case .yenc(var decoder, let part):
      state = .text  // so that the decoder is not copied
      decoder.decode(line.span, endsLine: false, into: &decoded)
      state = .yenc(decoder, part)
      line.removeAll(keepingCapacity: true)
      isRest = true
      if decoded.count >= Self.gathered { flush(to: part, deliver) }
    case .uuencode(let part):
      note(.badUUEncode, part)
      part?.record.isIncomplete = true
      isCollecting = false
    case .text, .begun: isCollecting = false
    }
  }

  private func endLine(deliver: (Span<UInt8>) -> Void) {
    while line.last == 0x0d { line.removeLast() }
    switch state {
    case .text: endTextLine()
    case .begun(let name):
      guard UUDecoder.isLine(line.span) || line.elementsEqual("end".utf8) else {
        state = .text
        return endTextLine()
      }
      state = .uuencode(isTransferEncoding ? nil : begin(.uuencode, name: name))
      endUUEncodedLine(deliver: deliver)
    case .uuencode: endUUEncodedLine(deliver: deliver)
    case .yenc(var decoder, let part):
      if !isRest, line.span.hasBytes("=yend ") {
        flush(to: part, deliver)
        let hasSize = decoder.hasSize(end: line.span)
        let hasChecksum = decoder.hasChecksum(end: line.span)
        if !hasSize || !hasChecksum, part?.record.isIncomplete == false { part?.note(.badYEnc, evidence: line) }
        if !hasSize { part?.record.isIncomplete = true }
        part?.end()
        state = .text
      } else if isRest ? true : !line.span.hasBytes("=ypart ") {
        state = .text
        decoder.decode(line.span, endsLine: true, into: &decoded)
        state = .yenc(decoder, part)
        if decoded.count >= Self.gathered { flush(to: part, deliver) }
      }
    }
  }

  private func endTextLine() {
    if let name = UUDecoder.name(inBegin: line.span) {
      state = .begun(name: name)
    } else if !isTransferEncoding, let decoder = YEncDecoder(begin: line.span) {
      state = .yenc(decoder, begin(.yenc, name: decoder.name))
    }
  }

  private func endUUEncodedLine(deliver: (Span<UInt8>) -> Void) {
    guard case .uuencode(let part) = state else { return }
    if line.elementsEqual("end".utf8) {
      flush(to: part, deliver)
      part?.end()
      state = .text
      return
    }
    if line.isEmpty { return }
    if !UUDecoder.decode(line.span, into: &decoded) {
      note(.badUUEncode, part)
      flush(to: part, deliver)
      part?.end()
      state = .text
    } else if decoded.count >= Self.gathered {
      flush(to: part, deliver)
    }
  }

  private func note(_ problem: MIMEProblem.Kind, _ part: OpenPart?) {
    if let part {
      if !part.record.isIncomplete { part.note(problem, evidence: Array(line.prefix(80))) }
    } else if isTransferEncoding, !context.hasHoles {
      context.note(problem, path: parent, evidence: Array(line.prefix(80)))
    }
  }

  private func flush(to part: OpenPart?, _ deliver: (Span<UInt8>) -> Void) {
    guard !decoded.isEmpty else { return }
    let bytes = decoded
    decoded = []
    if isTransferEncoding { deliver(bytes.span) } else { part?.take(bytes.span) }
  }

  private func begin(_ kind: MIMEPart.Kind, name: [UInt8]) -> OpenPart? {
    blocks += 1
    var header = PartHeader()
    var decoder = HeaderTextDecoder()
    let text = decoder.text(of: name.span.extracting(first: context.limits.nameBytes), fallback: nil)
    header.name = text.isEmpty ? nil : text
    if !text.utf8.elementsEqual(name) { header.rawName = Array(name.prefix(context.limits.nameBytes)) }
    header.disposition = "attachment"
    header.encoding = kind == .yenc ? "yenc" : "x-uuencode"
    let part = context.begin(
      type: "application/octet-stream", header: header, kind: kind, path: "\(parent).\(blocks)")
    if isDoubtful { part?.record.isIncomplete = true }
    return part
  }

  func skip() {
    line.removeAll()
    isAtLineStart = false
    isCollecting = false
    switch state {
    case .text: break
    case .begun: state = .text
    case .uuencode(let part), .yenc(_, let part): part?.record.isIncomplete = true
    }
  }

  /// The text is over, and a block that is open with it.
  func end(isWhole: Bool, deliver: (Span<UInt8>) -> Void) {
    if isCollecting, !line.isEmpty { endLine(deliver: deliver) }
    line = []
    switch state {
    case .text, .begun: break
    case .uuencode(let part):
      flush(to: part, deliver)
      if isWhole { note(.badUUEncode, part) }
      endUnfinished(part)
    case .yenc(_, let part):
      flush(to: part, deliver)
      if isWhole, part?.record.isIncomplete == false { part?.note(.badYEnc) }
      endUnfinished(part)
    }
    state = .text
  }

  private func endUnfinished(_ part: OpenPart?) {
    part?.record.isIncomplete = true  // its end line never came
    part?.end()
  }
}
