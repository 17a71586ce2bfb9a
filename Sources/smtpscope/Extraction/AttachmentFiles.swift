internal import MIMEParts
internal import MessageExtraction
internal import SMTPAnalysis
internal import Wire

/// The decoded parts of messages as files in a folder of their own, beside the messages in whatever form those are.
final class AttachmentFiles {
  /// The folder in the output directory.
  static let folder = "attachments"

  private let directory: MessageDirectory
  private let writers: MessageWriters
  private var namingFailure: ExtractionError?

  init(in path: String, permissions: FilePermissions, outputs: Int) throws(ExtractionError) {
    let path = path + "/" + Self.folder
    directory = try MessageDirectory(path: path, permissions: permissions, mayBeLink: false)
    writers = MessageWriters(.eml, in: path, permissions: permissions, count: outputs, mayBeLink: false)
  }

  /// The output of one thread for messages and their parts.
  func writer(with messages: @escaping @Sendable () -> any MessageOutput) -> @Sendable () -> any MessageOutput {
    let parts = writers.writer
    return { MessagesWithParts(messages: messages(), parts: PartWriter(parts())) }
  }

  var failure: ExtractionError? { namingFailure ?? writers.failure }

  /// Gives the parts of a message their names; what was written of it says where they stand. A part that gets none, for
  /// which `failure` is the reason, stands nowhere: its message is told all the same.
  func store(_ contents: MIMEContents, of transaction: Transaction, in session: Session) -> MIMEContents {
    var contents = contents
    for index in contents.parts.indices {
      let part = contents.parts[index]
      guard let key = part.outputKey, let files = writers.take(key) else { continue }
      let mark = part.isIncomplete ? ".incomplete" : ""
      let name = "\(session.id)-\(transaction.id).\(part.path)\(mark).\(Self.name(of: part))"
      do throws(ExtractionError) {
        contents.parts[index].file = Self.folder + "/" + (try directory.giveName(name, to: files.message))
      } catch {
        namingFailure = namingFailure ?? error
      }
    }
    return contents
  }

  func remove(_ contents: MIMEContents) {
    for part in contents.parts {
      if let key = part.outputKey, let files = writers.take(key) { directory.remove(files.message) }
    }
  }

  /// Removes the part that began last, of those that have no name yet; false where there is none.
  func removeNewest() -> Bool {
    guard let files = writers.takeNewestFile() else { return false }
    directory.remove(files.message)
    return true
  }

  /// All were stored: what is of no use goes.
  func finish() {
    for files in writers.takeAll() { directory.remove(files.message) }
  }

  /// The last piece of what the sender called it, else a name that says what it is.
  private static func name(of part: MIMEPart) -> String {
    if let name = part.name {
      let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last.map(String.init)
      return last ?? name
    }
    let type = part.sniffedType ?? part.type
    let ending =
      switch type {
      case "text/plain": "txt"
      case "text/html": "html"
      case "text/calendar": "ics"
      case "image/png": "png"
      case "image/jpeg": "jpg"
      case "image/gif": "gif"
      case "application/pdf": "pdf"
      case "application/zip": "zip"
      case _ where part.type == "message/rfc822": "eml"
      case _ where part.type.hasPrefix("text/"): "txt"
      default: "bin"
      }
    return (part.isAttachment ? "attachment." : "part.") + ending
  }
}

/// Messages as before, and their parts beside them.
private final class MessagesWithParts: MessageOutput {
  private let messages: any MessageOutput
  let parts: (any MIMEPartOutput)?

  init(messages: any MessageOutput, parts: any MIMEPartOutput) {
    self.messages = messages
    self.parts = parts
  }

  func beginMessage() -> Int { messages.beginMessage() }
  func append(_ bytes: Span<UInt8>, toMessage key: Int) { messages.append(bytes, toMessage: key) }
  func skip(_ count: Int, inMessage key: Int) { messages.skip(count, inMessage: key) }
  func endMessage(_ key: Int) { messages.endMessage(key) }
}

/// Writes parts as messages are written.
private final class PartWriter: MIMEPartOutput {
  private let files: any MessageOutput

  init(_ files: any MessageOutput) {
    self.files = files
  }

  func beginPart() -> Int { files.beginMessage() }
  func append(_ bytes: Span<UInt8>, toPart key: Int) { files.append(bytes, toMessage: key) }
  func endPart(_ key: Int) { files.endMessage(key) }
}
