import Foundation
import OutputChecks
import Testing

/// Strings of strangers, everywhere at once, through everything that the program writes.
@Suite(.serialized) struct InertOutputTests {
  /// The capture, and the same with harmless words in place of the strings.
  private final class Captures: Sendable {
    let folder: Scratch
    let hostile: String
    let calm: String
    let sessions: Int

    init() throws {
      folder = try Scratch()
      let capture = HostileCapture(HostileString.all.map(\.bytes))
      hostile = folder.write(Data(capture.data), as: "hostile.pcap").path
      sessions = capture.sessions
      let words = HostileString.all.indices.map { Array("calm\($0)".utf8) }
      calm = folder.write(Data(HostileCapture(words).data), as: "calm.pcap").path
    }
  }

  private static let captures = Result { try Captures() }

  /// Runs the program over both captures; standard error must be inert too.
  private func run(_ arguments: [String], status: Int32 = 0) throws -> (hostile: Data, calm: Data) {
    let captures = try Self.captures.get()
    let outputs = try [captures.hostile, captures.calm].map { path in
      let result = try Program.runForBytes(arguments + [path])
      #expect(result.status == status, "\(arguments) \(result.errors)")
      expectNone(InertOutput.text(Data(result.errors.utf8)), arguments)
      return result.output
    }
    return (outputs[0], outputs[1])
  }

  private func expectNone(_ problems: [String], _ what: some Any) {
    #expect(problems.isEmpty, "\(what): \(problems.count) problems, first \(problems.prefix(3))")
  }

  @Test(arguments: [[], ["--all"], ["--all", "--dialogue", "--attachments", "--reveal-secrets"]])
  func `text for people is inert`(options: [String]) throws {
    let (text, calm) = try run(options)
    expectNone(InertOutput.text(text), options)
    let coloured = try run(options + ["--color", "always"]).hostile
    expectNone(InertOutput.text(coloured, colour: true), options)
    // Nothing is wrapped where nobody says how wide: what a stranger writes makes no line.
    let lines = { (data: Data) in data.count { $0 == 10 } }
    if options == ["--all"] { #expect(lines(text) <= lines(calm) * 3 / 2) }
  }

  @Test(arguments: ["C", "POSIX"]) func `a terminal without Unicode gets ASCII`(locale: String) throws {
    let path = try Self.captures.get().hostile
    let output = try Program.runForBytes(["--all", "--dialogue", path], environment: ["LC_ALL": locale]).output
    #expect(output.allSatisfy { $0 == 10 || (0x20..<0x7f).contains($0) })
  }

  /// `script` gives the program a terminal; what is narrower has other places to break a line.
  @Test(arguments: [20, 80]) func `a narrow terminal gets nothing else`(columns: Int) throws {
    let captures = try Self.captures.get()
    let folder = try Scratch()
    let script = """
      import os, pty, sys, struct, fcntl, termios
      child, terminal = pty.fork()
      if child == 0:
          fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
          os.execv(sys.argv[2], sys.argv[2:4] + ["--all", "--color", "never", "--progress", "never", sys.argv[4]])
      with open(sys.argv[5], "wb") as file:
          try:
              while data := os.read(terminal, 65536):
                  file.write(data)
          except OSError:
              pass
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
      """
    let output = folder.path("out")
    let result = try Python.run(
      ["-c", script, "\(columns)", try #require(Program.path), "analyze", captures.hostile, output])
    #expect(result.status == 0, "\(result.errors)")
    let text = try Data(contentsOf: URL(filePath: output))
    #expect(text.count > 50_000)
    // The terminal itself makes CR and LF of a line's end.
    expectNone(
      InertOutput.text(Data(String(decoding: text, as: UTF8.self).replacing("\r\n", with: "\n").utf8)), columns)
  }

  @Test(arguments: [["--format", "ndjson"], ["--format", "ndjson", "--dialogue", "--attachments"]])
  func `records are one a line and as many as before`(options: [String]) throws {
    let (hostile, calm) = try run(options)
    let (records, problems) = InertOutput.records(hostile)
    expectNone(problems, options)
    let counts = { (records: [[String: Any]]) in
      records.map { record in
        let transactions = record["transactions"] as? [[String: Any]]
        let recipients = transactions?.map { ($0["recipients"] as? [Any])?.count ?? 0 } ?? []
        let attachments = transactions?.map {
          (($0["message"] as? [String: Any])?["attachments"] as? [Any])?.count ?? 0
        }
        return "\(record["type"] ?? "") \(recipients) \(attachments ?? [])"
      }
    }
    #expect(counts(records) == counts(InertOutput.records(calm).records))
    #expect(records.count { $0["type"] as? String == "session" } == (try Self.captures.get().sessions))
  }

  @Test(arguments: [[], ["--dialogue", "--attachments"]])
  func `a document is one object`(options: [String]) throws {
    let (hostile, _) = try run(["--format", "json"] + options)
    expectNone(InertOutput.text(hostile), options)
    let document = try #require(JSONSerialization.jsonObject(with: hostile) as? [String: Any])
    #expect((document["sessions"] as? [Any])?.count == (try Self.captures.get().sessions))
  }

  @Test func `a table has the same rows and columns, and no formulas`() throws {
    let (hostile, calm) = try run(["--format", "csv", "--attachments"])
    let (rows, problems) = InertOutput.table(hostile)
    expectNone(problems, "csv")
    let before = InertOutput.table(calm).rows
    #expect(rows.count == before.count)
    #expect(rows.first == before.first)
    // All but what is text stays in its cell.
    for name in ["session", "start", "recipient", "outcome", "code", "sha256", "frame"] {
      let column = try #require(before.first?.firstIndex(of: name))
      let cells = { (rows: [[String]]) in rows.dropFirst().map { $0[column].isEmpty } }
      if name != "recipient" { #expect(cells(rows) == cells(before), "\(name)") }
    }
  }

  @Test(arguments: ["smtp", "conn", "files"]) func `logs for Zeek's readers are as wide as their head`(log: String)
    throws
  {
    let (hostile, calm) = try run(["--format", "zeek", "--zeek-log", log])
    let (rows, problems) = InertOutput.log(hostile)
    expectNone(problems, log)
    #expect(rows == InertOutput.log(calm).rows)
    #expect(rows > HostileString.all.count)
    let (json, calmJSON) = try run(["--format", "zeek-json", "--zeek-log", log])
    let records = InertOutput.records(json)
    expectNone(records.problems, log)
    #expect(records.records.count == rows && InertOutput.records(calmJSON).records.count == rows)
  }

  @Test(arguments: ["eve", "ecs"]) func `records of other programs are one a line`(format: String) throws {
    let (hostile, calm) = try run(["--format", format, "--attachments"])
    let (records, problems) = InertOutput.records(hostile)
    expectNone(problems, format)
    // Strings that break a rule have anomalies of their own.
    let kinds = { (records: [[String: Any]]) in
      Dictionary(grouping: records) { "\($0["event_type"] ?? "")" }.mapValues(\.count).filter { $0.key != "anomaly" }
    }
    #expect(kinds(records) == kinds(InertOutput.records(calm).records))
  }

  @Test func `a database has the same rows, and is whole`() throws {
    let captures = try Self.captures.get()
    let folder = try Scratch()
    var counts: [[String]] = []
    for (name, path) in [("hostile", captures.hostile), ("calm", captures.calm)] {
      let database = folder.path(name + ".db")
      let options = ["-q", "--sqlite", database, "--dialogue", "--attachments", "--format", "ndjson"]
      #expect(try Program.run(options + [path]).status == 0)
      counts.append(
        try Database.rows(
          """
          SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM mails), (SELECT count(*) FROM recipients),
            (SELECT group_concat(name) FROM sqlite_master)
          """, in: database))
      #expect(try Database.rows("PRAGMA integrity_check", in: database) == ["ok"])
      #expect(try Database.rows("PRAGMA foreign_key_check", in: database) == [])
    }
    #expect(counts[0] == counts[1])
    #expect(counts[0].first?.hasPrefix("\(captures.sessions)|") == true)
  }

  @Test func `statistics are inert`() throws {
    let by = "hour,server,client,sender-domain,recipient-domain,code,refusal,sender,recipient"
    let call = ["stats", "--top", "0", "--by", by]
    expectNone(InertOutput.text(try run(call).hostile), "text")
    expectNone(InertOutput.text(try run(call + ["--color", "always"]).hostile, colour: true), "colour")
    let (table, problems) = InertOutput.table(try run(call + ["--format", "csv"]).hostile)
    expectNone(problems, "csv")
    #expect(table.count > HostileString.all.count)
    let json = try run(call + ["--format", "json"]).hostile
    expectNone(InertOutput.text(json), "json")
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: json) }
  }

  @Test func `a comparison is inert`() throws {
    let captures = try Self.captures.get()
    for pair in [[captures.calm, captures.hostile], [captures.hostile, captures.calm]] {
      let text = try Program.runForBytes(["compare"] + pair)
      #expect(text.status == 0 && text.output.count > 10_000)
      expectNone(InertOutput.text(text.output), "text")
      let json = try Program.runForBytes(["compare", "--format", "json"] + pair).output
      expectNone(InertOutput.text(json), "json")
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: json) }
    }
  }

  /// Its tests in a browser look at what becomes of markup.
  @Test func `a page for people has no more scripts than its own, and nothing hidden`() throws {
    let captures = try Self.captures.get()
    let scripts = try [captures.hostile, captures.calm].map { path in
      let result = try Program.runForBytes(["report", "-q", "-o", "-", path])
      #expect(result.status == 0 && result.output.count > 100_000)
      expectNone(InertOutput.text(result.output), "page")
      return String(decoding: result.output, as: UTF8.self).matches(of: #/<\s*(script|iframe|object|img)/#)
        .count
    }
    #expect(scripts[0] == scripts[1])
  }

  @Test(arguments: ["eml", "mbox", "maildir"])
  func `messages and attachments get names within their directory`(form: String) throws {
    let captures = try Self.captures.get()
    let folder = try Scratch()
    var counts: [Int] = []
    for (name, path) in [("hostile", captures.hostile), ("calm", captures.calm)] {
      let target = folder.path(name)
      let result = try Program.run(["extract", "-q", "--as", form, "--attachments", "-o", target, path])
      #expect(result.status == 0)
      expectNone(InertOutput.text(Data(result.errors.utf8)), form)
      let (records, problems) = InertOutput.records(try Data(contentsOf: URL(filePath: target + "/index.ndjson")))
      expectNone(problems, form)
      counts.append(records.count)
      let entries = try #require(FileManager.default.enumerator(atPath: target)).compactMap { $0 as? String }
      // A Maildir's own names are ours; a folder of incomplete messages begins with a dot (Maildir++).
      for entry in entries where form != "maildir" || entry.hasPrefix("attachments/") {
        expectNone(InertOutput.path(entry), form)
      }
      #expect(entries.count { $0.hasPrefix("attachments/") } >= 3 * HostileString.all.count)
      if form == "mbox" {
        for entry in entries where entry.hasSuffix(".mbox") {
          let inFile = records.count { $0["file"] as? String == entry }
          expectNone(
            InertOutput.mailbox(try Data(contentsOf: URL(filePath: "\(target)/\(entry)")), messages: inFile), entry)
        }
      }
    }
    #expect(counts == [HostileString.all.count, HostileString.all.count])
    #expect(folder.names == ["calm", "hostile"])
    #expect(!FileManager.default.fileExists(atPath: "/tmp/smtpscope-evil"))
    #expect(!FileManager.default.fileExists(atPath: "/tmp/smtpscope-evil.txt"))
  }

  @Test func `what is shared is read to the same verdicts`() throws {
    let folder = try Scratch()
    let path = folder.path("shared.pcapng")
    let result = try Program.run(["share", "-o", path, try Self.captures.get().hostile])
    #expect(result.status == 0, "\(result.errors)")
    expectNone(InertOutput.text(Data(result.errors.utf8)), "share")
    let again = try Program.runForBytes(["--format", "ndjson", path])
    #expect(again.status == 0)
    let (records, problems) = InertOutput.records(again.output)
    expectNone(problems, "shared")
    #expect(records.count { $0["type"] as? String == "session" } == (try Self.captures.get().sessions))
    #expect(folder.names == ["shared.pcapng"])
  }

  /// Archives name their members as whoever made them pleased, and files are named by whoever sent them.
  @Test func `names of files and of archives' members are inert`() throws {
    let folder = try Scratch()
    let delivered = try Data(contentsOf: Program.root.appending(path: "samples/delivered.pcap"))
    let names = HostileString.all.map { $0.bytes.filter { $0 != 0 } }.filter { !$0.isEmpty }
    var archive = Data()
    for (number, name) in names.enumerated() {
      archive += Self.member(name, number % 2 == 0 ? delivered : Data("no capture at all".utf8))
    }
    let path = folder.write(archive + Data(count: 1024), as: "members.tar").path
    for options in [["--all"], ["--format", "ndjson"], ["--format", "csv"], ["--format", "ecs"], ["stats"]] {
      let result = try Program.runForBytes(options + ["-v", path])
      let allowed: Set<Unicode.Scalar> = options.contains("csv") ? ["\n", "\r"] : ["\n"]
      expectNone(InertOutput.text(result.output, allowing: allowed), options)
      expectNone(InertOutput.text(Data(result.errors.utf8)), options)
    }
    for name in names where name.count < 200 && !name.contains(UInt8(ascii: "/")) {
      let file = String(decoding: name, as: UTF8.self) + ".pcap"
      folder.write(delivered, as: file)
      for path in [folder.path(file), folder.path("missing" + file)] {
        let result = try Program.runForBytes(["--format", "ndjson", path])
        expectNone(InertOutput.records(result.output).problems, file.debugDescription)
        expectNone(InertOutput.text(Data(result.errors.utf8)), file.debugDescription)
      }
    }
  }

  private static func member(_ name: [UInt8], _ content: Data) -> Data {
    var header = Array(name.prefix(99))
    header += [UInt8](repeating: 0, count: 100 - header.count)
    let size = String(content.count, radix: 8)
    header += Array("0000644\u{0}0000000\u{0}0000000\u{0}".utf8)
    header += Array((String(repeating: "0", count: 11 - size.count) + size + "\u{0}00000000000\u{0}").utf8)
    let sum = header.reduce(0) { $0 + Int($1) } + 8 * 0x20 + Int(UInt8(ascii: "0"))
    let digits = String(sum, radix: 8)
    header += Array((String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} 0").utf8)
    header += [UInt8](repeating: 0, count: 512 - header.count)
    return Data(header) + content + Data(count: (512 - content.count % 512) % 512)
  }

  @Test func `what the command line says is shown without harm`() throws {
    let word = String(decoding: HostileString.all.flatMap { $0.bytes.filter { $0 != 0 } + [0x20] }, as: UTF8.self)
    let sample = "samples/delivered.pcap"
    for call in [
      ["explain", "x" + word], ["--finding", "x" + word, sample], ["--format", "x" + word, sample],
      ["--filter", "x" + word, sample], ["--port", "x" + word, sample], ["--x" + word, sample],
      ["stats", "--by", "x" + word, sample], ["extract", "--as", "x" + word, "-o", "/nowhere/x", sample],
    ] {
      let result = try Program.runForBytes(call)
      #expect(result.status == 2, "\(call.first ?? "")")
      expectNone(InertOutput.text(Data(result.errors.utf8) + result.output), call.first ?? "")
    }
  }
}

extension Program {
  /// A run whose output need not be text.
  static func runForBytes(_ arguments: [String], environment: [String: String] = [:]) throws -> (
    status: Int32, output: Data, errors: String
  ) {
    let folder = try Scratch()
    let output = folder.write(Data(), as: "out")
    let result = try run(arguments, environment: environment, output: .file(output.path))
    return (result.status, try Data(contentsOf: output), result.errors)
  }
}
