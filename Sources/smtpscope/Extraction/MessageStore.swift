internal import ArgumentParser
internal import MessageExtraction
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// The forms in which messages are written.
enum ExtractionForm: String, ExpressibleByArgument, CaseIterable {
  case eml, mbox, maildir

  /// Opens what the messages are stored in.
  func makeStore(_ path: String, permissions: FilePermissions) throws(ExtractionError) -> any MessageStore {
    switch self {
    case .eml: try MessageFiles(path, permissions: permissions)
    case .mbox: try MailboxFiles(path, permissions: permissions)
    case .maildir: try MaildirFiles(path, permissions: permissions)
    }
  }
}

/// Where the messages of a run stand in the end.
protocol MessageStore: AnyObject {
  /// The directory of the writers' hidden files.
  var temporaryPath: String { get }
  /// Sees to it that a message finds room in its place. Throws where there is none.
  func reserve(for transaction: Transaction) throws(ExtractionError)
  /// Gives a message its place among those that are there. Throws where it has none; its files are removed then.
  func store(
    _ files: FilesOfMessage, of transaction: Transaction, in session: Session
  ) throws(ExtractionError) -> ExtractedMessage
  /// Removes what nobody asked for.
  func remove(_ files: FilesOfMessage)
  /// No more follow: what was stored is whole and has its name, also where this throws.
  func finish() throws(ExtractionError)
  /// The file that holds all whole messages, if one does, and where incomplete ones stand, for people.
  var places: (whole: String?, incomplete: String) { get }
}

extension MessageStore {
  /// A file that only gets another name needs none.
  func reserve(for transaction: Transaction) {}
}

/// A file for each message, byte for byte.
final class MessageFiles: MessageStore {
  let temporaryPath: String
  private let directory: MessageDirectory

  init(_ path: String, permissions: FilePermissions) throws(ExtractionError) {
    temporaryPath = path
    directory = try MessageDirectory(path: path, permissions: permissions)
  }

  func store(
    _ files: FilesOfMessage, of transaction: Transaction, in session: Session
  ) throws(ExtractionError) -> ExtractedMessage {
    let mark = transaction.message?.isComplete == true ? "" : ".incomplete"
    let name = "\(session.id)-\(transaction.id)\(mark).eml"
    return ExtractedMessage(file: try directory.giveName(name, to: files.message))
  }

  func remove(_ files: FilesOfMessage) { directory.remove(files.message) }
  func finish() {}
  var places: (whole: String?, incomplete: String) { (nil, "*.incomplete.eml") }
}

/// One mailbox file (mboxrd), and another one for incomplete messages: within one file nothing could tell them apart.
final class MailboxFiles: MessageStore {
  let temporaryPath: String
  private let permissions: FilePermissions
  private let directory: MessageDirectory
  private let whole: Mailbox
  private var incomplete: Mailbox?

  init(_ path: String, permissions: FilePermissions) throws(ExtractionError) {
    temporaryPath = path
    self.permissions = permissions
    directory = try MessageDirectory(path: path, permissions: permissions)
    whole = try Mailbox("messages.mbox", in: path, permissions)
  }

  func reserve(for transaction: Transaction) throws(ExtractionError) {
    // What quoting may add to most messages, and the From_ line.
    let bytes = transaction.message?.byteCount ?? 0
    try mailbox(for: transaction).reserve(bytes + bytes / 64 + 1024)
  }

  func store(
    _ files: FilesOfMessage, of transaction: Transaction, in session: Session
  ) throws(ExtractionError) -> ExtractedMessage {
    try mailbox(for: transaction).append(files, of: transaction, directory)
  }

  private func mailbox(for transaction: Transaction) throws(ExtractionError) -> Mailbox {
    if transaction.message?.isComplete == true { return whole }
    if let incomplete { return incomplete }
    let mailbox = try Mailbox("messages.incomplete.mbox", in: temporaryPath, permissions)
    incomplete = mailbox
    return mailbox
  }

  func remove(_ files: FilesOfMessage) { directory.remove(files.message) }

  func finish() throws(ExtractionError) {
    var failure: ExtractionError?
    do throws(ExtractionError) { try incomplete?.finish() } catch { failure = error }
    try whole.finish()
    if let failure { throw failure }
  }

  var places: (whole: String?, incomplete: String) { (whole.name, incomplete?.name ?? "") }
}

/// A mailbox file while it grows.
private final class Mailbox {
  private var file: RecordFile

  init(_ name: String, in path: String, _ permissions: FilePermissions) throws(ExtractionError) {
    file = try RecordFile(name, in: path, permissions: permissions)
  }

  var name: String { file.name ?? file.expectedName }

  func reserve(_ bytes: Int) throws(ExtractionError) { try file.reserve(bytes) }

  func append(
    _ files: FilesOfMessage, of transaction: Transaction, _ source: borrowing MessageDirectory
  ) throws(ExtractionError) -> ExtractedMessage {
    let start = file.end
    var line = OutputBuffer(capacity: 256)
    line.appendFromLine(of: transaction)
    let length = line.count
    do throws(ExtractionError) {
      try line.drain { (bytes) throws(ExtractionError) in try file.append(bytes) }
      try file.append(files.message, from: source)
      file.endRecord()
      // What the index says of it must be true whatever happens next.
      try file.flush()
    } catch {
      // Nor may it stand here where the index has no line for it: room that other files leave comes too late.
      file.drop(from: start)
      throw error
    }
    return ExtractedMessage(
      file: file.expectedName, place: (start, file.end - start), holes: files.holes?.map { start + length + $0 })
  }

  func finish() throws(ExtractionError) { try file.finish() }
}

/// A Maildir.
final class MaildirFiles: MessageStore {
  let temporaryPath: String
  private var maildir: Maildir
  private let directory: MessageDirectory

  init(_ path: String, permissions: FilePermissions) throws(ExtractionError) {
    maildir = try Maildir(path: path, permissions: permissions)
    temporaryPath = maildir.temporaryPath
    directory = try MessageDirectory(path: temporaryPath, permissions: permissions)
  }

  func store(
    _ files: FilesOfMessage, of transaction: Transaction, in session: Session
  ) throws(ExtractionError) -> ExtractedMessage {
    let path = try maildir.deliver(
      files.message, from: directory, at: transaction.end, isComplete: transaction.message?.isComplete == true)
    return ExtractedMessage(file: path, holes: files.holes)
  }

  func remove(_ files: FilesOfMessage) { directory.remove(files.message) }
  func finish() {}
  var places: (whole: String?, incomplete: String) { (nil, "folder .incomplete") }
}
