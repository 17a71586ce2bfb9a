internal import Crypto
internal import MailMessages
internal import SMTPDialogue
internal import Wire

/// Takes one message's bytes as they pass: counts, hashes, and keeps the header section.
struct MessageRecorder: Sendable {
  let number: Int
  let outputKey: Int?
  private var byteCount = 0
  private var missingBytes = 0
  /// What its octets were.
  var census = TextCensus()
  private var hash: SHA256?
  private var header: [UInt8] = []
  private var headerIsOver = false
  private let headerLimit: Int

  init(number: Int, options: AnalysisOptions, outputKey: Int?) {
    self.number = number
    self.outputKey = outputKey
    headerLimit = options.limits.headerBytes
    if options.hashesMessages { hash = SHA256() }
  }

  mutating func append(_ bytes: Span<UInt8>, at moment: Moment) {
    byteCount += bytes.count
    census.add(bytes, at: moment)
    keepTail(bytes)
    // The buffer lives for the call; the hash reads it and keeps nothing.
    unsafe bytes.withUnsafeBytes { buffer in unsafe hash?.update(bufferPointer: buffer) }
    if !headerIsOver { appendToHeader(bytes) }
  }

  /// Its last bytes, at most sixteen.
  var tail: [UInt8] { (0..<tailCount).map { tailBytes[$0] } }

  private var tailBytes = [16 of UInt8](repeating: 0)
  private var tailCount = 0

  private mutating func keepTail(_ bytes: Span<UInt8>) {
    let new = min(bytes.count, 16)
    let old = min(tailCount, 16 - new)
    for index in 0..<old { tailBytes[index] = tailBytes[tailCount - old + index] }
    for index in 0..<new { tailBytes[old + index] = bytes[bytes.count - new + index] }
    tailCount = old + new
  }

  mutating func skip(_ count: Int) {
    missingBytes += count
    census.skip()
    // What comes behind a hole in the header section may begin in the middle of a field: it is not taken for one.
    if !headerIsOver { headerIsOver = true }
  }

  /// The message as it is reported.
  func finished(_ end: MessageEnd) -> Message {
    var message = Message(
      byteCount: byteCount, sha256: nil, isComplete: missingBytes == 0 && (end == .sent || end == .sentNonstandard),
      header: HeaderSummary(parsing: header.span), missingBytes: missingBytes)
    message.outputKey = outputKey
    if let hash {
      let digits = Array("0123456789abcdef".utf8)
      message.sha256 = String(
        decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
    return message
  }

  /// Keeps bytes up to the blank line that ends the header section (RFC 5322 section 2.1).
  private mutating func appendToHeader(_ bytes: Span<UInt8>) {
    let before = header.count
    let room = headerLimit - before
    header.append(bytes.extracting(0..<min(room, bytes.count)))
    if bytes.count >= room { headerIsOver = true }
    let collected = header
    let kept = collected.span
    if before == 0, kept.hasBytes("\r\n") || kept.hasBytes("\n") {
      headerIsOver = true
      header = []
      return
    }
    var search = max(0, before - 3)
    while let feed = kept.firstIndex(of: 0x0a, from: search) {
      if kept.hasBytes("\r\n", at: feed + 1) || kept.hasBytes("\n", at: feed + 1) {
        headerIsOver = true
        header = Array(collected[...feed])
        return
      }
      search = feed + 1
    }
  }
}
