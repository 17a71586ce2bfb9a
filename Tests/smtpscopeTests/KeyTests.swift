import Foundation
import Testing

private let capture = "Tests/smtpscopeTests/Captures/submission-inside-tls.pcap"
private let keys = "Tests/smtpscopeTests/Captures/submission-inside-tls.keys"

// Recorded like the samples, between Python's smtplib and Postfix 3.7 over TLS 1.3: a login and a mail on port 587 with the
// client's key log, and a delivery whose secrets the capture brings along.

/// Secrets of TLS on the command line and in captures.
@Suite struct KeyTests {
  @Test func `a key log opens the session, and its secrets and the password stay secret`() throws {
    let log = try String(contentsOf: Program.root.appending(path: keys), encoding: .utf8)
    let secrets = log.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
    #expect(secrets.count >= 4)
    for options in [["--format", "json"], ["--format", "text", "--dialogue"], ["--format", "ndjson", "--dialogue"]] {
      let result = try Program.run(["--keylog", keys, "-v", capture] + options)
      #expect(result.status == 0)
      #expect(result.errors.contains("TLS secrets served 1 session."))
      #expect(result.output.contains("accepted"))
      for secret in secrets where secret.count > 32 {
        #expect(!(result.output + result.errors).lowercased().contains(secret.lowercased()))
      }
      if options.contains("--dialogue") { #expect(result.output.contains("********")) }
    }
  }

  @Test func `a session without its secret says why`() throws {
    let folder = try Scratch()
    let other = folder.write(
      Data("CLIENT_RANDOM \(String(repeating: "0a", count: 32)) \(String(repeating: "0b", count: 48))\n".utf8),
      as: "other")
    let result = try Program.run(["--keylog", other.path, "-v", "--format", "json", capture])
    #expect(result.status == 0)
    #expect(result.output.contains(#""keys":"no secret for this client random""#))
    #expect(result.errors.contains("did not serve 1 (session 1): no secret for this client random."))
    let both = try Program.run(["--keylog", other.path, "--keylog", keys, "--format", "json", capture])
    #expect(both.output.contains(#""keys":"used""#))
  }

  @Test func `secrets in the capture are used without asking, from a pipe too`() throws {
    let sample = Program.root.appending(path: "Tests/smtpscopeTests/Captures/secrets-inside.pcapng")
    let piped = try Program.run(["--format", "json", "-"], input: Data(contentsOf: sample))
    for output in [piped.output, try Program.run(["--format", "json", sample.path]).output] {
      #expect(output.contains(#""decrypted":true"#))
      #expect(output.contains(#""outcome":"delivered""#))
    }
  }

  @Test(arguments: [1, 3]) func `in a file they may stand behind their packets`(jobs: Int) throws {
    let sample = Program.root.appending(path: "Tests/smtpscopeTests/Captures/secrets-inside.pcapng")
    let inside = [UInt8](try Data(contentsOf: sample))
    var blocks: [ArraySlice<UInt8>] = []
    var rest = inside[...]
    while rest.count >= 12 {
      let length = rest.dropFirst(4).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      blocks.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    let secrets = blocks.filter { $0.starts(with: [10, 0, 0, 0]) }
    let behind = blocks.filter { !$0.starts(with: [10, 0, 0, 0]) } + secrets
    try #require(secrets.count == 1 && behind != blocks)
    let folder = try Scratch()
    let moved = folder.write(Data(behind.joined()), as: "behind.pcapng")
    let options = ["analyze", "--format", "ndjson", "--jobs", "\(jobs)"]
    let expected = try Program.run(options + [sample.path]).output.split(separator: "\n").dropLast()
    let output = try Program.run(options + [moved.path]).output.split(separator: "\n").dropLast()
    #expect(output.contains { $0.contains(#""decrypted":true"#) })
    #expect(output.map { String($0).replacing(moved.path, with: sample.path) } == expected.map(String.init))
  }

  @Test func `files of secrets that are none are told`() throws {
    let folder = try Scratch()
    let letter = folder.write(Data("Dear reader\n".utf8), as: "letter").path
    let log = try Program.run(["--keylog", letter, capture])
    #expect(log.status == 0)
    #expect(log.errors.hasPrefix("smtpscope: \(letter): no TLS secrets in it; "))
    for (option, path, says) in [
      ("--keylog", "/nowhere/keys", "No such file"), ("--private-key", "/nowhere/key", "No such file"),
      ("--private-key", letter, "no private key"),
    ] {
      let result = try Program.run([option, path, capture])
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(result.errors.contains(says))
    }
  }
}
