internal import MailMessages
internal import Wire

/// Opens a TNEF stream (winmail.dat; MS-OXTNEF) as its bytes pass: its attachments become parts.
///
/// An attachment's bytes are handed on and not kept. Attributes in which names stand are kept up to a bound; an attachment
/// that is a message itself stands in such an attribute, and is opened in turn, as far as it fits.
final class TNEFReader {
  private let context: MIMEContext
  private let parent: String
  private let depth: Int
  private var state = State.signature
  /// A header of fixed length, or an attribute that is kept.
  private var held: [UInt8] = []
  private var attachments = 0
  private var attachment: Attachment?
  private var codePage = "windows-1252"
  private var isOver = false

  private enum State {
    case signature
    case attributeHeader
    case skipping(left: Int)
    case keeping(Attribute, left: Int, isCut: Bool)
    case handing(left: Int)
    case checksum
  }

  private enum Attribute: UInt32 {
    case codePage = 0x0006_9007
    case beginAttachment = 0x0006_9002
    case title = 0x0001_8010
    case data = 0x0006_800f
    case properties = 0x0006_9005
  }

  private struct Attachment {
    var title: String?
    var longName: String?
    var type: String?
    var part: OpenPart?
    var hasData = false
    /// Its properties were longer than is kept: it may stand behind what was.
    var isCut = false
  }

  init(in context: MIMEContext, parent: String, depth: Int) {
    self.context = context
    self.parent = parent
    self.depth = depth
  }

  func receive(_ bytes: Span<UInt8>) {
    var offset = 0
    while offset < bytes.count, !isOver {
      let room = bytes.count - offset
      switch state {
      case .signature:
        guard gather(6, bytes, &offset) else { return }
        guard held.span.littleEndianUInt32(at: 0) == 0x223e_9f78 else { return fail() }
        held = []
        state = .attributeHeader
      case .attributeHeader:
        guard gather(9, bytes, &offset) else { return }
        let id = held.span.littleEndianUInt32(at: 1)
        let length = Int(held.span.littleEndianUInt32(at: 5))
        guard held[0] == 1 || held[0] == 2 else { return fail() }
        held = []
        begin(Attribute(rawValue: id), length: length)
      case .skipping(let left):
        let count = min(left, room)
        offset += count
        state = left == count ? .checksum : .skipping(left: left - count)
      case .handing(let left):
        let count = min(left, room)
        attachment?.part?.take(bytes.extracting(offset..<offset + count))
        offset += count
        state = left == count ? .checksum : .handing(left: left - count)
      case .keeping(let attribute, let left, let isCut):
        let count = min(left, room)
        let kept = min(count, context.limits.tnefAttributeBytes - held.count)
        held.append(bytes.extracting(offset..<offset + kept))
        offset += count
        guard left == count else {
          state = .keeping(attribute, left: left - count, isCut: isCut || kept < count)
          continue
        }
        if isCut || kept < count {
          note(.attributeTooLong)
          if attribute == .properties { attachment?.isCut = true }
        }
        let value = held
        held = []
        state = .checksum
        end(attribute, value)
      case .checksum:
        guard gather(2, bytes, &offset) else { return }
        held = []
        state = .attributeHeader
      }
    }
  }

  /// Gathers a header; whether it is whole.
  private func gather(_ length: Int, _ bytes: Span<UInt8>, _ offset: inout Int) -> Bool {
    let count = min(length - held.count, bytes.count - offset)
    held.append(bytes.extracting(offset..<offset + count))
    offset += count
    return held.count == length
  }

  private func fail() {
    note(.badTNEF)
    isOver = true
  }

  private func note(_ problem: MIMEProblem.Kind) {
    if problem == .attributeTooLong || !context.hasHoles { context.note(problem, path: parent) }
  }

  private func begin(_ attribute: Attribute?, length: Int) {
    guard length > 0 else {
      state = .checksum
      if attribute == .beginAttachment { beginAttachment() }
      if attribute == .data, attachment != nil { openPart() }  // an empty file
      return
    }
    switch attribute {
    case .data where attachment != nil:
      openPart()
      state = .handing(left: length)
    case .codePage, .title, .properties: state = .keeping(attribute ?? .title, left: length, isCut: false)
    case .beginAttachment:
      beginAttachment()
      state = .skipping(left: length)
    case .data, nil: state = .skipping(left: length)
    }
  }

  private func beginAttachment() {
    endAttachment(isWhole: true)
    guard attachments < context.limits.tnefAttachments else { return note(.tooManyParts) }
    attachments += 1
    attachment = Attachment()
  }

  private func openPart() {
    guard attachment?.hasData == false else { return }
    attachment?.hasData = true
    var header = PartHeader()
    header.disposition = "attachment"
    header.encoding = "tnef"
    attachment?.part = context.begin(
      type: "application/octet-stream", header: header, kind: .tnef, path: "\(parent).\(attachments)")
  }

  private func end(_ attribute: Attribute, _ value: [UInt8]) {
    switch attribute {
    case .codePage:
      if value.count >= 4 { codePage = Self.characterSet(ofCodePage: value.span.littleEndianUInt32(at: 0)) }
    case .title: attachment?.title = text(value)
    case .properties: read(MAPIProperties(value, limit: context.limits.nameBytes))
    case .beginAttachment, .data: break
    }
  }

  /// The name in mail of what Windows numbers; its own pages go by their numbers there too.
  private static func characterSet(ofCodePage page: UInt32) -> String {
    switch page {
    case 10_000: "macintosh"
    case 20_866: "koi8-r"
    case 21_866: "koi8-u"
    case 28_591...28_605: "iso-8859-\(page - 28_590)"
    case 50_220...50_222: "iso-2022-jp"
    case 50_225: "iso-2022-kr"
    case 51_932: "euc-jp"
    case 51_949: "euc-kr"
    case 54_936: "gb18030"
    default: "cp\(page)"
    }
  }

  private func read(_ properties: MAPIProperties) {
    guard attachment != nil else { return }
    if let name = properties.longName ?? properties.name { attachment?.longName = text(name) }
    if let type = properties.type { attachment?.type = text(type).lowercased() }
    guard let object = properties.object, attachment?.hasData == false else { return }
    openPart()
    attachment?.part?.take(object.span)
    if properties.objectIsCut { markCut() }
    guard object.span.hasBytes("\u{78}") else { return }
    if depth < context.limits.depth {
      let inner = TNEFReader(in: context, parent: "\(parent).\(attachments)", depth: depth + 1)
      inner.receive(object.span)
      inner.end(isWhole: !properties.objectIsCut)
    } else {
      note(.nestedTooDeep)
    }
  }

  private func text(_ value: MAPIProperties.Text) -> String {
    switch value {
    case .unicode(let bytes): converted(bytes, from: "utf-16le")
    case .bytes(let bytes): text(bytes)
    }
  }

  private func text(_ bytes: [UInt8]) -> String { converted(bytes, from: codePage) }

  private func converted(_ bytes: [UInt8], from label: String) -> String {
    var decoder = HeaderTextDecoder()
    let text = decoder.converted(bytes.span.extracting(first: context.limits.nameBytes), from: Array(label.utf8))
    return String(text.prefix { $0 != "\0" })
  }

  private func markCut() {
    guard let attachment, let part = attachment.part else { return }
    part.record.isIncomplete = true
    if attachment.isCut {
      part.note(.attributeTooLong)
    } else if !context.hasHoles {
      part.note(.badTNEF)
    }
  }

  private func endAttachment(isWhole: Bool) {
    if let attachment, attachment.isCut, !attachment.hasData {
      openPart()
      markCut()
    }
    guard let ended = attachment else { return }
    attachment = nil
    guard let part = ended.part else { return }
    part.record.name = [ended.longName, ended.title].compactMap { $0 }.first { !$0.isEmpty }
    if let type = ended.type, !type.isEmpty { part.record.type = type }
    if !isWhole { part.record.isIncomplete = true }
    part.end()
  }

  /// Bytes are missing: lengths lead nowhere from here on.
  func skip() {
    endAttachment(isWhole: false)
    isOver = true
  }

  func end(isWhole: Bool) {
    let isBetween: Bool =
      switch state {
      case .attributeHeader: held.isEmpty
      case .signature, .skipping, .keeping, .handing, .checksum: false
      }
    let isEnd = isOver || isBetween
    if isWhole, !isEnd { note(.badTNEF) }
    endAttachment(isWhole: isEnd)
    isOver = true
  }
}
