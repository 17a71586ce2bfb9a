import Foundation
import Glibc
import TestSupport
import Testing

/// `smtpscope live --sqlite` beside a mail server that mails are really sent to.
@Suite(
  .serialized, .enabled(if: LiveScene.isPossible, "needs root and network namespaces"),
  .timeLimit(.minutes(80 * Sanitizer.patience)))
struct LiveDatabaseTests {
  private func count(_ what: String, in path: String) throws -> Int {
    try Int(Database.rows("SELECT count(*) FROM \(what)", in: path).first ?? "") ?? -1
  }

  @Test func `it is read while it is written, by nobody in particular, and goes on in a new file`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let folder = scene.folder
    let path = folder.path("mail.db")
    let live = try scene.listen(["--format", "ndjson", "--sqlite", path, "--dialogue"])
    try scene.send("dprglte")
    try live.wait("sessions are missing: \(live.errors)") { (try? count("sessions", in: path)) == 7 }
    #expect(try Database.rows("SELECT ended FROM runs", in: path) == ["NULL"])
    #expect(try count("refusals", in: path) == 3)
    live.send(SIGUSR1)
    try live.wait("no statistics: \(live.errors)") { live.errors.contains("mail.db: 7 sessions written") }

    // Moved away, as a log rotation does.
    unsafe rename(path, folder.path("mail.db.1"))
    live.send(SIGHUP)
    try scene.send("d")
    try live.wait("no new file: \(live.errors)") { (try? count("sessions", in: path)) == 1 }
    #expect(try count("sessions", in: folder.path("mail.db.1")) == 7)
    #expect(try Database.rows("PRAGMA integrity_check", in: folder.path("mail.db.1")) == ["ok"])
    // The same file again: nothing is to be done.
    live.send(SIGHUP)
    try scene.send("d")
    try live.wait("it does not go on: \(live.errors)") { (try? count("sessions", in: path)) == 2 }
    #expect(live.stop() == 0)
    #expect(folder.names.filter { $0.hasPrefix("mail.db") && !$0.hasPrefix("mail.db.1") } == ["mail.db"])
    #expect(try Database.rows("SELECT count(*), sum(ended IS NOT NULL) FROM runs", in: path) == ["1|1"])
    #expect(try Database.rows("SELECT file, packets > 0 FROM captures", in: path) == ["wire|1"])
    let lines = live.lines.filter { $0.hasPrefix("{\"type\":\"session\"") }
    let records = folder.write(Data(lines.prefix(7).joined(separator: "\n").utf8), as: "records")
    try Database.check(folder.path("mail.db.1"), against: records)
  }

  @Test func `killed at any moment it keeps what a reader has seen`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let path = scene.folder.path("mail.db")
    let client = Program.root.appending(path: "Tests/smtpscopeTests/Live/client.py").path
    var before = 0
    for wait in [0, 40_000, 230_000, 510_000] as [UInt32] {
      let live = try scene.listen(["--format", "ndjson", "--sqlite", path, "--dialogue"], on: "lo")
      let plan = String(repeating: "dprt", count: 40)
      let mails = try scene.start(
        ["sh", "-c", "echo go >&2; exec python3 \(client) 127.0.0.1 2525 \(plan)"], until: "go")
      var seen = before
      try live.wait("nothing is written: \(live.errors)") {
        seen = (try? count("sessions", in: path)) ?? seen
        return seen > before
      }
      usleep(wait)
      let mailsSeen = try count("mails", in: path)
      #expect(live.stop(SIGKILL) == -SIGKILL)
      _ = mails.stop(SIGKILL)
      #expect(try Database.rows("PRAGMA integrity_check", in: path) == ["ok"])
      #expect(try Database.rows("PRAGMA foreign_key_check", in: path) == [])
      before = try count("sessions", in: path)
      #expect(before >= seen)
      #expect(try count("mails", in: path) >= mailsSeen)
    }
    #expect(try Database.rows("SELECT count(*), count(ended) FROM runs", in: path) == ["4|0"])
  }

  @Test func `somebody else's lock is told, and what waits is written behind it`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let path = scene.folder.path("mail.db")
    let live = try scene.listen(["--format", "ndjson", "--sqlite", path, "--user", "root"])
    try live.wait("no database: \(live.errors)") { (try? count("runs", in: path)) == 1 }
    let holder = try scene.start(
      [
        "python3", "-c",
        """
        import sqlite3, sys, time
        db = sqlite3.connect(sys.argv[1], isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        print("locked", file=sys.stderr)
        time.sleep(60)
        """, path,
      ], until: "locked")
    try scene.send("dp")
    try live.wait("not told: \(live.errors)") { live.errors.contains("another program has locked the database") }
    #expect(live.lines.count == 2)
    _ = holder.stop(SIGKILL)
    try live.wait("it does not go on: \(live.errors)") { live.errors.contains("the database is written again") }
    try live.wait("sessions are missing") { (try? count("sessions", in: path)) == 2 }
    #expect(live.stop() == 0)
  }

  @Test func `a full disk is told, and the capture goes on`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let disk = scene.folder.path("disk")
    let program = try #require(Program.path)
    let live = try scene.start(
      [
        "unshare", "-m", "sh", "-c",
        """
        mkdir \(disk) && mount -t tmpfs -o size=1000k,mode=1777 none \(disk) || exit 99
        exec \(program) live -i wire --format ndjson --sqlite \(disk)/mail.db
        """,
      ], until: "listening on")
    try scene.send(String(repeating: "dpt", count: 30))
    try live.wait("not told: \(live.errors)") {
      live.errors.contains("mail.db: there is no space left for the database")
    }
    try live.wait("the capture stops: \(live.errors)") { live.lines.count == 90 }
    #expect(live.errors.components(separatedBy: "no space left").count == 2)
    #expect(live.stop() == 4)
    #expect(live.errors.contains("sessions are not in it."), "\(live.errors)")
    #expect(live.lines.last?.contains("\"type\":\"summary\"") == true)
  }

  @Test func `where the user may not write it is said at once`() throws {
    let scene = try LiveScene()
    let folder = scene.folder.path("closed")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let live = try scene.listen(
      ["--sqlite", folder + "/mail.db"], says: "cannot be opened to write: Permission denied")
    #expect(live.stop() == 4)
  }
}
