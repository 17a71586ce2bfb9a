internal import Crypto
internal import MailMessages
internal import Wire

/// A listed part while its bytes pass: what will be said of it, and its hashes.
final class OpenPart {
  var record: MIMEPart
  /// A message within the message: the line end that passes next stands before its first byte.
  var isBehindLineEnd = false
  private let index: Int
  private let context: MIMEContext
  private var sha256: SHA256?
  private var md5: Insecure.MD5?
  /// The first bytes, by which the type is recognised.
  private var head: [UInt8] = []

  /// Converts what is written out, where that is text.
  private var converter: TextConverter?

  init(_ record: MIMEPart, at index: Int, in context: MIMEContext, isHashed: Bool) {
    self.record = record
    self.index = index
    self.context = context
    if isHashed {
      sha256 = SHA256()
      md5 = Insecure.MD5()
    }
    guard let output = context.output else { return }
    self.record.outputKey = output.beginPart()
    // An attachment stays the file that was sent.
    if record.type.hasPrefix("text/"), !record.isAttachment, let charset = record.charset {
      converter = TextConverter(from: charset)
      self.record.isConverted = converter != nil
    }
  }

  func take(_ bytes: Span<UInt8>) {
    record.byteCount &+= bytes.count
    if head.count < TypeSniffer.headBytes {
      head.append(bytes.extracting(first: TypeSniffer.headBytes - head.count))
    }
    // The buffer lives for the call; the hashes read it and keep nothing.
    unsafe bytes.withUnsafeBytes { buffer in
      unsafe sha256?.update(bufferPointer: buffer)
      unsafe md5?.update(bufferPointer: buffer)
    }
    guard let key = record.outputKey else { return }
    if let converter {
      converter.convert(bytes) { context.output?.append($0, toPart: key) }
    } else {
      context.output?.append(bytes, toPart: key)
    }
  }

  func note(_ problem: MIMEProblem.Kind, evidence: [UInt8] = []) {
    if !record.problems.contains(problem) { record.problems.append(problem) }
    context.note(problem, path: record.path, evidence: evidence)
  }

  func end() {
    record.sniffedType = TypeSniffer.type(of: head.span)
    record.sha256 = sha256.map { String(hexadecimal: $0.finalize()) }
    record.md5 = md5.map { String(hexadecimal: $0.finalize()) }
    if let key = record.outputKey {
      converter?.finish { context.output?.append($0, toPart: key) }
      context.output?.endPart(key)
    }
    context.end(self, at: index)
  }
}
