import Foundation
import Testing

/// What the benchmarks are run on: the generator's captures and the check that holds the output against them.
@Suite(.enabled(if: Python.path != nil, "there is no Python 3.10 or later")) struct WorkloadTests {
  @Test(arguments: ["small", "large", "background", "manyflows", "lossy"])
  func `all that the generator put into a workload is found`(kind: String) throws {
    let folder = try Scratch()
    let capture = folder.path("workload.pcap")
    #expect(try Python.run(["Benchmarks/generate.py", kind, "-o", capture, "--mb", "1"]).status == 0)

    let analysis = try Program.run(["analyze", "--format", "ndjson", capture])
    #expect(analysis.status == 0)
    #expect(try errors(of: analysis.output, capture, in: folder) == "")
    // The check itself notices one session too few.
    let shorter = analysis.output.drop { $0 != "\n" }.dropFirst()
    #expect(try errors(of: String(shorter), capture, in: folder).contains("sessions"))

    let messages = folder.path("messages")
    #expect(try Program.run(["extract", "--quiet", capture, "-o", messages]).status == 0)
    #expect(try Python.run(["Benchmarks/check.py", capture + ".json", messages]).errors == "")
    let one = try #require(FileManager.default.contentsOfDirectory(atPath: messages).first { $0.hasSuffix("1.eml") })
    try Data("Subject: another\r\n".utf8).write(to: URL(filePath: messages).appending(path: one))
    #expect(try Python.run(["Benchmarks/check.py", capture + ".json", messages]).errors.contains("not those"))
  }

  @Test func `the same seed gives the same bytes, another one others`() throws {
    let folder = try Scratch()
    var captures: [Data] = []
    for seed in ["1", "1", "2"] {
      let path = folder.path("\(captures.count).pcap")
      #expect(try Python.run(["Benchmarks/generate.py", "lossy", "-o", path, "--mb", "1", "--seed", seed]).status == 0)
      captures.append(try Data(contentsOf: URL(filePath: path)))
    }
    #expect(captures[0] == captures[1])
    #expect(captures[0] != captures[2])
  }

  /// What check.py says of an output.
  private func errors(of output: String, _ capture: String, in folder: Scratch) throws -> String {
    let file = folder.write(Data(output.utf8), as: "output.ndjson")
    let result = try Python.run(["Benchmarks/check.py", capture + ".json", file.path])
    #expect((result.status == 0) == result.errors.isEmpty)
    return result.errors
  }
}

/// The interpreter of the benchmarks' scripts.
enum Python {
  /// The first `python3` of the search path, if it is new enough for them.
  static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let found = folders.map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let found, (try? run(["-c", "import sys; sys.exit(sys.version_info < (3, 10))"], with: found))?.status == 0
    else { return nil }
    return found
  }()

  static func run(_ arguments: [String]) throws -> Program.Result {
    try run(arguments, with: try #require(path))
  }

  private static func run(_ arguments: [String], with path: String) throws -> Program.Result {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["-B"] + arguments
    process.currentDirectoryURL = Program.root
    let folder = try Scratch()
    let outputFile = folder.write(Data(), as: "out")
    let errorFile = folder.write(Data(), as: "err")
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    process.waitUntilExit()
    return Program.Result(
      status: process.terminationStatus, output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
  }
}
