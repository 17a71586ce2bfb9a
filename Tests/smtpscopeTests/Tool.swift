import Foundation
import TestSupport
import Testing

/// Other programs that tests ask, where they are installed.
enum Tool {
  /// Where the program of this name is.
  static func path(_ name: String) -> String? {
    ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"].map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// A line for the shell, in a folder, with the built program in front of the path.
  static func shell(
    _ line: String, in folder: URL = Program.root, path: [String] = [], environment: [String: String] = [:]
  ) throws -> Program.Result {
    let program = URL(filePath: try #require(Program.path)).deletingLastPathComponent().path
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-o", "pipefail", "-c", line]
    process.currentDirectoryURL = folder
    process.environment = [
      "LC_ALL": "C.UTF-8", "HOME": folder.path,
      "PATH": (path + [program, "/usr/local/bin:/usr/bin:/bin:/usr/sbin"]).joined(separator: ":"),
    ].merging(Sanitizer.options) { $1 }.merging(environment) { $1 }
    let scratch = try Scratch()
    let outputFile = scratch.write(Data(), as: "out")
    let errorFile = scratch.write(Data(), as: "err")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    process.waitUntilExit()
    return Program.Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
  }

  /// The commands that the program has, by its own help.
  static let commands: [String] = {
    let help = (try? Program.run(["--help"]).output) ?? ""
    let section = help.components(separatedBy: "SUBCOMMANDS:\n").last ?? ""
    return section.split(separator: "\n").prefix { $0.hasPrefix("  ") }
      .filter { $0.dropFirst(2).first?.isLetter == true }.compactMap { $0.split(separator: " ").first.map(String.init) }
      .filter { $0 != "See" }
  }()
}
