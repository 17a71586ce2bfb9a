internal import MessageExtraction
internal import SMTPAnalysis
private import Synchronization
internal import Wire

/// The messages that are being written, by one or several threads, until they have their names.
final class ExtractedFiles: Sendable {
  private let path: String
  private let limits: ExtractionLimits
  private let permissions = FilePermissions()
  private let state = Mutex(State())
  /// Looked at for each run of bytes, so that nothing more is written behind a failure.
  private let hasFailed = Atomic(false)

  private struct State {
    var lastKey = 0
    var completed: [Int: CompletedMessage] = [:]
    var failure: ExtractionError?
  }

  /// - Parameter writers: How many threads will write.
  init(directory: String, writers: Int) {
    path = directory
    limits = ExtractionLimits().divided(among: writers)
  }

  /// The directory, for the names. Throws where it cannot be written to.
  func openDirectory() throws(Failure) -> MessageDirectory {
    do throws(ExtractionError) {
      return try MessageDirectory(path: path, permissions: permissions)
    } catch {
      throw Failure(status: .outputFailed, message: error.description)
    }
  }

  /// Makes the output of one thread.
  var writer: @Sendable () -> any MessageOutput {
    { [self] in Writer(of: self) }
  }

  /// Gives a message its name in the directory.
  func finish(_ key: Int, name: String, in directory: borrowing MessageDirectory) throws(Failure) {
    try throwIfFailed()
    guard let message = state.withLock({ $0.completed.removeValue(forKey: key) }) else { return }
    do throws(ExtractionError) {
      _ = try directory.giveName(name, to: message)
    } catch {
      fail(with: error)
    }
    try throwIfFailed()
  }

  func throwIfFailed() throws(Failure) {
    guard hasFailed.load(ordering: .relaxed), let failure = state.withLock({ $0.failure }) else { return }
    throw Failure(status: .outputFailed, message: failure.description)
  }

  /// Removes what was written of messages that nobody asked for.
  func removeUnwanted(from directory: borrowing MessageDirectory) {
    let unwanted = state.withLock { state in
      defer { state.completed = [:] }
      return state.completed
    }
    for message in unwanted.values { directory.remove(message) }
  }

  /// A failure is kept until it can be thrown: the analysis knows no errors of disks.
  private func attempt(_ action: () throws(ExtractionError) -> Void) {
    guard !hasFailed.load(ordering: .relaxed) else { return }
    do throws(ExtractionError) { try action() } catch { fail(with: error) }
  }

  private func fail(with error: ExtractionError) {
    state.withLock { if $0.failure == nil { $0.failure = error } }
    hasFailed.store(true, ordering: .relaxed)
  }

  /// What one thread of the analysis writes to.
  private final class Writer: MessageOutput {
    private let files: ExtractedFiles
    private var directory: MessageDirectory?

    init(of files: ExtractedFiles) {
      self.files = files
      files.attempt { () throws(ExtractionError) in
        directory = try MessageDirectory(path: files.path, limits: files.limits, permissions: files.permissions)
      }
    }

    func beginMessage() -> Int {
      let key = files.state.withLock { state in
        state.lastKey += 1
        return state.lastKey
      }
      files.attempt { () throws(ExtractionError) in try directory?.begin(key) }
      return key
    }

    func append(_ bytes: Span<UInt8>, toMessage key: Int) {
      guard !files.hasFailed.load(ordering: .relaxed) else { return }
      do throws(ExtractionError) { try directory?.append(bytes, to: key) } catch { files.fail(with: error) }
    }

    func endMessage(_ key: Int) {
      files.attempt { () throws(ExtractionError) in
        guard let message = try directory?.complete(key) else { return }
        files.state.withLock { $0.completed[key] = message }
      }
    }
  }
}
