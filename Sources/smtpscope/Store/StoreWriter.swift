private import Dispatch
private import Glibc
internal import RecordStore
internal import Reports
internal import SMTPAnalysis
private import Synchronization
internal import Threads
internal import Wire

/// Writes sessions into the database of `--sqlite`, in a thread of its own.
///
/// A run over files waits for it where it is slower, and ends with a failure where it cannot write. A live run waits for nothing:
/// what cannot be written now is tried again every second, what waits is bounded, and sessions behind that are dropped and counted.
final class StoreWriter: Sendable {
  /// What happens to a session when too many wait.
  enum WhenFull: Sendable {
    case wait
    case drop
  }

  /// Rows of one commit, and about so many of a session: each commit writes the pages that it touched anew.
  private static let rowsOfCommit = 8192
  /// Rows that may wait: of a live run some twenty thousand sessions.
  private static let waitingRows = (wait: 65_536, drop: 500_000)
  /// How long a live run gathers sessions for a commit, in microseconds.
  private static let gathering: UInt32 = 200_000

  private let path: String
  private let run: RunFacts
  private let whenFull: WhenFull
  private let store: Mutex<RecordStore?>
  private let state = Mutex(State())
  private let filled = DispatchSemaphore(value: 0)
  private let hasRoom = DispatchSemaphore(value: 0)
  private let finished = DispatchSemaphore(value: 0)

  private struct State {
    var waiting: [StoredSession] = []
    /// Of what waits, and of what is being written.
    var rows = 0
    /// Put since the thread was woken.
    var newRows = 0
    var isAwaited = false
    var writtenSessions = 0
    var droppedSessions = 0
    /// The file is to be opened anew.
    var reopens = false
    var isEnding = false
    var end: RunEnd?
    var failure: StoreError?
  }

  init(_ path: String, _ run: RunFacts, whenFull: WhenFull) throws(Failure) {
    self.path = path
    self.run = run
    self.whenFull = whenFull
    // Where there is no thread nothing is begun: it is there first, and waits for who it works for.
    let start = Channel<StoreWriter?>()
    do throws(ThreadError) {
      try startThread(named: "store") { (start.take() ?? nil)?.write() }
    } catch {
      throw Failure(error)
    }
    do throws(StoreError) {
      store = Mutex(try RecordStore(path: path, run: run))
    } catch {
      start.put(nil)
      throw Failure(status: .outputFailed, message: error.description + ".")
    }
    start.put(self)
  }

  /// Takes a session.
  func put(_ session: Session, _ context: ReportContext) {
    let rows = session.storedRows
    let (wakes, waits) = state.withLock { state in
      switch whenFull {
      case .wait:
        if state.failure != nil { return (false, false) }
      case .drop:
        if state.rows > 0, state.rows + rows > Self.waitingRows.drop {
          state.droppedSessions += 1
          return (false, false)
        }
      }
      state.waiting.append(StoredSession(session, context: context))
      state.rows += rows
      state.newRows += rows
      let wakes = whenFull == .drop || state.newRows >= Self.rowsOfCommit
      if wakes { state.newRows = 0 }
      state.isAwaited = whenFull == .wait && state.rows > Self.waitingRows.wait
      return (wakes, state.isAwaited)
    }
    if wakes { filled.signal() }
    if waits { hasRoom.wait() }
  }

  /// Opens the file anew behind what waits, where its name leads to another one by now.
  func reopen() {
    state.withLock { $0.reopens = true }
    filled.signal()
  }

  /// What is said of it in statistics.
  var statistics: String {
    let (written, waiting, dropped) = state.withLock { ($0.writtenSessions, $0.waiting.count, $0.droppedSessions) }
    let more = [(waiting, "wait"), (dropped, "dropped")].filter { $0.0 > 0 }.map {
      ", \(Quantity.grouped($0.0)) \($0.1)"
    }
    return "\(String(visible: path)): \(Quantity.count(written, "session")) written\(more.joined())"
  }

  /// Waits until everything is written; where `seconds` is given, so long at most. Throws where it was not.
  func finish(_ end: RunEnd?, seconds: Int? = nil) throws(Failure) {
    state.withLock { state in
      state.end = end
      state.isEnding = true
    }
    filled.signal()
    let limit: DispatchTime = seconds.map { .now() + .seconds($0) } ?? .distantFuture
    let isDone = finished.wait(timeout: limit) == .success
    let (failure, dropped, waiting) = state.withLock { ($0.failure, $0.droppedSessions, $0.waiting.count) }
    if whenFull == .wait {
      // It was said when it happened.
      if failure != nil { throw Failure(status: .outputFailed, message: "") }
    } else if !isDone || failure != nil || dropped > 0 {
      let lost = dropped + (isDone ? 0 : waiting)
      let reason = failure.map { $0.description } ?? "\(String(visible: path)): the database was written too slowly"
      throw Failure(
        status: .outputFailed, message: "\(reason); \(Quantity.count(lost, "session")) are not in it.")
    }
  }

  // MARK: The thread

  private func write() {
    switch whenFull {
    case .wait: writeAll()
    case .drop: writeOn()
    }
    finished.signal()
  }

  /// Takes what waits.
  private func take() -> (sessions: [StoredSession], isEnding: Bool) {
    state.withLock { state in
      defer { state.waiting = [] }
      return (state.waiting, state.isEnding)
    }
  }

  /// Writes a part of the sessions from `start` on, and gives the end of it.
  private func write(_ sessions: [StoredSession], from start: Int) throws(StoreError) -> Int {
    var (end, rows) = (start, 0)
    while end < sessions.count, rows < Self.rowsOfCommit {
      rows += sessions[end].session.storedRows
      end += 1
    }
    let part = sessions[start..<end]
    let refused = try store.withLock { (store) throws(StoreError) in
      guard let store else { throw StoreError.notOpen(path) }
      return try store.add(part)
    }
    if refused > 0 {
      say("\(String(visible: path)): the database does not take \(Quantity.count(refused, "session")).", .error)
    }
    let isAwaited = state.withLock { state in
      state.rows -= rows
      state.writtenSessions += part.count - refused
      state.droppedSessions += refused
      guard state.isAwaited, state.rows <= Self.waitingRows.wait / 2 else { return false }
      state.isAwaited = false
      return true
    }
    if isAwaited { hasRoom.signal() }
    return end
  }

  /// The run's row, and the end of it.
  private func close() throws(StoreError) {
    var end = state.withLock { $0.end }
    end?.droppedSessions = state.withLock { $0.droppedSessions }
    try store.withLock { (store) throws(StoreError) in
      guard let open = store else { throw StoreError.notOpen(path) }
      if let end { try open.end(end) }
      try open.close()
      store = nil
    }
  }

  /// A run over files: until everything is written, or something cannot be.
  private func writeAll() {
    do throws(StoreError) {
      while true {
        filled.wait()
        let (sessions, isEnding) = take()
        var done = 0
        while done < sessions.count { done = try write(sessions, from: done) }
        if isEnding { return try close() }
      }
    } catch {
      let (isAwaited, written) = state.withLock { state in
        state.failure = error
        state.waiting = []
        defer { state.isAwaited = false }
        return (state.isAwaited, state.writtenSessions)
      }
      say("\(error.description); it has the first \(Quantity.count(written, "session")).", .error)
      if isAwaited { hasRoom.signal() }
    }
  }

  /// A live run: whatever happens, it is tried again.
  private func writeOn() {
    var trouble = StoreTrouble()
    var sessions: [StoredSession] = []
    var done = 0
    while true {
      // While there is trouble it is tried again; else nothing is done where nothing comes.
      if trouble.isThere { _ = filled.wait(timeout: .now() + .seconds(1)) } else { filled.wait() }
      if !state.withLock({ $0.isEnding }) { usleep(Self.gathering) }
      let (new, isEnding) = take()
      sessions.removeFirst(done)
      sessions += new
      done = 0
      do throws(StoreError) {
        if state.withLock({ $0.reopens }) { try openAnew() }
        while done < sessions.count { done = try write(sessions, from: done) }
        if isEnding { try close() }
        if let words = trouble.end(dropped: state.withLock { $0.droppedSessions }) {
          say("\(String(visible: path)): \(words)", .notice)
        }
        state.withLock { $0.failure = nil }
        if isEnding { return }
      } catch {
        state.withLock { $0.failure = error }
        if let words = trouble.words(error, dropped: state.withLock { $0.droppedSessions }) { say(words, .error) }
      }
    }
  }

  /// Closes the file where its name leads to another one by now, and opens that.
  private func openAnew() throws(StoreError) {
    try store.withLock { (store) throws(StoreError) in
      if let open = store {
        guard !open.isInPlace else { return }
        // What is only in the file beside it would stay behind.
        try open.settle()
        store = nil
        try open.close()
      }
      store = try RecordStore(path: path, run: run)
    }
    state.withLock { $0.reopens = false }
  }

  private func say(_ words: String, _ level: LogLine.Level) {
    switch whenFull {
    case .wait: StandardError.say("smtpscope: " + words)
    case .drop: LogLine.say(words, level)
    }
  }
}

/// What there is to say of a database that cannot be written for a while: once, then what is lost, and when it goes on.
private struct StoreTrouble {
  private(set) var isThere = false
  private var toldDropped = 0
  private var nextWords: Int64 = 0

  /// Lines are at least so far apart, in nanoseconds.
  private static let silence: Int64 = 10_000_000_000

  mutating func words(_ error: StoreError, dropped: Int) -> String? {
    let now = LiveClock.steady
    defer { isThere = true }
    guard !isThere || (dropped > toldDropped && now >= nextWords) else { return nil }
    nextWords = now &+ Self.silence
    let lost = dropped > toldDropped ? "\(Quantity.count(dropped - toldDropped, "session")) dropped" : "sessions wait"
    toldDropped = dropped
    return "\(error.description); \(lost), and it is tried again"
  }

  mutating func end(dropped: Int) -> String? {
    guard isThere else { return nil }
    isThere = false
    let lost = dropped > 0 ? "; \(Quantity.count(dropped, "session")) dropped in all" : ""
    toldDropped = dropped
    return "the database is written again\(lost)"
  }
}

extension Session {
  /// About how many rows it makes.
  fileprivate var storedRows: Int {
    var rows = 3 + phases.count + findings.count + dialogue.count
    // By index: a whole transaction is much to copy.
    for index in transactions.indices { rows += 3 + transactions[index].recipients.count }
    return rows
  }
}
