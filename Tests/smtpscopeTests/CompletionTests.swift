import Foundation
import Testing

/// What bash, zsh and fish offer, asked with the scripts that are installed.
@Suite(.enabled(if: Tool.path("python3") != nil, "python3 makes the scripts"))
struct CompletionTests {
  private static let shells = ["bash", "zsh", "fish"].filter { Tool.path($0) != nil }

  @Test(arguments: shells)
  func `commands, options, values, findings, interfaces and files are offered`(shell: String) throws {
    let folder = try Scratch()
    folder.write(Data(), as: "capture.pcap")
    folder.write(Data(), as: "keys.log")
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "mails"), withIntermediateDirectories: true)
    let environment = ["PROGRAM": try #require(Program.path), "PACKAGE": Program.root.path]
    let made = try Tool.shell(
      "\"$PACKAGE\"/packaging/completions.py \"$PROGRAM\" \(shell) >script", in: folder.url, environment: environment)
    #expect(made.status == 0, "\(made.errors)")
    func offered(_ line: String) throws -> [String] {
      let said = try Tool.shell(
        "\"$PACKAGE\"/Tests/Tools/complete.py \(shell) script '\(line)'", in: folder.url, environment: environment)
      #expect(said.status == 0, "\(said.errors)")
      return said.output.split(separator: "\n").map { $0.hasSuffix("/") ? String($0.dropLast()) : String($0) }
    }
    let first = try offered("smtpscope ")
    for name in Tool.commands + ["help", "capture.pcap"] { #expect(first.contains(name), "\(name)") }
    #expect(try offered("smtpscope extr") == ["extract"])
    // The command that needs no name is known by its options and captures.
    #expect(try offered("smtpscope --reveal") == ["--reveal-secrets"])
    #expect(try offered("smtpscope capture.pcap --outco") == ["--outcome"])
    #expect(try offered("smtpscope --dialogue cap") == ["capture.pcap"])
    #expect(try offered("smtpscope --color ") == ["always", "auto", "never"])
    for call in ["smtpscope --format ", "smtpscope live -i lo --format "] {
      let formats = try offered(call)
      for format in ["json", "ndjson", "text"] { #expect(formats.contains(format), "\(call)") }
      #expect(!formats.contains("capture.pcap"))
    }
    #expect(try offered("smtpscope --outcome par") == ["partially_accepted"])
    #expect(try offered("smtpscope --fail-on w") == ["warning"])
    #expect(try offered("smtpscope --finding greyl") == ["greylisted"])
    #expect(try offered("smtpscope explain mailbox-u") == ["mailbox-unknown"])
    #expect(try offered("smtpscope extract --as ") == ["eml", "maildir", "mbox"])
    #expect(try offered("smtpscope extract -o m") == ["mails"])
    #expect(try offered("smtpscope share capture.pcap --keylog k") == ["keys.log"])
    let interfaces = try offered("smtpscope live -i ")
    #expect(interfaces.contains("lo") && interfaces.contains("any"))
  }
}
