// Foundation's Process runs the program: it is there already, and another package would have to be built for every test.
import Foundation
import TestSupport
import Testing

/// The built program, run as a person or a script runs it.
enum Program {
  /// Where the package lies; paths of samples are given from here, so that reports show them alike everywhere.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// What a run left behind.
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Where standard output goes.
  enum Output {
    case collected
    /// A pipe whose reader is gone.
    case closedPipe
    case file(String)
  }

  /// The program in the folder of the test bundle, which is among the runner's arguments.
  static var path: String? {
    ProcessInfo.processInfo.arguments.lazy
      .map { URL(filePath: $0).deletingLastPathComponent().appending(path: "smtpscope").path }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static func run(
    _ arguments: [String], input: Data = Data(), environment: [String: String] = [:], output: Output = .collected
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: try #require(path, "smtpscope is not built"))
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"].merging(Sanitizer.options) { $1 }
      .merging(environment) { $1 }
    // Files, not pipes: nobody has to read while the program writes.
    let folder = try Scratch()
    let inputFile = folder.write(input, as: "in")
    let outputFile = folder.write(Data(), as: "out")
    let errorFile = folder.write(Data(), as: "err")
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    let pipe = Pipe()
    switch output {
    case .collected: process.standardOutput = try FileHandle(forWritingTo: outputFile)
    case .closedPipe: process.standardOutput = pipe.fileHandleForWriting
    case .file(let path): process.standardOutput = FileHandle(forWritingAtPath: path)
    }
    if case .closedPipe = output { try pipe.fileHandleForReading.close() }
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
  }

  /// The samples by their names, from the package's root.
  static let samples: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "samples").path)) ?? []
    return names.filter { $0.contains(".pcap") }.sorted().map { "samples/" + $0 }
  }()
}

/// A folder of its own for a test, removed with the value.
final class Scratch: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "smtpscope-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func write(_ data: Data, as name: String) -> URL {
    let file = url.appending(path: name)
    _ = FileManager.default.createFile(atPath: file.path, contents: data)
    return file
  }

  func path(_ name: String) -> String { url.appending(path: name).path }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}
