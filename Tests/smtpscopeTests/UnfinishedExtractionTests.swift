import Foundation
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

    init(_ form: String, _ capture: Data, in folder: Scratch) throws {
      self.capture = capture
      let path = folder.path("reference")
      #expect(try Program.run(["extract", "-q", "--as", form, "-o", path, "-"], input: capture).status == 0)
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
    arguments: ExtractionFormTests.forms)
  func `killed at any moment it leaves nothing half under a final name`(form: String) throws {
    let folder = try Scratch()
    let reference = try Reference(form, Self.capture(megabytes: 16, in: folder), in: folder)
    // Parts of the capture with milliseconds to wait then; where all of it was read it is killed while it ends.
    let moments: [(part: Int, wait: UInt32)] = [
      (1, 0), (2, 5), (3, 300), (4, 2), (5, 600), (6, 0), (7, 900), (8, 1), (8, 20), (8, 70), (8, 200), (8, 30_000),
    ]
    var found = 0
    for (number, moment) in moments.enumerated() {
      let path = folder.path("\(number)")
      try kill(
        form, into: path, reading: reference.capture.prefix(reference.capture.count * moment.part / 8),
        andEnd: moment.part == 8, after: moment.wait)
      let files = try visibleFiles(in: path)
      found += files.count
      for (name, content) in files where !(form == "maildir" && name == "index.ndjson") {
        let isWhole = form == "maildir" ? reference.contents.contains(content) : reference.files[name] == content
        #expect(isWhole, "\(name) at moment \(moment)")
      }
      if let index = files["index.ndjson"] { #expect(index.last == 10) }
      if moment.wait == 20_000 { #expect(files.count == reference.files.count) }
      try? FileManager.default.removeItem(atPath: path)
    }
    // A mailbox file appears at the end only.
    #expect(found > (form == "mbox" ? 0 : reference.files.count))
  }

  private func kill(
    _ form: String, into path: String, reading bytes: Data, andEnd isWhole: Bool, after milliseconds: UInt32
  ) throws {
    let process = Process()
    process.executableURL = URL(filePath: try #require(Program.path))
    process.arguments = ["extract", "-q", "--as", form, "-o", path, "-"]
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
  @Test func `a mailbox file that may not grow keeps the messages that are whole`() throws {
    let folder = try Scratch()
    let reference = try Reference("mbox", Self.capture(megabytes: 2, in: folder), in: folder)
    let output = try shell(
      "ulimit -f 600; exec \"$0\" extract -q --as mbox -o \(folder.path("out")) \(folder.path("capture.pcap"))")
    #expect(output.status == 4)
    #expect(output.errors.contains("the file would be larger than this process may write"))
    #expect(output.errors.contains("that were written before stand"))
    #expect(output.errors.split(separator: "\n").count == 1)
    try expectPart(of: reference, in: folder.path("out"), form: "mbox")
  }

  @Test(.enabled(if: canMount, "mounting a small disk needs root"), arguments: ExtractionFormTests.forms)
  func `a full disk is told, and what is whole stays`(form: String) throws {
    let folder = try Scratch()
    let reference = try Reference(form, Self.capture(megabytes: 2, in: folder), in: folder)
    let disk = folder.path("disk")
    let output = try shell(
      """
      mkdir \(disk) && mount -t tmpfs -o size=900k none \(disk) || exit 99
      "$0" extract -q --as \(form) -o \(disk)/out \(folder.path("capture.pcap"))
      status=$?
      cp -r \(disk)/out \(folder.path("out")) || exit 98
      exit $status
      """, command: ["unshare", "-m", "sh"])
    #expect(output.status == 4)
    #expect(output.errors.contains("the disk is full"))
    #expect(output.errors.contains("that were written before stand"))
    #expect(output.errors.split(separator: "\n").count == 1)
    try expectPart(of: reference, in: folder.path("out"), form: form)
  }

  private static let canMount: Bool = {
    let result = try? shell("mount -t tmpfs none /mnt", command: ["unshare", "-m", "sh"])
    return result?.status == 0
  }()

  /// There are some of the messages, whole, the index lists them, and nothing else is there.
  private func expectPart(of reference: Reference, in path: String, form: String) throws {
    let files = try visibleFiles(in: path)
    let hidden = try #require(FileManager.default.enumerator(atPath: path)).filter { "\($0)".contains(".part") }
    #expect(hidden.isEmpty)
    let index = try #require(files["index.ndjson"])
    #expect(index.last == 10)
    let records = try lines(of: index)
    #expect(records.count > 3)
    let listed = Set(records.compactMap { $0["file"] as? String })
    #expect(listed == Set(files.keys).subtracting(["index.ndjson"]))
    for (name, content) in files where name != "index.ndjson" {
      switch form {
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
  }
}

private func lines(of index: Data?) throws -> [[String: Any]] {
  try #require(index).split(separator: 10).map {
    try #require(JSONSerialization.jsonObject(with: $0) as? [String: Any])
  }
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
