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
  private var index: RecordFile
  private var record = OutputBuffer()
  private var whole = 0
  private var incomplete = 0

  /// - Parameter threads: How many threads will write.
  init(_ form: ExtractionForm, into path: String, threads: Int) throws(Failure) {
    let permissions = FilePermissions()
    do throws(ExtractionError) {
      store = try form.makeStore(path, permissions: permissions)
      index = try RecordFile("index.ndjson", in: path, permissions: permissions)
    } catch {
      throw Failure(status: .outputFailed, message: error.description)
    }
    self.path = path
    writers = MessageWriters(form, in: store.temporaryPath, permissions: permissions, count: threads)
  }

  /// What the analysis writes messages to.
  var writer: @Sendable () -> any MessageOutput { writers.writer }

  /// Gives the messages of a session their places.
  func take(_ session: Session, _ context: ReportContext) throws(Failure) {
    do throws(ExtractionError) {
      try writers.throwIfFailed()
      for transaction in session.transactions {
        guard let message = transaction.message, let key = message.outputKey, let files = writers.take(key) else {
          continue
        }
        let extracted = try store.store(files, of: transaction, in: session)
        if message.isComplete { whole += 1 } else { incomplete += 1 }
        record.appendRecord(extracted, of: transaction, in: session, context: context)
        record.append(byte: UInt8(ascii: "\n"))
        try record.drain { (bytes) throws(ExtractionError) in try index.append(bytes) }
        index.endRecord()
      }
    } catch {
      throw Failure(status: .outputFailed, message: error.description)
    }
  }

  /// Removes the messages of a session that the selection left out.
  func remove(_ session: Session) {
    for transaction in session.transactions {
      guard let key = transaction.message?.outputKey, let files = writers.take(key) else { continue }
      store.remove(files)
    }
  }

  /// Everything has been read: what is left of no use goes, what is whole gets its name. Throws where that failed.
  func finish() throws(Failure) {
    for files in writers.takeAll() { store.remove(files) }
    var failure: ExtractionError?
    do throws(ExtractionError) { try writers.throwIfFailed() } catch { failure = error }
    do throws(ExtractionError) { try store.finish() } catch { failure = failure ?? error }
    do throws(ExtractionError) { try index.finish() } catch { failure = failure ?? error }
    if let failure { throw Failure(status: .outputFailed, message: failure.description) }
  }

  /// What a person reads at the end.
  var summary: String {
    let count = whole + incomplete
    let places = store.places
    var text = "\(count) message\(count == 1 ? "" : "s") written to \(visible(places.whole))"
    if incomplete > 0 { text += ", \(incomplete) of them incomplete (\(places.incomplete))" }
    if let name = index.name { text += "; \(visible(name)) tells whose they are and what became of them" }
    return text + "."
  }

  /// What a person reads where writing failed.
  var remains: String {
    let count = whole + incomplete
    guard count > 0 else { return "No message was written." }
    var text = "\(count) message\(count == 1 ? "" : "s") written before \(count == 1 ? "is" : "are") whole"
    if let name = index.name { text += ", see \(visible(name))" }
    return text + "."
  }

  private func visible(_ name: String) -> String {
    String(visible: name.isEmpty ? path : path.hasSuffix("/") ? path + name : path + "/" + name)
  }
}
