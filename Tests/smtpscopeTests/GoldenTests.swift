import Foundation
import Testing

/// The reports of the samples, as they were read and found true. `SMTPSCOPE_RECORD=1` writes them anew: read them before
/// they are committed.
@Suite struct GoldenTests {
  enum Kind: String, CaseIterable {
    case text = "txt"
    case dialogue = "dialogue.txt"
    case json = "json"

    var options: [String] {
      switch self {
      case .text: []
      case .dialogue: ["--dialogue"]
      case .json: ["--format", "json"]
      }
    }
  }

  @Test(arguments: Program.samples, Kind.allCases)
  func `a sample's report is the one that was read`(sample: String, kind: Kind) throws {
    let result = try Program.run(["analyze"] + kind.options + [sample])
    #expect(result.status == 0)
    #expect(result.errors == "")
    let report = kind == .json ? try indented(result.output) : result.output
    let name = URL(filePath: sample).lastPathComponent.prefix { $0 != "." }
    let golden = Program.root.appending(path: "Tests/smtpscopeTests/Golden/\(name).\(kind.rawValue)")
    if ProcessInfo.processInfo.environment["SMTPSCOPE_RECORD"] == "1" {
      try Data(report.utf8).write(to: golden)
      return
    }
    let expected = String(decoding: (try? Data(contentsOf: golden)) ?? Data(), as: UTF8.self)
    let differing = zip(report.split(separator: "\n"), expected.split(separator: "\n")).first { $0 != $1 }
    let isSame = report == expected
    #expect(isSame, "\(differing.map { "\($0) instead of \($1)" } ?? "the lengths differ")")
  }

  /// One key a line, in the order of the alphabet: people read it, and a change shows where it is.
  private func indented(_ json: String) throws -> String {
    let document = try JSONSerialization.jsonObject(with: Data(json.utf8))
    let data = try JSONSerialization.data(
      withJSONObject: document, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  @Test func `without a subcommand the captures are analyzed`() throws {
    #expect(try Program.run(["samples/bdat.pcapng"]).output == Program.run(["analyze", "samples/bdat.pcapng"]).output)
  }

  @Test func `every sample stands in the list of samples`() throws {
    let list = try String(contentsOf: Program.root.appending(path: "samples/README.md"), encoding: .utf8)
    for sample in Program.samples { #expect(list.contains("`\(sample.dropFirst("samples/".count))`")) }
  }
}

/// The output against the published schema, by a checker that knows nothing of the program.
@Suite struct SchemaTests {
  /// Captures that do not belong to the project; where they are not there, they are not tried.
  static let shared: [String] = {
    let given = ProcessInfo.processInfo.environment["SMTPSCOPE_SHARED"].map { URL(filePath: $0) }
    let folder = given ?? Program.root.deletingLastPathComponent().appending(path: "shared")
    let names = FileManager.default.enumerator(atPath: folder.appending(path: "corpus/captures").path)
    return (names?.compactMap { $0 as? String } ?? []).sorted().map {
      folder.appending(path: "corpus/captures/\($0)").path
    }.filter { FileManager.default.contents(atPath: $0) != nil }
  }()

  @Test(arguments: ["json", "ndjson"])
  func `the samples' records fit the schema`(format: String) throws {
    try check(Program.samples.map { ["--dialogue", "--format", format, $0] })
    try check([["--format", format] + Program.samples])
  }

  @Test(.enabled(if: !shared.isEmpty, "there is no ../shared/corpus"))
  func `the records of captures found elsewhere fit the schema`() throws {
    try check(Self.shared.map { ["--dialogue", "--attachments", "--format", "ndjson", $0] })
  }

  private func check(_ calls: [[String]]) throws {
    let folder = try Scratch()
    var files: [String] = []
    for (index, call) in calls.enumerated() {
      let result = try Program.run(call)
      #expect(result.status == 0 || result.status == 3, "\(call.last ?? "")")
      files.append(folder.write(Data(result.output.utf8), as: "\(index).json").path)
    }
    let checker = Process()
    checker.executableURL = URL(filePath: "/usr/bin/env")
    checker.arguments = ["python3", Program.root.appending(path: "Tests/schema_check.py").path] + files
    let said = folder.write(Data(), as: "said")
    checker.standardOutput = try FileHandle(forWritingTo: said)
    checker.standardError = FileHandle.nullDevice
    try checker.run()
    checker.waitUntilExit()
    let misfits = try String(contentsOf: said, encoding: .utf8).split(separator: "\n").prefix(20)
    #expect(misfits.isEmpty)
    #expect(checker.terminationStatus == 0)
  }
}
