import Foundation
import TestSupport
import Testing
import Wire

/// The formats of other programs, as the built program writes them.
@Suite struct PipelineFormatTests {
  static let formats = ["csv", "zeek", "zeek-json", "eve", "ecs"]
  /// Each with what it needs to print all that it has.
  static let calls: [[String]] =
    ["csv", "eve", "ecs"].map { ["--format", $0] }
    + ["zeek", "zeek-json"].flatMap { format in
      ["smtp", "conn", "files"].map { ["--format", format, "--zeek-log", $0] }
    }

  // MARK: Held against the real ones

  private static let shared: URL = {
    let given = ProcessInfo.processInfo.environment["SMTPSCOPE_SHARED"].map { URL(filePath: $0) }
    return given ?? Program.root.deletingLastPathComponent().appending(path: "shared")
  }()

  private static let theirs = shared.appending(path: "formats")

  @Test(.enabled(if: FileManager.default.fileExists(atPath: theirs.path), "there is no ../shared/formats"))
  func `each field is what Zeek and Suricata write, but for what is better known`() throws {
    let said = try run(
      "python3",
      [
        Program.root.appending(path: "Tests/format_check.py").path, try #require(Program.path), Self.theirs.path,
        Self.shared.appending(path: "lab/captures").path,
      ])
    #expect(said.output == "")
    #expect(said.status == 0)
  }

  // MARK: Form

  /// What they were when they were read and found true; `SMTPSCOPE_RECORD=1` writes them anew.
  @Test(arguments: calls, ["samples/mixed-recipients.pcapng", "samples/lmtp.pcap"])
  func `a sample's lines are those that were read`(call: [String], sample: String) throws {
    let output = try Program.run(call + [sample]).output
    let name = URL(filePath: sample).lastPathComponent.prefix { $0 != "." }
    let kind = call.dropFirst().filter { !$0.hasPrefix("-") }.joined(separator: "-")
    let golden = Program.root.appending(path: "Tests/smtpscopeTests/Golden/\(name).\(kind)")
    if ProcessInfo.processInfo.environment["SMTPSCOPE_RECORD"] == "1" {
      return try Data(output.utf8).write(to: golden)
    }
    let isSame = try output == String(contentsOf: golden, encoding: .utf8)
    #expect(isSame, "\(output)")
  }

  @Test(arguments: calls)
  func `any number of threads writes the same`(call: [String]) throws {
    let one = try Program.run(call + ["--attachments", "--jobs", "1"] + Program.samples)
    #expect(one.status == 0)
    #expect(one.output.utf8.count > 1000)
    for jobs in ["2", "3"] {
      let output = try Program.run(call + ["--attachments", "--jobs", jobs] + Program.samples).output
      let isSame = output == one.output
      #expect(isSame, "\(jobs)")
    }
  }

  @Test(.enabled(if: !SchemaTests.shared.isEmpty, "there is no ../shared/corpus"), arguments: calls)
  func `captures found elsewhere give lines that can be read`(call: [String]) throws {
    // All of them are one: it is their text that is hostile.
    let result = try Program.run(call + ["--attachments"] + SchemaTests.shared)
    #expect(result.status == 0 || result.status == 3)
    #expect(result.output.utf8.count > 10_000)
    try checkLines(result.output, of: call[1], "all")
  }

  @Test(arguments: calls)
  func `samples give lines that can be read`(call: [String]) throws {
    try checkLines(Program.run(call + ["--attachments"] + Program.samples).output, of: call[1], "samples")
  }

  private func checkLines(_ output: String, of format: String, _ capture: String) throws {
    switch format {
    case "csv":
      #expect(output.hasPrefix("session,transaction,"))
      #expect(output.utf8.count(where: { $0 == 0x0a }) == output.utf8.count(where: { $0 == 0x0d }), "\(capture)")
    case "zeek":
      let rows = output.split(separator: "\n").filter { !$0.hasPrefix("#") }
      let head = output.split(separator: "\n").first { $0.hasPrefix("#fields\t") }
      let width = head.map { $0.split(separator: "\t").count - 1 }
      for row in rows { #expect(row.split(separator: "\t", omittingEmptySubsequences: false).count == width) }
    default:
      for line in output.utf8.split(separator: 0x0a) {
        #expect(throws: Never.self, "\(capture)") { try JSONSerialization.jsonObject(with: Data(line)) }
      }
    }
  }

  // MARK: Options

  @Test func `three logs go into a directory, where nothing is there yet`() throws {
    let folder = try Scratch()
    let logs = folder.path("a/logs")
    for (format, name) in [("zeek", logs), ("zeek-json", folder.path("json"))] {
      let result = try Program.run(["--format", format, "--logs", name] + Program.samples)
      #expect(result.status == 0)
      #expect(result.output == "")
      for log in ["smtp", "conn", "files"] {
        let printed = try Program.run(["--format", format, "--zeek-log", log] + Program.samples).output
        #expect(try String(contentsOfFile: "\(name)/\(log).log", encoding: .utf8) == printed)
      }
    }
    let again = try Program.run(["--format", "zeek", "--logs", logs] + Program.samples)
    #expect(again.status == 4)
    #expect(again.errors.contains("smtp.log is there already"))
    let wrong = folder.path("wrong")
    let call = ["--format", "zeek", "--logs", wrong, "--filter", "tcp prt", "samples/delivered.pcap"]
    #expect(try Program.run(call).status == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: wrong) == [])
    // One that is in the way leaves no others behind.
    let half = folder.path("half")
    try FileManager.default.createDirectory(atPath: half, withIntermediateDirectories: false)
    folder.write(Data("mine".utf8), as: "half/conn.log")
    #expect(try Program.run(["--format", "zeek", "--logs", half, "samples/delivered.pcap"]).status == 4)
    #expect(try FileManager.default.contentsOfDirectory(atPath: half) == ["conn.log"])
  }

  @Test(
    arguments: [
      (["--zeek-log", "smtp"], "--format zeek"), (["--format", "csv", "--logs", "/tmp/never"], "--format zeek"),
      (["--format", "zeek", "--zeek-log", "smtp", "--logs", "/tmp/never"], "give one"),
      (["--format", "zeek", "--zeek-log", "dns"], "dns"), (["--format", "eve", "--dialogue"], "--dialogue"),
      (["live", "-i", "lo", "--format", "zeek", "--logs", "/tmp/never", "--output", "/tmp/never"], "--logs"),
      (["live", "-i", "lo", "--logs", "/tmp/never"], "--format zeek"),
      (["live", "-i", "lo", "--format", "ecs", "--dialogue"], "--dialogue"),
    ])
  func `what does not go together is said`(arguments: [String], says: String) throws {
    let result = try Program.run(arguments + (arguments[0] == "live" ? [] : ["samples/delivered.pcap"]))
    #expect(result.status == 2)
    #expect(result.errors.contains(says))
  }

  @Test(arguments: [["analyze", "--help"], ["live", "--help"]])
  func `help names the formats and their options`(call: [String]) throws {
    let help = try Program.run(call).output
    for word in Self.formats + ["--zeek-log", "--logs"] { #expect(help.contains(word)) }
  }

  @Test(arguments: calls)
  func `passwords are in none of them`(call: [String]) throws {
    let capture = "samples/auth-failed.pcap"
    let revealed = try Program.run(["--reveal-secrets", "--dialogue", capture]).output
    #expect(revealed.contains("AGFsaWNlAHdyb25nLXBhc3N3b3Jk"))
    let output = try Program.run(call + [capture]).output
    #expect(!output.contains("AGFsaWNlAHdyb25nLXBhc3N3b3Jk"))
    #expect(!output.contains("wrong-password"))
  }

  @Test func `a selection keeps what it keeps elsewhere`() throws {
    let refused = ["--outcome", "refused"] + Program.samples
    let rows = try Program.run(["--format", "csv"] + refused).output.split(separator: "\r\n").dropFirst()
    let records = try Program.run(["--format", "ndjson"] + refused).output.split(separator: "\n")
    let recipients = records.reduce(0) { $0 + $1.ranges(of: "{\"outcome\":\"").count(where: { _ in true }) }
    #expect(!rows.isEmpty && rows.count < recipients * 2)
    #expect(rows.allSatisfy { $0.contains(",refused,") })
    let cause = ["--finding", "relay-denied"] + Program.samples
    #expect(try Program.run(["--format", "ecs"] + cause).output.split(separator: "\n").count == 1)
    #expect(try Program.run(["--format", "eve"] + cause).output.split(separator: "\n").count == 2)
    #expect(
      try Program.run(["--format", "zeek", "--zeek-log", "conn"] + cause).output.split(separator: "\n")
        .count { !$0.hasPrefix("#") } == 1)
  }

  @Test func `attachments come when they are asked for, hashes until they are not`() throws {
    let folder = try Scratch()
    var capture = PcapBuilder()
    let script = """
      S: 220 mx
      C: EHLO a.example
      S: 250 mx
      C: MAIL FROM:<ann@a.example>
      S: 250 Ok
      C: RCPT TO:<bob@b.example>
      S: 250 Ok
      C: DATA
      S: 354 go
      C: Content-Type: multipart/mixed; boundary=b
      C:\u{20}
      C: --b
      C:\u{20}
      C: https://a.example/
      C: --b
      C: Content-Disposition: attachment; filename="=1+1.csv"
      C:\u{20}
      C: one
      C: --b--
      C: .
      S: 250 2.0.0 Ok
      C: QUIT
      S: 221 bye
      """
    for frame in Conversation(script).frames { capture.add(frame.bytes, at: frame.time.nanoseconds) }
    let path = folder.write(Data(capture.bytes), as: "a.pcap").path
    func output(_ options: String...) throws -> String { try Program.run(options + [path]).output }

    #expect(try !output("--format", "eve").contains("fileinfo"))
    let eve = try output("--format", "eve", "--attachments")
    #expect(eve.contains("\"fileinfo\":{\"filename\":\"=1+1.csv\""))
    #expect(eve.contains("\"attachment\":[\"=1+1.csv\"],\"url\":[\"https://a.example/\"]"))
    #expect(try !output("--format", "ecs").contains("\"attachments\""))
    #expect(
      try output("--format", "ecs", "--attachments").contains("\"attachments\":[{\"file\":{\"name\":\"=1+1.csv\""))
    #expect(try !output("--format", "csv").contains("=1+1.csv"))
    #expect(try output("--format", "csv", "--attachments").contains(",'=1+1.csv\r\n"))
    // Zeek has every part, always.
    let files = try output("--format", "zeek-json", "--zeek-log", "files").split(separator: "\n")
    #expect(files.count == 2)
    #expect(files.last?.contains("\"filename\":\"=1+1.csv\"") == true)
    #expect(try output("--format", "csv").matches(of: /,[0-9a-f]{64},/).count == 1)
    #expect(try output("--format", "csv", "--no-hash").matches(of: /[0-9a-f]{64}/).isEmpty)
  }

  // MARK: The documentation

  /// A stand-in where Zeek is not installed: the columns that it is told, of a log on standard input.
  private static let zeekCut = """
    #!/bin/sh
    exec awk -F '\\t' -v wanted="$*" '
      /^#fields/ { for (i = 2; i <= NF; i++) place[$i] = i - 1; n = split(wanted, names, " ") }
      !/^#/ { line = ""; for (i = 1; i <= n; i++) line = line (i > 1 ? "\\t" : "") $place[names[i]]; print line }'

    """

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/jq"), "there is no jq"))
  func `the examples in the documentation give what stands there`() throws {
    let page = Program.root.appending(path: "docs/formats.md")
    let folder = try Scratch()
    let bin = folder.url.appending(path: "bin")
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: bin.appending(path: "smtpscope").path, withDestinationPath: try #require(Program.path))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("samples"), withDestinationPath: Program.root.appending(path: "samples").path)
    if !["/usr/bin/zeek-cut", "/opt/zeek/bin/zeek-cut"].contains(where: FileManager.default.isExecutableFile) {
      let standIn = folder.write(Data(Self.zeekCut.utf8), as: "bin/zeek-cut").path
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: standIn)
    }
    var text = ""
    var isExample = false
    var examples = 0
    for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { isExample = line == "```console" }
      if isExample, !line.hasPrefix("```"), !line.hasPrefix("$ ") { continue }
      text += line + "\n"
      guard isExample, line.hasPrefix("$ ") else { continue }
      examples += 1
      let result = try run(
        "sh", ["-c", String(line.dropFirst(2))], in: folder.url,
        path: "\(bin.path):/opt/zeek/bin:/usr/local/bin:/usr/bin:/bin")
      #expect(result.status == 0, "\(line)")
      text += result.output
    }
    text.removeLast()
    #expect(examples > 5)
    if ProcessInfo.processInfo.environment["SMTPSCOPE_RECORD"] == "1" {
      try Data(text.utf8).write(to: page)
      return
    }
    #expect(try String(contentsOf: page, encoding: .utf8) == text)
  }

  private func run(
    _ program: String, _ arguments: [String], in folder: URL? = nil, path: String = "/usr/local/bin:/usr/bin:/bin"
  ) throws -> Program.Result {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder ?? Program.root
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": path].merging(Sanitizer.options) { $1 }
    let (output, errors) = (scratch.write(Data(), as: "out"), scratch.write(Data(), as: "err"))
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Program.Result(
      status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}
