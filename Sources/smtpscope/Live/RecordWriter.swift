private import CLinux
private import Dispatch
private import FileWriting
private import Glibc
internal import Reports
private import Synchronization
internal import Threads
internal import Wire

/// Writes records in a thread of its own, so that whoever reads them slowly holds up no packet.
///
/// What waits is bounded. When it is full, records are dropped whole and counted: a packet that is not read in time would
/// make gaps in connections and findings that are not true, a record that is missing is missing and nothing else.
final class RecordWriter: Sendable {
  /// How many bytes may wait: of sessions some ten thousand.
  private static let waitingBytes = 64 << 20

  private let state: Mutex<State>
  private let filled = DispatchSemaphore(value: 0)
  private let finished = DispatchSemaphore(value: 0)
  private let hasFailed = Atomic(false)
  private let head: (@Sendable () -> [UInt8])?

  private struct State {
    var waiting: [[UInt8]] = []
    var bytes = 0
    var droppedRecords = 0
    var isEnding = false
    /// The file is to be opened anew.
    var reopens = false
    var failure: Failure?
  }

  /// - Parameters:
  ///   - path: The file that records are appended to; nil for standard output.
  ///   - head: What a file begins with, of those that have nothing in them yet.
  init(path: String?, head: (@Sendable () -> [UInt8])? = nil) throws(Failure) {
    state = Mutex(State())
    self.head = head
    // Where there is no thread nothing is begun: it is there first, and waits for who it works for.
    let start = Channel<(writer: RecordWriter, file: Int32)?>()
    do throws(ThreadError) {
      try startThread(named: "records") {
        if let (writer, file) = start.take() ?? nil { writer.write(to: file, path) }
      }
    } catch {
      throw Failure(error)
    }
    do throws(Failure) {
      start.put((self, try Self.open(path, head)))
    } catch {
      start.put(nil)
      throw error
    }
  }

  /// Takes what is in the buffer, which has so many records. False where they are dropped.
  func put(_ output: inout OutputBuffer, records: Int) -> Bool {
    guard output.count > 0 else { return true }
    var bytes: [UInt8] = []
    output.drain { bytes.append($0) }
    let isTaken = state.withLock { state in
      guard state.bytes == 0 || state.bytes + bytes.count <= Self.waitingBytes else {
        state.droppedRecords += records
        return false
      }
      state.waiting.append(bytes)
      state.bytes += bytes.count
      return true
    }
    if isTaken { filled.signal() }
    return isTaken
  }

  /// Records that were dropped so far.
  var droppedRecords: Int { state.withLock { $0.droppedRecords } }

  /// Why nothing can be written any more; nil where all is well.
  var failure: Failure? { hasFailed.load(ordering: .relaxed) ? state.withLock { $0.failure } : nil }

  /// Opens the file anew behind what waits; whoever moved it away finds everything in one of the two.
  func reopen() {
    state.withLock { $0.reopens = true }
    filled.signal()
  }

  /// Waits until everything is written, but not for ever. Throws where it was not.
  func finish(seconds: Int) throws(Failure) {
    state.withLock { $0.isEnding = true }
    filled.signal()
    let isDone = finished.wait(timeout: .now() + .seconds(seconds)) == .success
    if let failure { throw failure }
    let left = state.withLock { $0.bytes }
    if !isDone || left > 0 {
      throw Failure(
        status: .outputFailed,
        message:
          "the output's reader did not take the last \(Quantity.size(left)) within \(seconds) seconds; they are lost.")
    }
  }

  // MARK: The thread

  private func write(to first: Int32, _ path: String?) {
    var file = first
    defer { finished.signal() }
    while true {
      filled.wait()
      var (next, reopens, isEnding) = state.withLock { state in
        (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.reopens, state.isEnding)
      }
      do throws(Failure) {
        while let bytes = next {
          try Self.write(bytes, to: file, path)
          next = state.withLock { state in
            state.bytes -= bytes.count
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
          }
        }
        if reopens, let path {
          let opened = try Self.open(path, head)
          close(file)
          file = opened
        }
      } catch {
        state.withLock { $0.failure = error }
        hasFailed.store(true, ordering: .relaxed)
        return
      }
      if reopens { state.withLock { $0.reopens = false } }
      if isEnding { return }
    }
  }

  private static func open(_ path: String?, _ head: (() -> [UInt8])?) throws(Failure) -> Int32 {
    let file = try open(path)
    guard let head else { return file }
    var status = stat()
    // fstat(2) fills the structure that it is given. What has no size, a terminal or a pipe, is new.
    let isNew = unsafe path == nil || fstat(file, &status) != 0 || status.st_size == 0
    if isNew { try write(head(), to: file, path) }
    return file
  }

  private static func open(_ path: String?) throws(Failure) -> Int32 {
    guard let path else { return StandardOutput.descriptor }
    // The path is a copy that ends with a zero, for the call; what strerror(3) gives is copied at once.
    let file = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard file >= 0 else {
      let reason = unsafe String(cString: strerror(errno))
      throw Failure(
        status: .outputFailed,
        message:
          "\(String(visible: path)): cannot be opened to write: \(reason). Name a file in a directory where user \(geteuid()) may write."
      )
    }
    return file
  }

  private static func write(_ bytes: [UInt8], to file: Int32, _ path: String?) throws(Failure) {
    do throws(FileWritingError) {
      try bytes.span.write(to: file)
    } catch {
      let reason = path == nil && error.code == EPIPE ? "closed by its reader" : error.words
      let name = path.map { String(visible: $0) } ?? "standard output"
      throw Failure(status: .outputFailed, message: "\(name): \(reason); what was not written is lost.")
    }
  }
}
