import Foundation
import GRDB
import Reports
import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

@testable import RecordStore

private let context = ReportContext(fileNames: ["own.pcap"], showsDialogue: true)

/// The sessions of a dialogue, as an analysis gives them.
private func sessions(_ text: String) -> [Session] {
  var options = AnalysisOptions()
  options.keepsDialogue = true
  options.listsAttachments = true
  var analyzer = Analyzer(options: options)
  for (index, frame) in Conversation(text).frames.enumerated() {
    analyzer.receive(
      frame.bytes.span,
      descriptor: FrameDescriptor(
        time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
  }
  analyzer.finish()
  var sessions: [Session] = []
  while let session = analyzer.nextSession() { sessions.append(session) }
  return sessions
}

private let mails = """
  S: 220 mx.example ESMTP
  C: EHLO client.example
  S: 250-mx.example
  S: 250 PIPELINING
  C: MAIL FROM:<Ann@Kestrel.example> BODY=8BITMIME
  S: 250 2.1.0 Ok
  C: RCPT TO:<bob@Harbour.example>
  S: 250 2.1.5 Ok
  C: RCPT TO:<caf\\xe9@harbour.example>
  S: 550-5.1.1 No such
  S: 550 5.1.1 \\x1b[2Juser \\xff\\0here
  C: DATA
  S: 354 go
  C: Subject: Fig\\xc3\\xbcres
  C: Content-Type: multipart/mixed; boundary=b
  C:
  C: --b
  C: Content-Disposition: attachment; filename=x.txt
  C:
  C: https://kestrel.example/
  C: --b--
  C: .
  S: 250 2.0.0 queued as 4XyZ12
  C: MAIL FROM:<>
  S: 250 2.1.0 Ok
  C: QUIT
  S: 221 bye

  """

/// A database in a folder of its own.
private final class Place {
  let folder = FileManager.default.temporaryDirectory.appending(path: "smtpscope-test-\(UUID().uuidString)")
  var path: String { folder.appending(path: "mail.db").path }

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }

  func store() throws -> RecordStore {
    try RecordStore(
      path: path,
      run: RunFacts(
        command: "analyze", arguments: ["smtpscope", "a\"b"], programVersion: "1",
        start: CaptureTime(nanoseconds: 1_795_166_042_123_456_789)))
  }

  /// Reads when the store is closed: a file that this process closes gives up the locks of another connection to it.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try DatabaseQueue(path: path).read(body)
  }
}

@Suite struct RecordStoreTests {
  @Test func `a session's rows refer to each other and the search finds them`() throws {
    let place = try Place()
    let store = try place.store()
    let all = sessions(mails).map { StoredSession($0, context: context) }
    #expect(try store.add(all[...]) == 0)
    try store.close()
    try place.read { database in
      let run = try #require(try Row.fetchOne(database, sql: "SELECT * FROM runs"))
      #expect(run["started"] == "2026-11-20T09:14:02.123Z" && run["arguments"] == #"["smtpscope","a\"b"]"#)
      #expect(run["ended"] == nil as String?)
      let session = try #require(try Row.fetchOne(database, sql: "SELECT * FROM sessions"))
      #expect(session["client_ip"] == "192.0.2.7" && session["server_port"] == 25)
      #expect(session["start_time"] == "2026-11-20T09:14:02.000000Z")
      #expect(session["start_ns"] == 1_795_166_042_000_000_000)
      #expect(session["extensions"] == #"["PIPELINING"]"# && session["verdict"] == "partial")

      let recipients = try Row.fetchAll(database, sql: "SELECT * FROM recipients ORDER BY number")
      #expect(recipients.map { $0["domain"] } == ["harbour.example", "harbour.example"])
      #expect(recipients[1]["address"] == "caf\u{fffd}@harbour.example")
      #expect(recipients[1]["address_base64"] == "Y2Fm6UBoYXJib3VyLmV4YW1wbGU=")
      // The NUL would be the end of the text for SQLite's functions.
      #expect(recipients[1]["text"] == "5.1.1 No such\n5.1.1 \u{1b}[2Juser \u{fffd}\u{fffd}here")
      #expect(recipients.map { $0["outcome"] } == ["accepted", "refused"])

      let senders = try Row.fetchAll(database, sql: "SELECT mail_from, mail_from_domain FROM transactions ORDER BY id")
      #expect(senders.map { $0[0] } == ["Ann@Kestrel.example", ""])
      #expect(senders.map { $0[1] } == ["kestrel.example", nil as String?])
      #expect(try String.fetchOne(database, sql: "SELECT name FROM attachments") == "x.txt")
      #expect(try String.fetchAll(database, sql: "SELECT url FROM urls") == ["https://kestrel.example/"])
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM dialogue") ?? 0 > 15)
      for words in ["subject : figures", "\"bob@harbour.example\"", "replies : 4XyZ12", "sender : kestrel"] {
        let found = try Int.fetchAll(
          database, sql: "SELECT rowid FROM mail_search WHERE mail_search MATCH ?", arguments: [words])
        #expect(found == [1], "\(words)")
      }
    }
    try expectWhole(place)
  }

  @Test func `what is deleted takes with it what hangs on it, from the search too`() throws {
    let place = try Place()
    for _ in 0..<2 {
      let store = try place.store()
      let all = sessions(mails).map { StoredSession($0, context: context) }
      #expect(try store.add(all[...]) == 0)
      try store.close()
    }
    try DatabaseQueue(path: place.path).write { try $0.execute(sql: "DELETE FROM runs WHERE id = 1") }
    try place.read { database in
      for table in Table.allCases where table != .mailSearch {
        let rows = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table.rawValue)") ?? 0
        let ofOne = [.sessions, .captures, .messages, .attachments, .urls].contains(table)
        if ofOne { #expect(rows == 1, "\(table)") }
      }
      #expect(try Int.fetchAll(database, sql: "SELECT rowid FROM mail_search('figures')") == [3])
    }
    try expectWhole(place)
  }

  @Test func `a session that the tables do not take is left out alone`() throws {
    let place = try Place()
    let store = try place.store()
    var all = sessions(mails).map { StoredSession($0, context: context) }
    // A number twice in a run.
    all = [all[0], all[0], all[0]]
    all[2].session.id = 2
    #expect(try store.add(all[...]) == 1)
    try store.close()
    #expect(try place.read { try Int.fetchAll($0, sql: "SELECT number FROM sessions ORDER BY id") } == [1, 2])
    try expectWhole(place)
  }

  @Test func `the end of a run tells the sums`() throws {
    let place = try Place()
    let store = try place.store()
    var summary = AnalysisSummary()
    summary.duration = 183_109_032_725_794_000
    summary.notes = [AnalysisSummary.Note(.captureDropped, "lost")]
    var capture = CaptureSummary(file: "a\0b.pcap")
    capture.packets = 7
    var end = RunEnd(
      summary: summary, captures: [capture], context: ReportContext(fileNames: ["a\0b.pcap"]),
      time: CaptureTime(nanoseconds: 0))
    end.droppedSessions = 3
    try store.end(end)
    try store.close()
    try place.read { database in
      let run = try #require(try Row.fetchOne(database, sql: "SELECT * FROM runs"))
      #expect(run["ended"] == "1970-01-01T00:00:00.000Z" && run["dropped_sessions"] == 3)
      #expect(run["duration_ms"] == 183_109_032_725.794)
      #expect(try String.fetchAll(database, sql: "SELECT file FROM captures") == ["a\u{fffd}b.pcap"])
      #expect(try String.fetchAll(database, sql: "SELECT message FROM notes") == ["lost"])
    }
  }

  @Test func `the file tells whose it is, and only its owner's group may read it`() throws {
    let place = try Place()
    try place.store().close()
    let header = try Data(contentsOf: URL(filePath: place.path)).prefix(100)
    #expect(header[68..<72].elementsEqual(Data("smsc".utf8)) && header[60..<64].elementsEqual([0, 0, 0, 1]))
    #expect(header[18] == 2, "it is not in WAL mode")
    let attributes = try FileManager.default.attributesOfItem(atPath: place.path)
    #expect((attributes[.posixPermissions] as? Int ?? 0) & 0o137 == 0)
  }

  private func expectWhole(_ place: Place) throws {
    try DatabaseQueue(path: place.path).write { database in
      #expect(try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"])
      #expect(try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").isEmpty)
      // Compares the index with the tables; fails where they differ.
      try database.execute(sql: "INSERT INTO mail_search (mail_search, rank) VALUES ('integrity-check', 1)")
    }
  }
}

private typealias Row = GRDB.Row
