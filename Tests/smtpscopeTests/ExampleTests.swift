import Foundation
import Testing

/// What `--help` shows as examples works as it is typed.
@Suite struct ExampleTests {
  struct Example: CustomTestStringConvertible {
    var command: String
    var call: String
    var testDescription: String { call }
  }

  private static func examples(of command: String) -> [Example] {
    let help = (try? Program.run(command.isEmpty ? ["--help"] : ["help", command]).output) ?? ""
    return (help.components(separatedBy: "\nEXAMPLES:\n").dropFirst().first ?? "").split(separator: "\n")
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .map { Example(command: command, call: String($0.dropFirst(2))) }
  }

  static let all: [Example] = ([""] + Tool.commands).flatMap(examples)

  @Test func `each command has some, at its help's end, and each has a line that says what it does`() throws {
    #expect(Tool.commands.contains("analyze") && Tool.commands.contains("explain"))
    for command in [""] + Tool.commands {
      let ofCommand = Self.examples(of: command)
      #expect((2...4).contains(ofCommand.count), "Example.all has \(ofCommand.count) of \(command)")
      let help = try Program.run(command.isEmpty ? ["--help"] : ["help", command]).output
      let section = (help.components(separatedBy: "\nEXAMPLES:\n").last ?? "").split(separator: "\n")
      #expect(section.count == 2 * ofCommand.count, "\(command): more stands behind the examples, or less beside them")
    }
  }

  private static var isRoot: Bool { getuid() == 0 }

  @Test(arguments: all)
  func `each does what it says`(example: Example) throws {
    let isLive = example.call.contains(" live ")
    // They listen on every interface, and they are not interrupted by themselves.
    if isLive, !Self.isRoot { return }
    if example.call.contains("jq "), Tool.path("jq") == nil { return }
    if example.call.contains("less "), Tool.path("less") == nil { return }
    let folder = try Self.folder()
    let tools = try Scratch()
    let sudo = tools.write(Data("#!/bin/sh\nexec timeout --signal=INT 2 \"$@\"\n".utf8), as: "sudo")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sudo.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tools.url.path)
    let result = try Tool.shell(example.call, in: folder.url, path: [tools.url.path])
    // What an example of --fail-on finds is no failure of the example.
    let expected: [Int32] = example.call.contains("--fail-on") ? [1] : isLive ? [0, 124] : [0]
    #expect(expected.contains(result.status), "\(result.errors)")
    #expect(!result.errors.contains("nothing matches"), "\(result.errors)")
    let writes = [" -o ", "--output ", "--write "].contains { example.call.contains($0) }
    if !isLive, !writes, !example.call.contains("--quiet") { #expect(!result.output.isEmpty) }
    if !isLive, writes { #expect(folder.names.count > 4, "\(result.errors)") }
  }

  /// A folder with the files that the examples name.
  private static func folder() throws -> Scratch {
    let folder = try Scratch()
    // What live writes belongs to nobody.
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.url.path)
    folder.write(
      try Data(contentsOf: Program.root.appending(path: "samples/greylisting.pcap")), as: "capture.pcap")
    folder.write(
      try Data(contentsOf: Program.root.appending(path: "samples/relay-denied.pcap")), as: "refused.pcap")
    for place in ["inside.pcap", "outside.pcap"] {
      folder.write(try Data(contentsOf: Program.root.appending(path: "samples/pair/\(place)")), as: place)
    }
    return folder
  }
}
