import Foundation
import OutputChecks
import TestSupport
import Testing

/// The world breaks while the program runs: what was whole stays, nothing half stands under a final name, and status and
/// words say what happened.
@Suite(.serialized, .enabled(if: Python.path != nil, "there is no Python 3.10 or later")) struct FaultTests {
  /// A capture of some hundred sessions.
  private final class Workload: Sendable {
    let folder: Scratch
    let path: String
    let data: Data
    /// What analyze says of it.
    let records: String
    /// The same traffic several times over: more than is read before a reader must have taken something.
    let long: Data

    init() throws {
      folder = try Scratch()
      path = folder.path("small.pcap")
      #expect(try Python.run(["Benchmarks/generate.py", "small", "-o", path, "--mb", "6"]).status == 0)
      let data = try Data(contentsOf: URL(filePath: path))
      self.data = data
      records = try Program.run(["--format", "ndjson", "--jobs", "1", path]).output
      long = data + (0..<4).flatMap { _ in data.dropFirst(24) }
    }
  }

  private static let workload = Result { try Workload() }

  // MARK: Standard output

  @Test(arguments: [
    ["--format", "text"], ["--format", "json"], ["--format", "ndjson"], ["--format", "ndjson", "--jobs", "3"],
    ["--format", "csv"], ["--format", "zeek"], ["--format", "zeek-json"], ["--format", "eve"],
    ["--format", "ecs"], ["stats"], ["stats", "--format", "csv"], ["stats", "--format", "json"], ["compare"],
    ["compare", "--format", "json"], ["explain"],
  ])
  func `a reader that is gone, and a full disk behind standard output`(call: [String]) throws {
    let captures =
      call[0] == "explain" ? [] : Array(repeating: try Self.workload.get().path, count: call[0] == "compare" ? 2 : 1)
    // Who has seen enough need not be told that there was more.
    let gone = try Program.run(call + captures, output: .closedPipe)
    #expect(gone.status == 4 && gone.errors == "", "\(gone.errors)")
    let full = try Program.run(call + captures, output: .file("/dev/full"))
    #expect(full.status == 4)
    #expect(full.errors.hasPrefix("smtpscope: standard output: No space left on device"))
    #expect(full.errors.split(separator: "\n").count == 1, "\(full.errors)")
  }

  @Test func `standard output that is not open is told`() throws {
    let result = try Self.shell(">&- exec \"$0\" samples/delivered.pcap")
    #expect(result.status == 4 && result.errors.contains("standard output: "), "\(result.errors)")
  }

  @Test(.enabled(if: Shell.canMount, "hiding a library needs root"))
  func `without libarchive plain captures are read, and of others it is told why not`() throws {
    let result = try Self.shell(
      """
      for library in $(ldconfig -p | sed -n 's/.*libarchive.so.13 .*=> //p'); do
        mount --bind /dev/null "$(readlink -f "$library")" || exit 9
      done
      exec "$0" --format ndjson samples/delivered.pcap samples/ipv6.pcapng.gz
      """, command: ["unshare", "-m", "sh"])
    #expect(result.status == 3)
    #expect(
      result.errors.hasPrefix(
        "smtpscope: samples/ipv6.pcapng.gz: cannot be read: it is no plain capture, and libarchive"))
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(result.output.contains(#""type":"session""#))
  }

  // MARK: The disk

  @Test(.enabled(if: Shell.canMount, "mounting a small disk needs root"))
  func `logs on a full disk end with a whole line`() throws {
    let (folder, workload) = (try Scratch(), try Self.workload.get())
    for form in ["zeek", "zeek-json"] {
      let result = try onSmallDisk(folder, form, "\"$0\" --format \(form) --logs $disk/logs \(workload.path)")
      #expect(result.status == 4)
      #expect(result.errors.contains("No space left on device"), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
      for log in ["smtp", "conn", "files"] {
        let data = try Data(contentsOf: URL(filePath: folder.path("\(form)/logs/\(log).log")))
        // Of one that was not begun there is nothing.
        if form == "zeek" {
          #expect(data.isEmpty || InertOutput.log(data).problems.isEmpty, "\(log)")
        } else {
          #expect(InertOutput.records(data).problems.isEmpty, "\(log)")
        }
        #expect(data.isEmpty || data.last == 10, "\(log)")
      }
    }
  }

  @Test(.enabled(if: Shell.canMount, "mounting a small disk needs root"))
  func `a shared capture that does not fit is not there`() throws {
    let (folder, workload) = (try Scratch(), try Self.workload.get())
    let result = try onSmallDisk(folder, "share", "\"$0\" share -o $disk/shared.pcapng \(workload.path)")
    #expect(result.status == 4)
    #expect(result.errors.contains("the disk is full"), "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("share")) == [])
  }

  /// Runs a script on a disk of 100 kB, of which what is left goes to a folder.
  private func onSmallDisk(_ folder: Scratch, _ name: String, _ script: String) throws -> Program.Result {
    try Self.shell(
      """
      disk=\(folder.path("disk")); mkdir -p $disk && mount -t tmpfs -o size=100k none $disk || exit 99
      \(script)
      status=$?
      cp -r $disk \(folder.path(name)) || exit 98
      exit $status
      """, command: ["unshare", "-m", "sh"])
  }

  // MARK: The capture

  enum Change: CaseIterable { case shrinks, grows, growsByHalfARecord, isDeleted, losesItsPermission, isReplaced }

  /// The program waits for whoever reads its output, and meanwhile the file changes under it.
  @Test(arguments: Change.allCases)
  func `a capture that changes while it is read`(change: Change) throws {
    let (folder, workload) = (try Scratch(), try Self.workload.get())
    let path = folder.write(workload.long, as: "changing.pcap").path
    let undisturbed = try Program.run(["--format", "ndjson", "--jobs", "1", path]).output
    let result = try Self.interrupted(["--format", "ndjson", "--jobs", "1", path]) {
      let file = try FileHandle(forUpdating: URL(filePath: path))
      switch change {
      case .shrinks: try file.truncate(atOffset: UInt64(workload.long.count / 2 + 7))
      case .grows:
        try file.seekToEnd()
        try file.write(contentsOf: workload.long.dropFirst(24).prefix(16 + Self.firstLength(workload.long)))
      case .growsByHalfARecord:
        try file.seekToEnd()
        try file.write(contentsOf: workload.long.dropFirst(24).prefix(20))
      case .isDeleted: try FileManager.default.removeItem(atPath: path)
      case .losesItsPermission: try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
      case .isReplaced:
        try FileManager.default.removeItem(atPath: path)
        try Data("something else".utf8).write(to: URL(filePath: path))
      }
    }
    let (records, problems) = InertOutput.records(Data(result.output.utf8))
    #expect(problems.isEmpty)
    #expect(records.last?["type"] as? String == "summary")
    let sessions = { (text: String) in text.split(separator: "\n").filter { $0.contains("\"type\":\"session\"") } }
    let before = sessions(undisturbed)
    let after = sessions(result.output)
    switch change {
    case .shrinks, .growsByHalfARecord:
      #expect(result.status == 3)
      #expect(result.errors.contains("changing.pcap: cut short"), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
    case .grows, .isDeleted, .losesItsPermission, .isReplaced:
      #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    }
    if change == .shrinks {
      // What was complete by then is told as ever.
      #expect(after.count > before.count / 4 && after.count <= before.count)
      #expect(zip(before, after).prefix { $0 == $1 }.count > before.count / 4)
    } else {
      #expect(after == before)
    }
  }

  /// In the last of its three passes what the second found is replaced: in another capture it would stand elsewhere.
  @Test(arguments: [false, true])
  func `a capture that changes while it is shared is told, and nothing is written`(isReplaced: Bool) throws {
    let (folder, workload) = (try Scratch(), try Self.workload.get())
    let path = folder.write(workload.long, as: "changing.pcap").path
    let errors = folder.write(Data(), as: "err")
    try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(filePath: try #require(Program.path))
    process.arguments = ["share", "-o", folder.path("out/shared.pcapng"), path]
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    // Its hidden file is written to when the last pass has begun.
    while process.isRunning, try Self.octets(in: folder.path("out")) == 0 { usleep(1000) }
    kill(process.processIdentifier, SIGSTOP)
    #expect(process.isRunning)
    let file = try FileHandle(forUpdating: URL(filePath: path))
    if isReplaced {
      // As long as before, and with the sessions elsewhere.
      let half = Self.boundary(in: workload.long, behind: workload.long.count / 2)
      try file.seek(toOffset: UInt64(half))
      try file.write(contentsOf: workload.long[24..<(24 + workload.long.count - half)])
    } else {
      try file.truncate(atOffset: UInt64(Self.boundary(in: workload.long, behind: workload.long.count * 3 / 4)))
    }
    kill(process.processIdentifier, SIGCONT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 3)
    let told = try String(contentsOf: errors, encoding: .utf8)
    #expect(
      told.hasSuffix(
        "changing.pcap: changed while it was read. Nothing was written: share reads its captures three times. Share a copy of it.\n"
      ), "\(told)")
    #expect(told.split(separator: "\n").count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")) == [])
  }

  /// What all files of a directory have together. One that is removed between its listing and the look at it has none:
  /// the program tries early whether its name is free, with a hidden file that goes again.
  private static func octets(in directory: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: directory).reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")
      return sum + (attributes?[.size] as? Int ?? 0)
    }
  }

  /// Where the first record begins that does so behind a place.
  private static func boundary(in capture: Data, behind place: Int) -> Int {
    var offset = 24
    while offset < place {
      offset += 16 + (8..<12).reduce(0) { $0 | Int(capture[offset + $1]) << (8 * ($1 - 8)) }
    }
    return offset
  }

  private static func firstLength(_ capture: Data) -> Int {
    (0..<4).reduce(0) { $0 | Int(capture[32 + $1]) << (8 * $1) }
  }

  @Test(.enabled(if: getuid() == 0, "becoming somebody else needs root"))
  func `what may not be read or written is told`() throws {
    let folder = try Scratch()
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
    folder.write(Data([1, 2, 3]), as: "secret.pcap")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path("secret.pcap"))
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh"]
    let copy = folder.write(try Data(contentsOf: Program.root.appending(path: "samples/delivered.pcap")), as: "x.pcap")
      .path
    guard try Self.shell("exec \"$0\" --version", command: nobody).status == 0 else { return }
    for (call, status, words) in [
      ("--format ndjson \(folder.path("secret.pcap"))", 3, "secret.pcap: cannot be read: Permission denied"),
      ("extract -o \(folder.path("out")) \(copy)", 4, "out: permission denied"),
      ("share -o \(folder.path("out.pcapng")) \(copy)", 4, "permission denied"),
      ("--sqlite \(folder.path("out.db")) \(copy)", 4, "ermission denied"),
      (
        "--format zeek --logs \(folder.path("logs")) \(copy)", 4,
        "logs: the directory for the logs cannot be made: Permission denied. Make it, or name another one: --logs DIR."
      ),
    ] as [(String, Int32, String)] {
      let result = try Self.shell("exec \"$0\" \(call)", command: nobody)
      #expect(result.status == status && result.errors.lowercased().contains(words.lowercased()), "\(call): \(result)")
      #expect(result.errors.split(separator: "\n").count == 1)
    }
    #expect(folder.names == ["secret.pcap", "x.pcap"])
    // Where a file stands in the way nobody gets on.
    let blocked = try Program.run(["--format", "zeek", "--logs", folder.path("x.pcap/logs"), copy])
    #expect(blocked.status == 4 && blocked.output == "")
    #expect(
      blocked.errors.contains("x.pcap/logs: the directory for the logs cannot be made: Not a directory. Make it, or"))
  }

  // MARK: Signals

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP], ["eml", "mbox", "maildir", "share", "sqlite", "logs"])
  func `a signal at any moment leaves nothing half`(signal: Int32, kind: String) throws {
    let (folder, workload) = (try Scratch(), try Self.workload.get())
    let reference = folder.path("reference")
    let call = { (path: String) -> [String] in
      switch kind {
      case "share": ["share", "-q", "-o", path, workload.path]
      case "sqlite": ["-q", "--sqlite", path, "--format", "ndjson", workload.path]
      case "logs": ["-q", "--format", "zeek-json", "--logs", path, workload.path]
      default: ["extract", "-q", "--as", kind, "--attachments", "-o", path, workload.path]
      }
    }
    #expect(try Program.run(call(reference)).status == 0)
    let whole = Set(try Self.files(in: reference).values)
    var ended = 0
    for wait in [0, 20, 60, 150, 300, 500, 900] {
      let path = folder.path("\(wait)")
      let status = try Self.signalled(call(path), signal, after: wait)
      #expect(status == 0 || status == -signal, "\(status)")
      if status != 0 { ended += 1 }
      switch kind {
      case "sqlite":
        guard FileManager.default.fileExists(atPath: path) else { continue }
        #expect(try Self.isWhole(path))
      case "logs":
        // They grow line by line, as logs do.
        for (name, data) in try Self.files(in: path) {
          let full = try Data(contentsOf: URL(filePath: "\(reference)/\(name)"))
          #expect(full.starts(with: data), "\(name)")
        }
      case "share":
        if status != 0, FileManager.default.fileExists(atPath: path) {
          // It was whole already, and about to be compared.
          #expect(try Program.run(["-q", path]).status == 0)
        }
      default:
        for (name, data) in try Self.files(in: path) where !name.hasSuffix("index.ndjson") {
          #expect(whole.contains(data), "\(name)")
        }
      }
    }
    #expect(ended > 0)
  }

  // MARK: What the system grants

  @Test(arguments: 3...30)
  func `few descriptors are enough, or it is told`(count: Int) throws {
    let (folder, workload) = (try Scratch(), try Self.workload.get())
    for (name, call) in [
      ("analyze", "--format ndjson \(workload.path)"),
      ("many", "--format ndjson samples/*.pcap*"),
      ("gzip", "--format ndjson samples/ipv6.pcapng.gz"),
      ("extract", "extract -q --attachments -o \(folder.path("extract\(count)")) \(workload.path)"),
      ("mbox", "extract -q --as mbox -o \(folder.path("mbox\(count)")) \(workload.path)"),
      ("sqlite", "-q --sqlite \(folder.path("\(count).db")) \(workload.path)"),
      ("logs", "--format zeek --logs \(folder.path("logs\(count)")) \(workload.path)"),
      ("share", "share -q -o \(folder.path("\(count).pcapng")) \(workload.path)"),
    ] {
      let result = try Self.shell("ulimit -n \(count); exec \"$0\" \(call)")
      // With none to spare the linker of the system cannot load the program's libraries.
      if result.status == 127 {
        #expect(count < 5, "\(name)")
        continue
      }
      #expect([0, 3, 4].contains(result.status), "\(name): \(result.status) \(result.errors)")
      #expect((result.status == 0) == (result.errors == ""), "\(name): \(result.errors)")
      if result.status != 0 {
        let words = ["Too many open files", "too many files are open"]
        #expect(result.errors.hasPrefix("smtpscope: "), "\(name): \(result.errors)")
        #expect(words.contains { result.errors.contains($0) }, "\(name): \(result.errors)")
        // Whoever asked for a database has one that is whole, or none at all.
        if name == "sqlite", result.status == 4 {
          #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
          #expect(!FileManager.default.fileExists(atPath: folder.path("\(count).db")))
        }
      }
      if name == "analyze", result.status == 0 { #expect(result.output == workload.records) }
      #expect(count < 20 || result.status == 0, "\(name): \(result.errors)")
    }
  }

  @Test(
    .enabled(if: Sanitizer.leavesAddressSpace, "with a sanitizer's shadow there is no address space to limit"),
    arguments: [60, 100, 140, 180, 240, 320, 400, 600, 1000])
  func `little memory ends it, and leaves nothing half`(megabytes: Int) throws {
    let (folder, workload) = (try Scratch(), try Self.workload.get())
    let reference = folder.path("reference")
    #expect(try Program.run(["extract", "-q", "-o", reference, workload.path]).status == 0)
    let whole = Set(try Self.files(in: reference).values)
    for (name, call) in [
      ("analyze", "--jobs 1 --format ndjson \(workload.path)"),
      ("analyze", "--jobs 2 --format ndjson \(workload.path)"),
      ("extract", "extract --jobs 2 -q -o \(folder.path("extract")) \(workload.path)"),
      ("share", "share --jobs 2 -q -o \(folder.path("shared")) \(workload.path)"),
      ("sqlite", "--jobs 2 -q --sqlite \(folder.path("records.db")) \(workload.path)"),
    ] {
      // Who ends by a signal need not say where: that may take longer than all else on a busy machine.
      let result = try Self.shell(
        "export SWIFT_BACKTRACE=enable=no; ulimit -c 0; ulimit -v \(megabytes * 1024); exec timeout -k 1 60 \"$0\" \(call)"
      )
      // A status of the contract, the linker's, or the end by a signal.
      #expect(
        [0, 2, 3, 4, 127].contains(result.status) || result.status < 0, "\(name): \(result.status) \(result.errors)")
      #expect(result.status == 0 || result.errors != "" || result.status < 0, "\(name)")
      if name == "analyze", result.status == 0 { #expect(result.output == workload.records) }
    }
    for (name, data) in try Self.files(in: folder.path("extract")) where name != "index.ndjson" {
      #expect(whole.contains(data), "\(name)")
    }
    if FileManager.default.fileExists(atPath: folder.path("shared")) {
      #expect(try Program.run(["-q", folder.path("shared")]).status == 0)
    }
    if FileManager.default.fileExists(atPath: folder.path("records.db")) {
      #expect(try Self.isWhole(folder.path("records.db")))
    }
  }

  /// A thread's stack is as large as the first one may become, so this leaves memory for everything but a stack.
  @Test(.enabled(if: Sanitizer.leavesAddressSpace, "with a sanitizer's shadow there is no address space to limit"))
  func `a thread that cannot be started is told, and nothing is begun`() throws {
    let (folder, workload) = (try Scratch(), try Self.workload.get())
    for call in [
      "--jobs 2 --format ndjson", "--jobs 2 --format csv", "--jobs 2 --format text", "--jobs 2 --format json",
      "stats --jobs 2", "extract --jobs 2 -o \(folder.path("extract"))",
      "extract --jobs 2 --as mbox -o \(folder.path("mbox"))", "--jobs 1 -q --sqlite \(folder.path("records.db"))",
    ] {
      let result = try Self.shell(
        "ulimit -c 0; ulimit -s 4000000; ulimit -v 2000000; exec timeout -k 1 60 \"$0\" \(call) \(workload.path)")
      // The database's thread is needed however few others there are.
      let advice = call.contains("--sqlite") ? "" : ", or use fewer threads: --jobs 1"
      #expect(result.status == 4, "\(call): \(result.status)")
      #expect(result.output == "", "\(call)")
      #expect(
        result.errors == """
          smtpscope: a thread cannot be started: Resource temporarily unavailable. \
          Allow more memory or more tasks (ulimit -v, -u)\(advice).

          """, "\(call): \(result.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("records.db")))
    for name in ["extract", "mbox"] { #expect(try Self.files(in: folder.path(name)) == [:], "\(name)") }
    let alone = try Self.shell(
      "ulimit -s 4000000; ulimit -v 2000000; exec \"$0\" --jobs 1 --format ndjson \(workload.path)")
    #expect(alone.status == 0 && alone.output == workload.records)
  }
}

// MARK: - Runs

extension FaultTests {
  /// Whether a database is whole once its next user has undone what was not committed.
  fileprivate static func isWhole(_ database: String) throws -> Bool {
    let script = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check'))"
    let result = try Python.run(["-c", script, database])
    return result.output == "('ok',)\n"
  }

  /// Runs a script of which `$0` is the program; a negative status is a signal.
  fileprivate static func shell(_ script: String, command: [String] = ["sh"]) throws -> Program.Result {
    let folder = try Scratch()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command + ["-c", script, try #require(Program.path)]
    process.currentDirectoryURL = Program.root
    let (output, errors) = (folder.write(Data(), as: "out"), folder.write(Data(), as: "err"))
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Program.Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }

  /// Runs the program, does something while it waits for room in a pipe that nobody reads, and reads it then.
  fileprivate static func interrupted(_ arguments: [String], _ act: () throws -> Void) throws -> Program.Result {
    let folder = try Scratch()
    let process = Process()
    process.executableURL = URL(filePath: try #require(Program.path))
    process.arguments = arguments
    let (pipe, errors) = (Pipe(), folder.write(Data(), as: "err"))
    process.standardOutput = pipe
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    try pipe.fileHandleForWriting.close()
    var calm = 0
    while calm < 15, process.isRunning {
      usleep(20_000)
      let stat = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
      calm = stat.contains(") S ") ? calm + 1 : 0
    }
    #expect(process.isRunning)
    try act()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Program.Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: output, as: UTF8.self), errors: try String(contentsOf: errors, encoding: .utf8))
  }

  fileprivate static func signalled(_ arguments: [String], _ signal: Int32, after milliseconds: Int) throws -> Int32 {
    let process = Process()
    // Whoever runs the tests in the background may have had signals ignored, which is inherited.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["--default-signal=INT,TERM,HUP", try #require(Program.path)] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<milliseconds where process.isRunning { usleep(1000) }
    if process.isRunning { kill(process.processIdentifier, signal) }
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// The files with a final name, by their paths below a directory; the file itself where it is one.
  fileprivate static func files(in path: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: path) ?? .init()
    where !name.hasSuffix(".part") {
      let data = FileManager.default.contents(atPath: path + "/" + name)
      if let data { files[name] = data }
    }
    return files
  }
}
