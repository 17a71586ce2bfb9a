import Foundation
import TestSupport
import Testing
import Wire

/// Asks a database what Python's sqlite3 says of it, as whoever uses it would.
enum Database {
  /// The rows of a query, values apart by `|`; nil where it fails.
  static func rows(_ query: String, in path: String) throws -> [String] {
    let script = """
      import sqlite3, sys
      db = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True, timeout=10)
      for row in db.execute(sys.argv[2]): print("|".join("NULL" if v is None else str(v) for v in row))
      """
    let result = try Python.run(["-c", script, path, query])
    #expect(result.status == 0, "\(query): \(result.errors)")
    return result.output.split(separator: "\n").map(String.init)
  }

  /// Whether the database has what the ndjson of the same run has.
  static func check(_ path: String, against records: URL, run: Int? = nil) throws {
    let result = try Python.run(
      ["Tests/database_check.py", path, records.path] + (run.map { [String($0)] } ?? []))
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }
}

@Suite(.enabled(if: Python.path != nil, "there is no Python 3.10 or later")) struct DatabaseTests {
  private static let samples = Program.samples

  /// Runs over captures, and gives the records.
  private func records(_ arguments: [String], in folder: Scratch, status: Int32 = 0) throws -> URL {
    let result = try Program.run(["--format", "ndjson"] + arguments)
    #expect(result.status == status && (status != 0 || result.errors == ""), "\(result.errors)")
    return folder.write(Data(result.output.utf8), as: UUID().uuidString)
  }

  @Test(arguments: [
    [], ["--dialogue"], ["--attachments"], ["--dialogue", "--attachments", "--reveal-secrets", "--jobs", "3"],
    ["--no-hash"], ["--to", "nobody@"], ["--finding", "mailbox-unknown"], ["--outcome", "deferred", "--jobs", "1"],
  ])
  func `the database has all that the records have`(options: [String]) throws {
    let folder = try Scratch()
    let path = folder.path("mail.db")
    let output = try records(["--sqlite", path] + options + Self.samples, in: folder)
    #expect(folder.names.filter { $0.hasPrefix("mail.db") } == ["mail.db"])
    try Database.check(path, against: output)
  }

  /// Whoever reads what is printed may have seen enough; the database was asked for all the same.
  @Test(arguments: ["text", "ndjson"])
  func `the database is whole where nobody reads what is printed`(format: String) throws {
    let folder = try Scratch()
    let path = folder.path("mail.db")
    let result = try Program.run(["--format", format, "--sqlite", path] + Self.samples, output: .closedPipe)
    #expect(result.status == 4)
    let sessions = try Database.rows("SELECT count(*) FROM sessions", in: path)
    #expect(try sessions == Database.rows("SELECT sessions FROM runs WHERE ended IS NOT NULL", in: path))
    #expect(Int(sessions.first ?? "") ?? 0 >= Self.samples.count)
  }

  /// What a client and a server may write where they please: not UTF-8, NULs, quotes, escapes.
  @Test func `hostile text comes out as it went in`() throws {
    let hostile = #"\x1b[2J'); DROP TABLE sessions;--\0x\xff\xe2\x82\x22%_"#
    let script = """
      S: 220 \(hostile) ESMTP
      C: EHLO \(hostile)
      S: 250-mx.example
      S: 250-X\(hostile)
      S: 250 AUTH PLAIN
      C: AUTH \(hostile) AGFubgBzZWNyZXQ=
      S: 535 \(hostile)
      C: MAIL FROM:<\(hostile)@\(hostile)> \(hostile)
      S: 250 2.1.0 \(hostile)
      C: RCPT TO:<\(hostile)> \(hostile)
      S: 550 5.1.1 \(hostile)
      C: RCPT TO:<bob@b.example>
      S: 250 2.1.5 \(hostile)
      C: DATA
      S: 354 \(hostile)
      C: Subject: \(hostile)
      C: Message-ID: <\(hostile)>
      C: From: \(hostile)
      C: Received: from \(hostile) by \(hostile) with \(hostile) id \(hostile) for <\(hostile)>
      C: X-Mailer: \(hostile)
      C: DKIM-Signature: v=1; a=\(hostile); d=\(hostile); s=\(hostile); bh=x; b=y; h=from
      C: Content-Type: application/x; name="\(hostile)"
      C: Content-Disposition: attachment; filename="\(hostile)"
      C:
      C: \(hostile)
      C: .
      S: 250 2.0.0 \(hostile)
      C: QUIT
      S: 221 \(hostile)

      """
    let folder = try Scratch()
    var capture = PcapBuilder()
    for frame in Conversation(script).frames { capture.add(frame.bytes, at: frame.time.nanoseconds) }
    let input = folder.write(Data(capture.bytes), as: "it's %27 hostile.pcap").path
    let path = folder.path("mail.db")
    let output = try records(["--sqlite", path, "--dialogue", "--attachments", input], in: folder)
    try Database.check(path, against: output)
    let found = try Database.rows(
      "SELECT typeof(greeting_text), greeting_text_base64 IS NOT NULL, instr(greeting_text, char(0)) FROM sessions",
      in: path)
    #expect(found == ["text|1|0"])
    #expect(try Database.rows("SELECT count(*) FROM mail_search('\"drop table\"')", in: path) == ["1"])
  }

  @Test func `a run is added to those that are there`() throws {
    let folder = try Scratch()
    let path = folder.path("mail.db")
    let first = try records(["--sqlite", path] + Self.samples, in: folder)
    let second = try records(["--sqlite", path, "--dialogue", "samples/delivered.pcap"], in: folder)
    try Database.check(path, against: first, run: 1)
    try Database.check(path, against: second, run: 2)
    let runs = try Database.rows(
      "SELECT r.id, r.command, r.sessions, count(*), r.ended >= r.started FROM runs r JOIN sessions s ON s.run_id = r.id GROUP BY r.id",
      in: path)
    #expect(runs == ["1|analyze|14|14|1", "2|analyze|1|1|1"])
  }

  @Test func `any number of threads writes the same rows in the same order`() throws {
    let folder = try Scratch()
    let capture = folder.path("small.pcap")
    #expect(try Python.run(["Benchmarks/generate.py", "small", "-o", capture, "--mb", "4"]).status == 0)
    var dumps: Set<String> = []
    for jobs in ["1", "2", "4"] {
      let path = folder.path(jobs + ".db")
      _ = try records(["--sqlite", path, "--jobs", jobs, capture], in: folder)
      let script = """
        import hashlib, sqlite3, sys
        lines = [line for line in sqlite3.connect(sys.argv[1]).iterdump() if not line.startswith('INSERT INTO "runs"')]
        print(len(lines) > 1000, hashlib.sha256("\\n".join(lines).encode()).hexdigest())
        """
      dumps.insert(try Python.run(["-c", script, path]).output)
    }
    #expect(dumps.count == 1 && dumps.first?.hasPrefix("True") == true)
  }

  @Test func `text for people goes to the terminal all the same`() throws {
    let folder = try Scratch()
    let plain = try Program.run(["samples/delivered.pcap"])
    let both = try Program.run(["--sqlite", folder.path("mail.db"), "samples/delivered.pcap"])
    #expect(both.status == 0 && both.output == plain.output && both.errors == "")
  }

  @Test func `what is not ours is refused and left as it is`() throws {
    let folder = try Scratch()
    folder.write(Data("a letter of more than a hundred bytes, ".utf8 + Data(repeating: 0x78, count: 100)), as: "letter")
    folder.write(Data("short".utf8), as: "short")
    let other = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])"
    let path = folder.path
    #expect(
      try Python.run(["-c", other, path("other.db"), "CREATE TABLE t (x); INSERT INTO t VALUES (1);"]).status == 0)
    #expect(try Program.run(["--sqlite", path("newer.db"), "samples/delivered.pcap"]).status == 0)
    #expect(try Python.run(["-c", other, path("newer.db"), "PRAGMA user_version = 77;"]).status == 0)
    try FileManager.default.createDirectory(atPath: path("folder"), withIntermediateDirectories: true)
    for (name, words) in [
      ("letter", "no SQLite database"), ("short", "no SQLite database"), ("other.db", "another program's"),
      ("newer.db", "another version of smtpscope (77; this one writes 1)"), ("folder", "Is a directory"),
      ("nowhere/mail.db", "No such file or directory"),
    ] {
      let before = try? Data(contentsOf: URL(filePath: path(name)))
      let result = try Program.run(["--sqlite", path(name), "samples/delivered.pcap"])
      #expect(result.status == 4)
      #expect(result.errors.contains("\(name): ") && result.errors.contains(words), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
      #expect(result.output == "")
      #expect(name == "folder" || (try? Data(contentsOf: URL(filePath: path(name)))) == before)
    }
  }

  @Test func `names that SQLite takes for something else are names`() throws {
    let folder = try Scratch()
    let result = try shell(
      "cd \(folder.url.path); exec \"$0\" -q --sqlite 'file:x?mode=memory' \"$1\" && test -f 'file:x?mode=memory'")
    #expect(result.status == 0, "\(result.errors)")
    #expect(folder.names == ["file:x?mode=memory"])
  }

  @Test(.enabled(if: Shell.canMount, "mounting a small disk needs root"))
  func `a full disk is told, the report is whole, and what is in the database too`() throws {
    let folder = try Scratch()
    let capture = folder.path("small.pcap")
    #expect(try Python.run(["Benchmarks/generate.py", "small", "-o", capture, "--mb", "8"]).status == 0)
    let disk = folder.path("disk")
    let result = try shell(
      """
      mkdir \(disk) && mount -t tmpfs -o size=600k none \(disk) || exit 99
      "$0" --format ndjson --sqlite \(disk)/mail.db \(capture) > \(folder.path("records"))
      status=$?
      cp \(disk)/mail.db* \(folder.url.path) || exit 98
      exit $status
      """, command: ["unshare", "-m", "sh"])
    #expect(result.status == 4)
    #expect(result.errors.contains("mail.db: there is no space left for the database"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    let records = try String(contentsOfFile: folder.path("records"), encoding: .utf8)
    #expect(records.split(separator: "\n").last?.contains("\"type\":\"summary\"") == true)
    #expect(try Database.rows("PRAGMA integrity_check", in: folder.path("mail.db")) == ["ok"])
    #expect(try Database.rows("PRAGMA foreign_key_check", in: folder.path("mail.db")) == [])
  }

  /// Every query of the documentation, against what the samples give.
  @Test func `the queries of the documentation work`() throws {
    let folder = try Scratch()
    let path = folder.path("mail.db")
    _ = try records(["--sqlite", path, "--dialogue", "--attachments"] + Self.samples, in: folder)
    let page = try String(contentsOf: Program.root.appending(path: "docs/sqlite.md"), encoding: .utf8)
    let queries = page.components(separatedBy: "```sql\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
    #expect(queries.count >= 10)
    for query in queries {
      let rows = try Database.rows(query, in: path)
      // The samples are older than a day.
      #expect(query.contains("'-1 day'") || !rows.isEmpty, "\(query)")
    }
    #expect(try Database.rows(try #require(queries.first).replacing("-1 day", with: "-100 years"), in: path).count >= 2)
    for name in try Database.rows(
      "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'mail_search_%'", in: path)
    where name != "mail_texts" {
      #expect(page.contains("`\(name)`"), "\(name) is not in docs/sqlite.md")
    }
  }
}

/// Scripts around the program.
enum Shell {
  static let canMount: Bool = {
    let result = try? shell("mount -t tmpfs none /mnt", command: ["unshare", "-m", "sh"])
    return result?.status == 0
  }()
}

/// Runs a script that calls the program `$0`, and a sample `$1`.
private func shell(_ script: String, command: [String] = ["sh"]) throws -> (status: Int32, errors: String) {
  let folder = try Scratch()
  let errors = folder.write(Data(), as: "err")
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments =
    command + ["-c", script, try #require(Program.path), Program.root.appending(path: "samples/delivered.pcap").path]
  process.standardError = try FileHandle(forWritingTo: errors)
  process.standardOutput = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  return (process.terminationStatus, try String(contentsOf: errors, encoding: .utf8))
}
