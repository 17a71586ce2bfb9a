internal import GRDB
package import Reports
package import SMTPAnalysis
internal import TCPStreams
package import Wire

/// What the database says of a run when it begins.
package struct RunFacts: Sendable {
  package var command: String
  package var arguments: [String]
  package var programVersion: String
  package var start: CaptureTime

  package init(command: String, arguments: [String], programVersion: String, start: CaptureTime) {
    self.command = command
    self.arguments = arguments
    self.programVersion = programVersion
    self.start = start
  }
}

/// A session with what is needed to write it.
package struct StoredSession: Sendable {
  package var session: Session
  package var context: ReportContext

  package init(_ session: Session, context: ReportContext) {
    self.session = session
    self.context = context
  }
}

/// An SQLite database of sessions; the schema stands in `Schema`.
///
/// It is written ahead (WAL), so that others read while this writes, and whoever kills this process loses nothing that was
/// committed. One thread at a time may call it.
package final class RecordStore {
  private let path: String
  private let file: StoreFile
  private let queue: DatabaseQueue
  private var insertions: Insertions?
  private var run: Int64 = 0
  /// The rows of this run's inputs by their numbers.
  private var captures: [Int: Int64] = [:]

  /// Opens the database, or makes it where there is none, and begins a run in it.
  ///
  /// What is no database of this program's, or of another version, is refused and left as it is.
  package init(path: String, run facts: RunFacts) throws(StoreError) {
    self.path = path
    file = try StoreFile(path)
    do {
      // SQLite takes what begins with "file:" or ":" for something else.
      queue = try DatabaseQueue(path: path.hasPrefix("/") ? path : "./" + path, configuration: Self.configuration)
      try queue.inDatabase { database in
        if try Int.fetchOne(database, sql: "PRAGMA user_version") == 0 { try Self.makeSchema(database) }
        // Here, since the schema is written without it: so the file's header tells at any time whose it is.
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        insertions = try Insertions(database)
      }
      run = try queue.write { database in
        try database.execute(
          sql: "INSERT INTO runs (command, arguments, program_version, started) VALUES (?, ?, ?, ?)",
          arguments: [
            facts.command, StoredText.array(facts.arguments), facts.programVersion,
            StoredText.time(facts.start, decimals: 3),
          ])
        return database.lastInsertedRowID
      }
    } catch {
      throw StoreError(error, at: path)
    }
  }

  /// How long another program may write before this gives up for now, in seconds.
  private static let patience = 5.0

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "store"
    configuration.busyMode = .timeout(patience)
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA synchronous = NORMAL;     -- with WAL: only a failing system loses the last commits
          PRAGMA wal_autocheckpoint = 4000;
          PRAGMA journal_size_limit = 67108864;
          PRAGMA cache_size = -32768;
          PRAGMA temp_store = MEMORY;      -- nothing may be written but beside the database
          """)
    }
    return configuration
  }

  private static func makeSchema(_ database: Database) throws {
    try database.inTransaction(.immediate) {
      // Another program may have been faster.
      if try Int.fetchOne(database, sql: "PRAGMA user_version") == 0 {
        try database.execute(
          sql: """
            PRAGMA application_id = \(Schema.applicationID);
            PRAGMA user_version = \(Schema.version);
            \(Schema.tables)\(Schema.views)
            """)
      }
      return .commit
    }
  }

  /// Whether the file is still what its name leads to.
  package var isInPlace: Bool { file.isInPlace }

  /// Writes sessions in one go: all of them, or none where it throws.
  ///
  /// - Returns: How many were left out because the database does not take them; no other attempt would do better.
  package func add(_ sessions: ArraySlice<StoredSession>) throws(StoreError) -> Int {
    do throws(StoreError) {
      try write(sessions)
      return 0
    } catch {
      guard error.kind == .row else { throw error }
    }
    var refused = 0
    for index in sessions.indices {
      do throws(StoreError) {
        try write(sessions[index...index])
      } catch {
        guard error.kind == .row else { throw error }
        refused += 1
      }
    }
    return refused
  }

  private func write(_ sessions: ArraySlice<StoredSession>) throws(StoreError) {
    let known = captures
    do {
      try queue.write { database in
        for index in sessions.indices {
          let (session, context) = (sessions[index].session, sessions[index].context)
          let connection = session.connection
          let first = try capture(connection.firstFrame.file, context, database)
          let last = try capture(connection.lastFrame.file, context, database)
          try insertions?.insert(session, ofRun: run, captures: (first, last), context: context)
        }
      }
    } catch {
      // What was inserted with them is gone too.
      captures = known
      throw StoreError(error, at: path)
    }
  }

  /// The row of an input, made when it is met first; what was counted of it comes at the end.
  private func capture(_ number: Int, _ context: ReportContext, _ database: Database) throws -> Int64 {
    if let row = captures[number] { return row }
    let name = context.fileNames.indices.contains(number) ? context.fileNames[number] : ""
    try database.execute(
      sql: "INSERT INTO captures (run_id, number, file) VALUES (?, ?, ?)",
      arguments: [run, number + 1, name.replacing("\0", with: "\u{fffd}")])
    captures[number] = database.lastInsertedRowID
    return database.lastInsertedRowID
  }

  /// Writes what is known when everything was read.
  package func end(_ end: RunEnd) throws(StoreError) {
    let known = captures
    do {
      try queue.write { database in
        for (number, capture) in end.captures.enumerated() {
          let row = try self.capture(number, end.context, database)
          try update(row, capture, decimals: end.context.timeDecimals, database)
        }
        let summary = end.summary
        for (index, note) in summary.notes.enumerated() {
          var row = Row(columns: 4)
          row.add(run)
          row.add(index + 1)
          row.add(word: note.finding.rawValue)
          row.add(text: note.message)
          try insertions?.insert(row, into: .notes)
        }
        try database.execute(
          sql: """
            UPDATE runs SET ended = ?, sessions = ?, messages = ?, message_bytes = ?, packets_not_smtp = ?, duration_ms = ?,
              evicted_connections = ?, dropped_bytes = ?, forgotten_names = ?, dropped_sessions = ? WHERE id = ?
            """,
          arguments: [
            StoredText.time(end.time, decimals: 3), summary.sessions, summary.messages, summary.messageBytes,
            summary.packetsNotSMTP, Row.milliseconds(summary.duration), summary.limited.evictedConnections,
            summary.limited.droppedBytes, summary.limited.forgottenNames, end.droppedSessions, run,
          ])
      }
    } catch {
      captures = known
      throw StoreError(error, at: path)
    }
  }

  private func update(_ row: Int64, _ capture: CaptureSummary, decimals: Int, _ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE captures SET packets = ?, bytes = ?, link_types = ?, is_truncated = ?, error = ?, dropped_by_kernel = ?,
          dropped_by_interface = ?, start_time = ?, end_time = ? WHERE id = ?
        """,
      arguments: [
        capture.packets, capture.bytes, StoredText.array(capture.linkTypes), capture.isTruncated, capture.error,
        capture.dropped?.kernel, capture.dropped?.interface,
        capture.start.map { StoredText.time($0, decimals: decimals) },
        capture.end.map { StoredText.time($0, decimals: decimals) }, row,
      ])
  }

  /// Brings everything into the file itself, so that it is whole wherever it was moved to.
  package func settle() throws(StoreError) {
    do {
      _ = try queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    } catch {
      throw StoreError(error, at: path)
    }
  }

  /// Closes the database; where nobody else has it open, the files beside it go.
  package func close() throws(StoreError) {
    do {
      queue.inDatabase { _ in insertions = nil }
      try queue.close()
    } catch {
      throw StoreError(error, at: path)
    }
  }
}

/// What the database says of a run when it has ended.
package struct RunEnd: Sendable {
  package var summary: AnalysisSummary
  package var captures: [CaptureSummary]
  package var context: ReportContext
  package var time: CaptureTime
  /// Sessions that could not be written.
  package var droppedSessions = 0

  package init(summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, time: CaptureTime) {
    self.summary = summary
    self.captures = captures
    self.context = context
    self.time = time
  }
}
