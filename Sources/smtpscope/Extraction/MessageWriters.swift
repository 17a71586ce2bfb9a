internal import MessageExtraction
internal import SMTPAnalysis
private import Synchronization
internal import Wire

/// The files of one message that are whole and wait for the message's session, which tells their names.
struct FilesOfMessage: Sendable {
  var message: CompletedMessage
  /// Where in the file bytes are missing; nil where it has the message byte for byte.
  var holes: [Int]?
}

/// The messages that are being written, by one or several threads, until their sessions have ended.
final class MessageWriters: Sendable {
  /// The directory with the hidden files.
  let path: String
  private let form: ExtractionForm
  private let limits: ExtractionLimits
  private let permissions: FilePermissions
  private let mayBeLink: Bool
  private let state = Mutex(State())
  /// Looked at for each run of bytes: behind a failure nothing more is written, and what is not whole is removed at once,
  /// which makes room for what is.
  private let hasFailed = Atomic(false)

  private struct State {
    var lastKey = 0
    var completed: [Int: FilesOfMessage] = [:]
    var bytesInMemory = 0
    var failure: ExtractionError?
  }

  /// - Parameters:
  ///   - count: How many threads will write.
  ///   - mayBeLink: The directory is the user's to name.
  init(_ form: ExtractionForm, in path: String, permissions: FilePermissions, count: Int, mayBeLink: Bool = true) {
    self.path = path
    self.form = form
    self.permissions = permissions
    self.mayBeLink = mayBeLink
    limits = ExtractionLimits().divided(among: count)
  }

  /// Makes the output of one thread.
  var writer: @Sendable () -> any MessageOutput {
    switch form {
    case .eml: { [self] in ByteWriter(of: self) }
    case .mbox, .maildir: { [self] in TextWriter(of: self, isMailbox: form == .mbox) }
    }
  }

  /// Takes the files of a message that has ended; nil where there are none, or they were taken before.
  func take(_ key: Int) -> FilesOfMessage? {
    state.withLock { state in
      guard let files = state.completed.removeValue(forKey: key) else { return nil }
      state.bytesInMemory -= files.message.bytesInMemory
      return files
    }
  }

  /// Takes those of the message that began last, of those on the disk that nobody has taken yet; nil where there is none.
  func takeNewestFile() -> FilesOfMessage? {
    state.withLock { state in
      let newest = state.completed.lazy.filter(\.value.message.isFile).max { $0.key < $1.key }
      return newest.flatMap { state.completed.removeValue(forKey: $0.key) }
    }
  }

  /// Takes those of all messages that nobody asked for.
  func takeAll() -> [FilesOfMessage] {
    state.withLock { state in
      defer { state.completed = [:] }
      return Array(state.completed.values)
    }
  }

  /// Why no more is written; nil where all is well.
  var failure: ExtractionError? {
    hasFailed.load(ordering: .relaxed) ? state.withLock { $0.failure } : nil
  }

  private func nextKey() -> Int {
    state.withLock { state in
      state.lastKey += 1
      return state.lastKey
    }
  }

  private func put(_ files: FilesOfMessage, for key: Int) {
    state.withLock { state in
      state.completed[key] = files
      state.bytesInMemory += files.message.bytesInMemory
    }
  }

  private var freeMemory: Int {
    max(0, ExtractionLimits().waitingBytes - state.withLock { $0.bytesInMemory })
  }

  private func makeDirectory() -> MessageDirectory? {
    do throws(ExtractionError) {
      return try MessageDirectory(path: path, limits: limits, permissions: permissions, mayBeLink: mayBeLink)
    } catch {
      fail(with: error)
      return nil
    }
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

  /// Writes messages byte for byte.
  private final class ByteWriter: MessageOutput {
    private let writers: MessageWriters
    private var directory: MessageDirectory?

    init(of writers: MessageWriters) {
      self.writers = writers
      directory = writers.makeDirectory()
    }

    func beginMessage() -> Int {
      let key = writers.nextKey()
      writers.attempt { () throws(ExtractionError) in try directory?.begin(key) }
      return key
    }

    func append(_ bytes: Span<UInt8>, toMessage key: Int) {
      guard !writers.hasFailed.load(ordering: .relaxed) else { return directory = nil }
      do throws(ExtractionError) { try directory?.append(bytes, to: key) } catch { writers.fail(with: error) }
    }

    func skip(_ count: Int, inMessage key: Int) {}

    func endMessage(_ key: Int) {
      guard !writers.hasFailed.load(ordering: .relaxed) else { return directory = nil }
      writers.attempt { () throws(ExtractionError) in
        guard let message = try directory?.complete(key) else { return }
        writers.put(FilesOfMessage(message: message), for: key)
      }
    }
  }

  /// Writes messages as mail programs keep them in files.
  private final class TextWriter: MessageOutput {
    private let writers: MessageWriters
    private let isMailbox: Bool
    private var directory: MessageDirectory?
    private var texts: [Int: MailboxText] = [:]
    /// What the bytes at hand are in the file, kept for its memory.
    private var converted: [UInt8] = []

    init(of writers: MessageWriters, isMailbox: Bool) {
      self.writers = writers
      self.isMailbox = isMailbox
      directory = writers.makeDirectory()
    }

    func beginMessage() -> Int {
      let key = writers.nextKey()
      writers.attempt { () throws(ExtractionError) in
        try directory?.begin(key)
        texts[key] = MailboxText(quotesFrom: isMailbox, mostHoles: AnalysisLimits().holesPerMessage)
      }
      return key
    }

    func append(_ bytes: Span<UInt8>, toMessage key: Int) {
      guard !writers.hasFailed.load(ordering: .relaxed) else { return directory = nil }
      texts[key]?.convert(bytes, into: &converted)
      write(to: key)
    }

    func skip(_ count: Int, inMessage key: Int) {
      guard !writers.hasFailed.load(ordering: .relaxed) else { return }
      texts[key]?.skip(into: &converted)
      write(to: key)
    }

    func endMessage(_ key: Int) {
      guard !writers.hasFailed.load(ordering: .relaxed) else { return directory = nil }
      guard var text = texts.removeValue(forKey: key) else { return }
      text.end(into: &converted)
      write(to: key)
      writers.attempt { () throws(ExtractionError) in
        let completed =
          try isMailbox
          ? directory?.completeInMemory(key, upTo: writers.freeMemory) : directory?.complete(key)
        guard let completed else { return }
        writers.put(FilesOfMessage(message: completed, holes: text.holes), for: key)
      }
    }

    private func write(to key: Int) {
      let bytes = converted
      converted.removeAll(keepingCapacity: true)
      do throws(ExtractionError) { try directory?.append(bytes.span, to: key) } catch { writers.fail(with: error) }
    }
  }
}
