import Foundation
import TestSupport
import Testing

/// What is left of a run that could not do its work.
@Suite(.enabled(if: Python.path != nil, "there is no Python 3.10 or later")) struct UnfinishedExtractionTests {
  private static var isSlowWelcome: Bool { ProcessInfo.processInfo.environment["SMTPSCOPE_SLOW_TESTS"] == "1" }

  /// What an extraction from standard input leaves when nothing goes wrong.
  private struct Reference {
    let capture: Data
    /// By name; a Maildir's by contents only.
    var files: [String: Data] = [:]
    var contents: Set<Data> = []

    init(_ form: String, _ options: [String], _ capture: Data, in folder: Scratch) throws {
      self.capture = capture
      let path = folder.path("reference")
      let call = ["extract", "-q", "--as", form] + options + ["-o", path, "-"]
      #expect(try Program.run(call, input: capture).status == 0)
      files = try visibleFiles(in: path)
      contents = Set(files.values)
    }

    func places(of file: String) throws -> [Range<Int>] {
      try smtpscopeTests.places(in: lines(of: files["index.ndjson"]), of: file)
    }
  }

  private static func capture(megabytes: Int, in folder: Scratch) throws -> Data {
    let path = folder.path("capture.pcap")
    #expect(try Python.run(["Benchmarks/generate.py", "small", "-o", path, "--mb", "\(megabytes)"]).status == 0)
    return try Data(contentsOf: URL(filePath: path))
  }

  @Test(
    .enabled(if: isSlowWelcome, "SMTPSCOPE_SLOW_TESTS=1 kills the program many times"),
    arguments: ExtractionFormTests.forms, [[], ["--attachments"]])
  func `killed at any moment it leaves nothing half under a final name`(form: String, options: [String]) throws {
    let folder = try Scratch()
    let reference = try Reference(form, options, Self.capture(megabytes: 16, in: folder), in: folder)
    let parts = reference.files.keys.count { $0.hasPrefix("attachments/") }
    #expect((parts > 0) == !options.isEmpty)
    // Parts of the capture with milliseconds to wait then; where all of it was read it is killed while it ends.
    let moments: [(part: Int, wait: UInt32)] = [
      (1, 0), (2, 5), (3, 300), (4, 2), (5, 600), (6, 0), (7, 900), (8, 1), (8, 20), (8, 70), (8, 200), (8, 30_000),
    ]
    var found = 0
    for (number, moment) in moments.enumerated() {
      let path = folder.path("\(number)")
      try kill(
        ["--as", form] + options, into: path,
        reading: reference.capture.prefix(reference.capture.count * moment.part / 8),
        andEnd: moment.part == 8, after: moment.wait)
      let files = try visibleFiles(in: path)
      found += files.count
      for (name, content) in files where !(form == "maildir" && name == "index.ndjson") {
        let isWhole = form == "maildir" ? reference.contents.contains(content) : reference.files[name] == content
        #expect(isWhole, "\(name) at moment \(moment)")
      }
      if let index = files["index.ndjson"] { #expect(index.last == 10) }
      if moment.wait == 30_000 { #expect(files.count == reference.files.count) }
      try? FileManager.default.removeItem(atPath: path)
    }
    // A mailbox file appears at the end only.
    #expect(found > (form == "mbox" ? parts : reference.files.count))
  }

  private func kill(
    _ options: [String], into path: String, reading bytes: Data, andEnd isWhole: Bool, after milliseconds: UInt32
  ) throws {
    let process = Process()
    process.executableURL = URL(filePath: try #require(Program.path))
    process.arguments = ["extract", "-q"] + options + ["-o", path, "-"]
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    try pipe.fileHandleForWriting.write(contentsOf: bytes)
    if isWhole { try pipe.fileHandleForWriting.close() }
    for _ in 0..<milliseconds where process.isRunning { usleep(1000) }
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// A limit on files' sizes stops a mailbox file where a full disk would.
  @Test(.enabled(if: Sanitizer.leavesFileSizes, "the thread sanitizer has a file that is larger"))
  func `a mailbox file that may not grow keeps the messages that are whole`() throws {
    let folder = try Scratch()
    let reference = try Reference("mbox", [], Self.capture(megabytes: 2, in: folder), in: folder)
    // With two threads it hangs on how far each has come when the first meets the limit.
    for (jobs, least) in [(1, 1), (2, 0)] {
      let path = folder.path("out-\(jobs)")
      let output = try shell(
        "ulimit -f 600; exec \"$0\" extract -q --jobs \(jobs) --as mbox -o \(path) \(folder.path("capture.pcap"))")
      #expect(output.status == 4)
      #expect(output.errors.contains("the file would be larger than this process may write"))
      #expect(output.errors.split(separator: "\n").count == 1)
      let records = try expectPart(of: reference, in: path, form: "mbox", atLeast: least)
      let remains =
        switch records {
        case 0: "No message was written."
        case 1: "1 message that was written before stands, as "
        default: "\(records) messages that were written before stand, as "
        }
      #expect(output.errors.contains(remains))
    }
  }

  @Test(
    .enabled(if: canMount, "mounting a small disk needs root"), arguments: ExtractionFormTests.forms,
    [[], ["--attachments"]])
  func `a full disk is told, and what is whole stays`(form: String, options: [String]) throws {
    let folder = try Scratch()
    let reference = try Reference(form, options, Self.capture(megabytes: 2, in: folder), in: folder)
    // Kilobytes: too few for one message and its parts, for some, and for most.
    for (size, jobs) in [(100, 1), (100, 2), (900, 1), (900, 2), (1600, 1), (1600, 2)]
    where size < 1600 || !options.isEmpty {
      let path = folder.path("out-\(size)-\(jobs)")
      let output = try shell(
        """
        disk=\(folder.path("disk")); mkdir -p $disk && mount -t tmpfs -o size=\(size)k none $disk || exit 99
        "$0" extract -q --jobs \(jobs) --as \(form) \(options.joined()) -o $disk/out \(folder.path("capture.pcap"))
        status=$?
        cp -r $disk/out \(path) || exit 98
        exit $status
        """, command: ["unshare", "-m", "sh"])
      #expect(output.status == 4)
      #expect(output.errors.contains("the disk is full"))
      #expect(output.errors.contains("written before stand") || output.errors.contains("No message was written."))
      #expect(output.errors.split(separator: "\n").count == 1)
      // Of two threads one may fill the disk while the other, which has the first sessions, waits for a core.
      let least = jobs == 1 && size > (options.isEmpty ? 100 : 900) ? 4 : 0
      try expectPart(of: reference, in: path, form: form, atLeast: least)
    }
  }

  private static let canMount: Bool = {
    let result = try? shell("mount -t tmpfs none /mnt", command: ["unshare", "-m", "sh"])
    return result?.status == 0
  }()

  /// There are some of the messages, whole, the index lists them, and nothing else is there. How many it lists.
  @discardableResult
  private func expectPart(of reference: Reference, in path: String, form: String, atLeast count: Int) throws -> Int {
    // A mailbox without messages is listed nowhere.
    let files = try visibleFiles(in: path).filter { !$0.key.hasSuffix(".mbox") || !$0.value.isEmpty }
    let hidden = try #require(FileManager.default.enumerator(atPath: path)).filter { "\($0)".hasSuffix(".part") }
    #expect(hidden.isEmpty)
    let index = files["index.ndjson"] ?? Data()
    #expect(index.isEmpty || index.last == 10)
    let records = try lines(of: index)
    #expect(records.count >= count, "\(records.count)")
    let listed = Set(records.flatMap(filesListed))
    #expect(listed == Set(files.keys).subtracting(["index.ndjson"]))
    for (name, content) in files where name != "index.ndjson" {
      switch name.hasPrefix("attachments/") ? "eml" : form {
      case "eml": #expect(reference.files[name] == content, "\(name)")
      case "maildir": #expect(reference.contents.contains(content), "\(name)")
      default:
        // One behind the other, and nothing between them.
        let found = places(in: records, of: name)
        #expect(found.reduce(0) { $1.lowerBound == $0 ? $1.upperBound : -1 } == content.count)
        let whole = try #require(reference.files[name])
        let all = Set(try reference.places(of: name).map { whole[$0] })
        for place in found { #expect(all.contains(content[place])) }
      }
    }
    return records.count
  }
}

private func lines(of index: Data?) throws -> [[String: Any]] {
  try #require(index).split(separator: 10).map {
    try #require(JSONSerialization.jsonObject(with: $0) as? [String: Any])
  }
}

/// The files of a message and of its parts, as a line of the index has them.
private func filesListed(in line: [String: Any]) -> [String] {
  let message = line["message"] as? [String: Any]
  let parts = ["attachments", "bodies"].flatMap { message?[$0] as? [[String: Any]] ?? [] }
  return ([line] + parts).compactMap { $0["file"] as? String }
}

/// Where the index says that messages stand in a mailbox file.
private func places(in lines: [[String: Any]], of file: String) -> [Range<Int>] {
  lines.filter { $0["file"] as? String == file }.compactMap { line in
    guard let start = line["file_offset"] as? Int, let length = line["file_bytes"] as? Int else { return nil }
    return start..<start + length
  }
}

/// The files with a final name, by their paths.
private func visibleFiles(in path: String) throws -> [String: Data] {
  var files: [String: Data] = [:]
  let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
  for name in names where !name.hasSuffix(".part") {
    var isDirectory: ObjCBool = false
    // It fills in the flag during the call.
    guard unsafe FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isDirectory),
      !isDirectory.boolValue, !name.hasSuffix("maildirfolder")
    else { continue }
    files[name] = FileManager.default.contents(atPath: path + "/" + name)
  }
  return files
}

/// Runs a script of which `$0` is the program.
private func shell(_ script: String, command: [String] = ["sh"]) throws -> (status: Int32, errors: String) {
  let folder = try Scratch()
  let errors = folder.write(Data(), as: "err")
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = command + ["-c", script, try #require(Program.path)]
  process.standardError = try FileHandle(forWritingTo: errors)
  process.standardOutput = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  return (process.terminationStatus, try String(contentsOf: errors, encoding: .utf8))
}
