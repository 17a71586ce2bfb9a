internal import Wire

/// The body of a part that has no inner parts in the stream: its transfer encoding is undone as its bytes pass, and what
/// comes out goes to all who want it.
final class LeafBody {
  private let context: MIMEContext
  private let path: String
  /// nil where the part is not listed.
  let part: OpenPart?
  private let encoding: TransferEncoding
  private var base64 = Base64Decoder()
  private var quotedPrintable = QuotedPrintableDecoder()
  private var uuencode: InlineBlocks?
  private var text: InlineBlocks?
  private var urls: URLScanner?
  private var tnef: TNEFReader?
  private var nested: EntityStream?
  /// Behind a hole base64 is read from the next line on.
  private var waitsForLine = false

  /// - Parameter isDoubtful: The header section has a hole: how the body is encoded, and where it begins, is not certain.
  init(
    _ header: PartHeader, type: String, in context: MIMEContext, depth: Int, path: String, isDoubtful: Bool
  ) {
    self.context = context
    self.path = path
    let declared = TransferEncoding(header.encoding)
    encoding = declared ?? .identity
    context.countLeaf()
    part = context.begin(type: type, header: header, kind: .entity, path: path)
    if isDoubtful { part?.record.isIncomplete = true }
    if declared == nil { note(.encodingUnknown, Array((header.encoding ?? "").utf8)) }
    if encoding == .uuencode { uuencode = InlineBlocks(in: context, parent: path, isTransferEncoding: true) }
    if type == "text/plain" || type == "text/html" {
      urls = URLScanner(isHTML: type == "text/html", limit: context.limits.urlBytes)
      if type == "text/plain", encoding != .uuencode {
        text = InlineBlocks(in: context, parent: path, isTransferEncoding: false, isDoubtful: isDoubtful)
      }
    } else if Self.isTNEF(type, header.name) {
      tnef = TNEFReader(in: context, parent: path, depth: depth)
    } else if EntityStream.isMessage(type), encoding != .identity {
      if type != "message/global" { note(.encodingNotAllowed, Array((header.encoding ?? "").utf8)) }
      if depth < context.limits.depth {
        nested = EntityStream(in: context, depth: depth + 1, path: path, isDoubtful: isDoubtful)
      } else {
        note(.nestedTooDeep, [])
      }
    }
  }

  private static func isTNEF(_ type: String, _ name: String?) -> Bool {
    type == "application/ms-tnef" || type == "application/vnd.ms-tnef"
      || type == "application/octet-stream" && name?.lowercased() == "winmail.dat"
  }

  private func note(_ problem: MIMEProblem.Kind, _ evidence: [UInt8]) {
    if let part {
      part.note(problem, evidence: evidence)
    } else {
      context.note(problem, path: path, evidence: evidence)
    }
  }

  /// Takes bytes of the body as they stand in the message.
  func receive(_ bytes: Span<UInt8>) {
    switch encoding {
    case .identity: deliver(bytes)
    case .uuencode: uuencode?.receive(bytes) { deliver($0) }
    case .base64 where waitsForLine:
      guard let feed = bytes.firstIndex(of: 0x0a) else { return }
      waitsForLine = false
      decode(bytes.extracting(feed + 1..<bytes.count))
    case .base64, .quotedPrintable: decode(bytes)
    }
  }

  private func decode(_ bytes: Span<UInt8>) {
    var block = context.lendBlock()
    var offset = 0
    while offset < bytes.count {
      let piece = bytes.extracting(offset..<min(offset &+ MIMEContext.blockBytes, bytes.count))
      let count: Int
      do {
        var output = block.mutableSpan
        count =
          encoding == .base64 ? base64.decode(piece, into: &output) : quotedPrintable.decode(piece, into: &output)
      }
      if count > 0 { deliver(block.span.extracting(0..<count)) }
      offset &+= piece.count
    }
    context.giveBack(block)
  }

  /// Hands decoded bytes on.
  private func deliver(_ bytes: Span<UInt8>) {
    part?.take(bytes)
    text?.receive(bytes) { _ in }
    urls?.receive(bytes, into: context)
    tnef?.receive(bytes)
    nested?.receive(bytes)
  }

  /// Bytes are missing.
  func skip() {
    part?.record.isIncomplete = true
    base64.skip()
    quotedPrintable.skip()
    waitsForLine = encoding == .base64
    uuencode?.skip()
    text?.skip()
    urls?.skip()
    tnef?.skip()
    nested?.skip()
  }

  /// The part is over. `isWhole` says whether its end was seen.
  func end(isWhole: Bool) {
    if !isWhole { part?.record.isIncomplete = true }
    finishDecoding()
    uuencode?.end(isWhole: isWhole) { deliver($0) }
    text?.end(isWhole: isWhole) { _ in }
    urls?.end(into: context)
    tnef?.end(isWhole: isWhole)
    nested?.end(isWhole: isWhole)
    if base64.hasStrangers, !context.hasHoles { note(.badBase64, base64.strangers) }
    if base64.hasDataBehindPadding, !context.hasHoles { note(.dataBehindPadding, []) }
    if quotedPrintable.isFaulty, !context.hasHoles { note(.badQuotedPrintable, []) }
    part?.end()
  }

  private func finishDecoding() {
    guard encoding == .base64 || encoding == .quotedPrintable else { return }
    var block = context.lendBlock()
    let count: Int
    do {
      var output = block.mutableSpan
      count = encoding == .base64 ? base64.finish(into: &output) : quotedPrintable.finish(into: &output)
    }
    if count > 0 { deliver(block.span.extracting(0..<count)) }
    context.giveBack(block)
  }
}

/// The transfer encodings (RFC 2045 section 6.1, and those that came before it).
enum TransferEncoding {
  case identity
  case base64
  case quotedPrintable
  case uuencode

  /// nil for a name that means nothing; that is read as it stands, as all readers do.
  init?(_ name: String?) {
    switch name {
    case nil, "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "7bits", "8bits": self = .identity
    case "base64", "base-64", "x-base64": self = .base64
    case "quoted-printable", "quotedprintable", "x-quoted-printable": self = .quotedPrintable
    case "x-uuencode", "uuencode", "x-uue", "uue", "x-uu": self = .uuencode
    default: return nil
    }
  }
}
