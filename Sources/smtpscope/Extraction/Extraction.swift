internal import MIMEParts
internal import MessageExtraction
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// The messages of a run on their way to their places, and the index that says of each what became of it.
///
/// The writers write while sessions last; when a session has ended, its messages are named and listed, in the order of the
/// sessions, which is the same with any number of threads.
final class Extraction {
  private let path: String
  private let store: any MessageStore
  private let writers: MessageWriters
  /// The decoded parts; nil where they are not asked for.
  private let attachments: AttachmentFiles?
  private var index: RecordFile
  private var record = OutputBuffer()
  private var whole = 0
  private var incomplete = 0
  private var parts = 0
  /// Why no more messages get their places.
  private var failure: ExtractionError?
  /// The disk was full, and of those that wait the last ones were given up so that others find room.
  private var shortage: ExtractionError?

  /// Bytes of a line of the index for which there is room before its message is named: what most lines are far below, and more
  /// for each recipient and each part beyond a few.
  private static func room(for message: Message, of transaction: Transaction) -> Int {
    1 << 14 + max(0, transaction.recipients.count - 8) << 9 + max(0, (message.contents?.parts.count ?? 0) - 8) << 10
  }

  /// - Parameter outputs: How many outputs the analysis will ask for.
  init(_ form: ExtractionForm, withAttachments: Bool, into path: String, outputs: Int) throws(Failure) {
    let permissions = FilePermissions()
    do throws(ExtractionError) {
      store = try form.makeStore(path, permissions: permissions)
      attachments =
        withAttachments ? try AttachmentFiles(in: path, permissions: permissions, outputs: outputs) : nil
      index = try RecordFile("index.ndjson", in: path, permissions: permissions)
    } catch {
      throw Failure(status: .outputFailed, message: error.description)
    }
    self.path = path
    writers = MessageWriters(form, in: store.temporaryPath, permissions: permissions, count: outputs)
  }

  /// What the analysis writes messages to.
  var writer: @Sendable () -> any MessageOutput { attachments?.writer(with: writers.writer) ?? writers.writer }

  /// Gives the messages of a session their places. Behind a failure of the writers those that are whole still get theirs.
  func take(_ session: Session, _ context: ReportContext) {
    guard failure == nil else { return remove(session) }
    do throws(ExtractionError) {
      for transaction in session.transactions {
        guard let message = transaction.message, let key = message.outputKey else { continue }
        guard let files = writers.take(key) else { continue }
        do throws(ExtractionError) {
          // No message gets its place without room for its line in the index.
          let room = Self.room(for: message, of: transaction)
          try makeRoom { () throws(ExtractionError) in try index.reserve(room) }
          try store.reserve(for: transaction)
        } catch {
          store.remove(files)
          guard error.isShortage else { throw error }
          // Others may find room, now that this one takes none.
          shortage = shortage ?? error
          continue
        }
        let extracted = try store.store(files, of: transaction, in: session)
        var transaction = transaction
        if let contents = message.contents, let attachments {
          let stored = attachments.store(contents, of: transaction, in: session)
          transaction.message?.contents = stored
          parts += stored.parts.count { $0.file != nil }
        }
        if message.isComplete { whole += 1 } else { incomplete += 1 }
        record.appendRecord(extracted, of: transaction, in: session, context: context)
        record.append(byte: UInt8(ascii: "\n"))
        try record.drain { (bytes) throws(ExtractionError) in try index.append(bytes) }
        index.endRecord()
      }
      // A disk that fills up later finds the lines of what was written before.
      try index.flush()
    } catch {
      failure = error
    }
  }

  /// Asks for room until it is there: on a full disk what would get its place last gives up its own.
  private func makeRoom(_ ask: () throws(ExtractionError) -> Void) throws(ExtractionError) {
    while true {
      do throws(ExtractionError) {
        return try ask()
      } catch {
        guard error.isShortage, removeNewest() else { throw error }
        shortage = shortage ?? error
      }
    }
  }

  private func removeNewest() -> Bool {
    guard let files = writers.takeNewestFile() else { return attachments?.removeNewest() ?? false }
    store.remove(files)
    return true
  }

  /// Whether anything failed: there is no use in reading on.
  var hasFailed: Bool {
    failure != nil || shortage != nil || writers.failure != nil || attachments?.failure != nil
  }

  /// Removes the messages of a session that the selection left out.
  func remove(_ session: Session) {
    for transaction in session.transactions {
      if let contents = transaction.message?.contents { attachments?.remove(contents) }
      guard let key = transaction.message?.outputKey, let files = writers.take(key) else { continue }
      store.remove(files)
    }
  }

  /// All sessions were taken: what is of no use goes, what is whole gets its name. Throws where anything failed.
  func finish() throws(Failure) {
    for files in writers.takeAll() { store.remove(files) }
    attachments?.finish()
    var failure = self.failure ?? shortage ?? writers.failure ?? attachments?.failure
    do throws(ExtractionError) { try store.finish() } catch { failure = failure ?? error }
    do throws(ExtractionError) { try index.finish() } catch { failure = failure ?? error }
    if let failure { throw Failure(status: .outputFailed, message: "\(failure.description). \(remains)") }
  }

  /// What a person reads at the end.
  var summary: String {
    let count = whole + incomplete
    let places = store.places
    var text = "\(count) message\(count == 1 ? "" : "s") written to \(visible())"
    if let file = places.whole { text += " (\(file))" }
    if incomplete > 0 { text += ", \(incomplete) of them incomplete (\(places.incomplete))" }
    if attachments != nil {
      text += ", \(parts) part\(parts == 1 ? "" : "s") of them to \(visible(AttachmentFiles.folder))"
    }
    if let name = index.name { text += "; \(visible(name)) tells whose they are and what became of them" }
    return text + "."
  }

  /// What a person reads where writing failed.
  private var remains: String {
    let count = whole + incomplete
    guard count > 0 else { return "No message was written." }
    var text =
      "\(count) message\(count == 1 ? " that was" : "s that were") written before stand\(count == 1 ? "s" : "")"
    if let name = index.name { text += ", as \(visible(name)) tells" }
    return text + "."
  }

  private func visible(_ name: String = "") -> String {
    String(visible: name.isEmpty ? path : path.hasSuffix("/") ? path + name : path + "/" + name)
  }
}
