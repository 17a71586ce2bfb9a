internal import Crypto
internal import DKIM
internal import MIMEParts
internal import MailMessages
internal import SMTPDialogue
internal import Wire

/// Takes one message's bytes as they pass: counts, hashes, and keeps the header section.
struct MessageRecorder {
  let number: Int
  let outputKey: Int?
  private var byteCount = 0
  private var missingBytes = 0
  private var lastFrame: Int?
  private var times: (first: CaptureTime, last: CaptureTime)?
  private var holes: Message.Holes?
  /// What its octets were.
  var census = TextCensus()
  private var hash: SHA256?
  private var header: [UInt8] = []
  private var headerIsOver = false
  /// The blank line behind the header section was seen.
  private var sawBlankLine = false
  private let headerLimit: Int
  private let holeLimit: Int
  private let checksSignatures: Bool
  private let keepsTrace: Bool
  private let keepsFurtherFields: Bool
  /// Its DKIM signatures, from the end of the header section on, where it has some and they are to be checked. An array of one,
  /// so that a session does not grow for what few messages need.
  private var signed: [SignedMail] = []
  /// Takes the message apart, where that is asked for.
  private var parts: MIMEReader?

  mutating func append(_ bytes: Span<UInt8>, at moment: Moment) {
    byteCount += bytes.count
    lastFrame = moment.frame
    times = (times?.first ?? moment.time, moment.time)
    census.add(bytes, at: moment)
    keepTail(bytes)
    // The buffer lives for the call; the hash reads it and keeps nothing.
    unsafe bytes.withUnsafeBytes { buffer in unsafe hash?.update(bufferPointer: buffer) }
    if !headerIsOver {
      appendToHeader(bytes)
    } else if !signed.isEmpty {
      signed[0].append(bytes)
    }
    parts?.receive(bytes)
  }

  /// Its last bytes, at most sixteen.
  var tail: [UInt8] {
    let words = [tailHigh, tailLow]
    let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
    return bytes.suffix(min(byteCount, 16))
  }

  /// The last eight bytes, the last of all in the highest place, and the eight before them.
  private var tailLow: UInt64 = 0
  private var tailHigh: UInt64 = 0

  private mutating func keepTail(_ bytes: Span<UInt8>) {
    if bytes.count >= 16 {
      tailLow = bytes.littleEndianUInt64(at: bytes.count - 8)
      tailHigh = bytes.littleEndianUInt64(at: bytes.count - 16)
    } else {
      for index in bytes.indices {
        tailHigh = tailHigh >> 8 | tailLow << 56
        tailLow = tailLow >> 8 | UInt64(bytes[index]) << 56
      }
    }
  }

  mutating func skip(_ count: Int) {
    missingBytes += count
    if count > 0 {
      let hole = Message.Hole(offset: byteCount, byteCount: count)
      holes = (holes ?? Message.Holes(listed: [])).adding(hole, limit: holeLimit)
    }
    census.skip()
    if !signed.isEmpty { signed[0].skip() }
    parts?.skip()
    // What comes behind a hole in the header section may begin in the middle of a field: it is not taken for one.
    if !headerIsOver { headerIsOver = true }
  }

  /// The message as it is reported.
  func finished(_ end: MessageEnd, at time: CaptureTime) -> Message {
    var limits = HeaderLimits()
    if !keepsTrace { limits.traceBytes = 0 }
    if !keepsFurtherFields { limits.furtherBytes = 0 }
    let isComplete = missingBytes == 0 && (end == .sent || end == .sentNonstandard)
    var form: HeaderForm = []
    if sawBlankLine { form.insert(.endsInBlankLine) }
    if sawBlankLine || !headerIsOver && isComplete { form.insert(.whole) }
    var message = Message(
      byteCount: byteCount, sha256: hash.map { Self.hexadecimal($0.finalize()) }, isComplete: isComplete,
      header: HeaderSummary(parsing: header.span, limits: limits, known: form), missingBytes: missingBytes,
      lastFrame: lastFrame, holes: holes, times: times)
    // One that is all header section has an empty body.
    let isAllHeader = !headerIsOver && message.isComplete && checksSignatures
    if let signed = signed.first ?? (isAllHeader ? SignedMail(header: header.span) : nil) {
      let further = signed.passedOver
      message.signatures = signed.finish(doubt: doubt(of: end), at: time)
      if further > 0 { message.furtherSignatures = further }
    }
    message.outputKey = outputKey
    if let parts { message.contents = parts.finish(isWhole: message.isComplete) }
    return message
  }

  /// Why a body that differs from the signed one may be the signed one all the same.
  private func doubt(of end: MessageEnd) -> BodyDoubt? {
    switch end {
    case .sent: census.bareLF > 0 || census.bareCR > 0 ? .bareLineEnds : nil
    case .sentNonstandard: .oddEnd
    default: .unfinished
    }
  }

  private static func hexadecimal(_ digest: SHA256Digest) -> String {
    var text = [64 of UInt8](repeating: 0x30)
    // Its bytes are read during the call; going through them one by one makes an array of them for each message.
    unsafe digest.withUnsafeBytes { digest in
      let bytes = unsafe digest.bindMemory(to: UInt8.self).span
      for index in 0..<min(bytes.count, 32) {
        text[2 * index] = Hexadecimal.digit(bytes[index] >> 4)
        text[2 * index + 1] = Hexadecimal.digit(bytes[index] & 15)
      }
    }
    return String(repairing: text.span)
  }

  /// Keeps bytes up to the blank line that ends the header section (RFC 5322 section 2.1).
  private mutating func appendToHeader(_ bytes: Span<UInt8>) {
    let before = header.count
    let room = headerLimit - before
    let new = bytes.extracting(0..<min(room, bytes.count))
    if bytes.count >= room { headerIsOver = true }
    if before == 0 {
      if new.hasBytes("\r\n") || new.hasBytes("\n") {
        endHeader()
      } else if let end = Self.endOfHeader(in: new, from: 0) {
        endHeader()
        header = Array(new.extracting(0..<end))
        beginBody(bytes, from: end)
      } else {
        header.append(new)
      }
      return
    }
    if before == 1, header[0] == UInt8(ascii: "\r"), new.hasBytes("\n") {
      // The empty line that it begins with came in two pieces.
      header = []
      return endHeader()
    }
    header.append(new)
    let collected = header
    if let end = Self.endOfHeader(in: collected.span, from: max(0, before - 3)) {
      endHeader()
      header = Array(collected[..<end])
      beginBody(bytes, from: end - before)
    }
  }

  /// The header section is known; the blank line behind it is among these bytes, its CR maybe among those before.
  private mutating func beginBody(_ bytes: Span<UInt8>, from blankLine: Int) {
    guard checksSignatures, let mail = SignedMail(header: header.span) else { return }
    signed = [mail]
    guard let feed = bytes.firstIndex(of: 0x0a, from: max(0, blankLine)) else { return }
    signed[0].append(bytes.extracting(feed + 1..<bytes.count))
  }

  private mutating func endHeader() {
    headerIsOver = true
    sawBlankLine = true
  }

  /// Where the blank line begins.
  private static func endOfHeader(in bytes: Span<UInt8>, from start: Int) -> Int? {
    var search = start
    while let feed = bytes.firstIndex(of: 0x0a, from: search) {
      if bytes.hasBytes("\r\n", at: feed + 1) || bytes.hasBytes("\n", at: feed + 1) { return feed + 1 }
      search = feed + 1
    }
    return nil
  }
}

extension MessageRecorder {
  init(number: Int, options: borrowing AnalysisOptions, output: (any MessageOutput)?, outputKey: Int?) {
    self.init(
      number: number, outputKey: outputKey, hash: options.hashesMessages ? SHA256() : nil,
      headerLimit: options.limits.headerBytes, holeLimit: options.limits.holesPerMessage,
      checksSignatures: options.checksSignatures, keepsTrace: options.keepsTrace,
      keepsFurtherFields: options.keepsFurtherFields,
      parts: options.listsAttachments ? MIMEReader(listsAll: options.listsAllParts, output: output?.parts) : nil)
  }
}
