import Foundation
import Testing

private let delivered = "samples/delivered.pcap"

private func sample(_ name: String) throws -> Data {
  try Data(contentsOf: Program.root.appending(path: "samples/\(name)"))
}

/// Where the record header of a packet (from 1) stands in a little-endian pcap.
private func offset(ofPacket number: Int, in capture: Data) -> Int {
  var offset = 24
  for _ in 1..<number {
    offset += 16 + (0..<4).reduce(0) { $0 | Int(capture[offset + 8 + $1]) << (8 * $1) }
  }
  return offset
}

@Suite struct CommandLineTests {
  @Test(arguments: [
    ([], "capture"), (["--nope", delivered], "--nope"), (["--port", "abc", delivered], "abc"),
    (["--port", "0", delivered], "65535"), (["--port", "25,", delivered], "65535"),
    (["--port", "65536", delivered], "65536"), (["--filter", "tcp prt", delivered], "tcp prt"),
    (["--format", "xml", delivered], "xml"), (["--session", "x", delivered], "--session"),
    (["--outcome", "happy", delivered], "partially_accepted"), (["--jobs", "0", delivered], "--jobs"),
    (["--color", "purple", delivered], "purple"), (["--sort", "size", delivered], "outcome"),
    (["--sort", "outcome", "--format", "json", delivered], "--sort is for text"), (["extract", delivered], "--output"),
    (["extract", "-o", "/tmp/never"], "capture"), (["extract", "-o", "-", delivered], "a directory"),
  ])
  func `a wrong command line is said, with status 2`(arguments: [String], says: String) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("smtpscope: "))
    #expect(result.errors.contains(says))
  }

  /// A command line of captures alone does without the parser, which gives every option the value that stands for nothing said.
  @Test(arguments: [[], ["--format", "text"], ["--format", "json"], ["--format", "ndjson"], ["--format", "zeek"]])
  func `captures alone are read as with an option that changes nothing`(format: [String]) throws {
    let captures = [delivered, "samples/mixed-recipients.pcapng", "samples/ipv6.pcapng.gz"]
    let parsed = try Program.run(["analyze", "--any-port", "true"] + format + captures)
    #expect(parsed.status == 0 && !parsed.output.isEmpty)
    for call in [format + captures, ["analyze"] + format + captures] {
      let plain = try Program.run(call)
      #expect(plain.status == 0 && plain.errors == parsed.errors)
      #expect(plain.output == parsed.output)
    }
    let standardInput = try Program.run(format + ["-"], input: sample("delivered.pcap"))
    #expect(standardInput.status == 0 && standardInput.output != "")
  }

  /// What either library brings along takes a sixth of the time of a start and more.
  @Test func `libpcap and libarchive are loaded where they are needed, and there alone`() throws {
    func loads(_ arguments: [String], _ library: String) throws -> Bool {
      let result = try Program.run(arguments, environment: ["LD_DEBUG": "files"])
      try #require(result.status == 0 && result.errors.contains("libc.so"))
      return result.errors.contains(library)
    }
    for format in ["text", "ndjson"] {
      #expect(try !loads(["--format", format, delivered], "libpcap.so"))
      #expect(try !loads(["--format", format, delivered], "libarchive.so"))
    }
    #expect(try loads(["--filter", "tcp", delivered], "libpcap.so"))
    #expect(try loads(["samples/ipv6.pcapng.gz"], "libarchive.so"))
  }

  @Test(arguments: [["--help"], ["--version"], ["help"], ["analyze", "--help"], ["extract", "--help"]])
  func `help is a result`(arguments: [String]) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 0)
    #expect(result.output.contains("smtpscope"))
    #expect(result.errors == "")
  }

  @Test func `each session says which of several captures it is in, and its day where days differ`() throws {
    let alone = try Program.run([delivered])
    #expect(!alone.output.contains("in samples/"))
    let both = try Program.run([delivered, "samples/mixed-recipients.pcapng"])
    for name in ["delivered.pcap", "mixed-recipients.pcapng"] {
      #expect(both.output.contains("s   in samples/\(name)"), "\(both.output)")
    }
  }

  /// The second capture of an archive has its name too, whether it comes from a file or through a pipe.
  @Test(arguments: ["1", "3"])
  func `sessions of an archive in a pipe name their captures`(jobs: String) throws {
    let folder = try Scratch()
    let names = ["delivered.pcap", "mixed-recipients.pcapng"]
    let archive = folder.path("two.tar")
    #expect(try Tool.shell("tar -cf \(archive) -C samples \(names.joined(separator: " "))").status == 0)
    let input = try Data(contentsOf: URL(filePath: archive))
    let piped = try Program.run(["--format", "ndjson", "--jobs", jobs, "-"], input: input)
    #expect(piped.status == 0)
    let files = piped.output.split(separator: "\n").filter { $0.contains("\"type\":\"session\"") }
    #expect(files.count == 2)
    for name in names { #expect(files.contains { $0.contains(name) }, "\(files)") }
  }

  @Test func `nothing is said of what could not be read at all`() throws {
    let result = try Program.run(["/nonexistent.pcap"])
    #expect(result.status == 3)
    #expect(!result.output.contains("session") && !result.output.contains("no mail"))
  }

  @Test func `what cannot be read is one line with status 3`() throws {
    let folder = try Scratch()
    folder.write(Data(), as: "empty.pcap")
    folder.write(Data("Dear reader, this is a letter.\n".utf8), as: "letter.txt")
    for (name, reason) in [
      ("missing.pcap", "No such file"), ("", "directory"), ("empty.pcap", "empty"), ("letter.txt", "\"Dear \""),
    ] {
      let path = name.isEmpty ? folder.url.path : folder.path(name)
      let result = try Program.run([path])
      #expect(result.status == 3)
      #expect(result.errors.hasPrefix("smtpscope: \(path): "))
      #expect(result.errors.contains(reason))
      #expect(result.errors.split(separator: "\n").count == 1)
      // One that is wrong does not keep the others from being read.
      let both = try Program.run(["--format", "json", path, delivered])
      #expect(both.status == 3)
      #expect(try document(both.output).outcomes == ["accepted"])
    }
  }

  @Test func `a capture that is cut short is reported as far as it goes`() throws {
    let whole = try sample("delivered.pcap")
    let start = offset(ofPacket: 14, in: whole)
    let folder = try Scratch()
    folder.write(whole.prefix(start + 73), as: "cut.pcap")
    let result = try Program.run([folder.path("cut.pcap")])
    #expect(result.status == 3)
    #expect(result.errors.contains("cut.pcap: cut short in packet 14 (offset "))
    #expect(result.output.contains("alice@harbour.example"))
    let json = try document(Program.run(["--format", "json", folder.path("cut.pcap")]).output)
    #expect(json.outcomes == ["unknown"])
    let capture = try #require((json.summary["captures"] as? [[String: Any]])?.first)
    #expect(capture["packets"] as? Int == 13)
    #expect(capture["truncated"] as? Bool == true)
    #expect((capture["error"] as? String)?.contains("packet 14") == true)
  }

  @Test func `a record whose length lies ends the reading there`() throws {
    var capture = try sample("delivered.pcap")
    let start = offset(ofPacket: 14, in: capture)
    capture.replaceSubrange(start + 8..<start + 12, with: [0xff, 0xff, 0xff, 0x7f])
    let folder = try Scratch()
    folder.write(capture, as: "lie.pcap")
    let result = try Program.run([folder.path("lie.pcap")])
    #expect(result.status == 3)
    #expect(result.errors.contains("lie.pcap: damaged at packet 14 (offset"))
    #expect(result.output.contains("alice@harbour.example"))
  }

  @Test func `a link type that nobody reads is told`() throws {
    var capture = try sample("delivered.pcap")
    capture[20] = 147  // LINKTYPE_USER0: whatever its user says
    let folder = try Scratch()
    folder.write(capture, as: "user.pcap")
    let result = try Program.run(["--format", "json", folder.path("user.pcap")])
    #expect(result.status == 3)
    #expect(result.errors.contains("user.pcap: no reader for the link type 147, first met in packet 1."))
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(try document(result.output).summary["packets_not_smtp"] as? Int == 22)
  }

  @Test func `a gzip file that is cut short is said to be`() throws {
    let folder = try Scratch()
    folder.write(try sample("ipv6.pcapng.gz").prefix(900), as: "cut.gz")
    let result = try Program.run([folder.path("cut.gz")])
    #expect(result.status == 3)
    #expect(result.errors.hasPrefix("smtpscope: \(folder.path("cut.gz")): "))
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `a pcapng that is cut short is reported as far as it goes`() throws {
    let folder = try Scratch()
    folder.write(try sample("bdat.pcapng").prefix(1000), as: "cut.pcapng")
    let result = try Program.run(["--format", "json", folder.path("cut.pcapng")])
    #expect(result.status == 3)
    #expect(result.errors.contains("cut.pcapng: cut short in packet 7"))
    #expect(try document(result.output).sessions.count == 1)
  }

  @Test func `an output that cannot be written ends with status 4`() throws {
    let full = try Program.run([delivered], output: .file("/dev/full"))
    #expect(full.status == 4)
    #expect(full.errors.hasPrefix("smtpscope: standard output: "))
    #expect(full.errors.split(separator: "\n").count == 1)
    // Whoever closed the pipe knows.
    let closed = try Program.run([delivered], output: .closedPipe)
    #expect(closed.status == 4)
    #expect(closed.errors == "")
  }

  @Test func `standard input, compressed files and several files`() throws {
    let plain = try document(Program.run(["--format", "json", delivered]).output)
    let input = try Program.run(["--format", "json", "-"], input: sample("delivered.pcap"))
    #expect(input.status == 0)
    #expect(try document(input.output).outcomes == plain.outcomes)
    let compressed = try Program.run(["--format", "json", "-"], input: sample("ipv6.pcapng.gz"))
    #expect(try document(compressed.output).outcomes == ["accepted"])

    // A ring of two files, given the wrong way round: the connection runs from one into the other.
    let whole = try sample("delivered.pcap")
    let cut = offset(ofPacket: 11, in: whole)
    let folder = try Scratch()
    folder.write(whole.prefix(cut), as: "a.pcap")
    folder.write(whole.prefix(24) + whole.suffix(from: cut), as: "b.pcap")
    let ring = try document(Program.run(["--format", "json", folder.path("b.pcap"), folder.path("a.pcap")]).output)
    #expect(ring.outcomes == ["accepted"])
    #expect(ring.hashes == plain.hashes)
    let frames = try #require(ring.sessions.first?["capture"] as? [String: Any])
    #expect((frames["file"] as? String)?.hasSuffix("a.pcap") == true)
    #expect((frames["last_file"] as? String)?.hasSuffix("b.pcap") == true)
    #expect(frames["last_frame"] as? Int == 12)

    let all = try document(Program.run(["--format", "json"] + Program.samples).output)
    #expect(all.sessions.compactMap { $0["id"] as? Int }.sorted() == Array(1...all.sessions.count))
    #expect(all.summary["sessions"] as? Int == all.sessions.count)
  }

  @Test func `colour is for terminals, and for those who ask`() throws {
    let escape = "\u{1b}["
    #expect(try !Program.run([delivered]).output.contains(escape))
    #expect(try Program.run(["--color", "always", delivered]).output.contains(escape))
    #expect(try Program.run(["--color", "always", delivered], environment: ["NO_COLOR": "1"]).output.contains(escape))
    #expect(try !Program.run(["--color", "never", delivered]).output.contains(escape))
    #expect(try Program.run([delivered], environment: ["LC_ALL": "C"]).output.utf8.allSatisfy { $0 < 128 })
  }

  @Test(arguments: [
    (["--session", "2"], ["deferred"]), (["--session", "1", "--session", "3"], ["deferred", "accepted"]),
    (["--client", "10.77.1.9"], ["deferred", "deferred", "accepted"]), (["--client", "10.77.1.9:37549"], ["accepted"]),
    (["--client", "10.77.1"], []), (["--server", "10.77.0.40:25"], ["deferred", "deferred", "accepted"]),
    (["--server", "harbour"], ["deferred", "deferred", "accepted"]), (["--server", "other"], []),
    (["--from", "ANN@"], ["deferred", "deferred", "accepted"]), (["--from", "<>"], []),
    (["--to", "bob@harbour.example", "--outcome", "accepted"], ["accepted"]),
    (["--outcome", "deferred", "--outcome", "accepted"], ["deferred", "deferred", "accepted"]),
    (["--subject", "greylisted"], ["accepted"]), (["--subject", "x", "--subject", "Grey"], ["accepted"]),
    (["--message-id", "871350786f86"], ["accepted"]), (["--outcome", "refused"], []),
    (["--filter", "port 37549"], ["accepted"]), (["--port", "26", "--any-port", "false"], []),
    (["--port", "26"], ["deferred", "deferred", "accepted"]),
  ])
  func `only what was asked for is told`(options: [String], outcomes: [String]) throws {
    let result = try Program.run(["--format", "json"] + options + ["samples/greylisting.pcap"])
    #expect(result.status == 0)
    let json = try document(result.output)
    #expect(json.outcomes == outcomes)
    let counts = try #require(json.summary["transactions"] as? [String: Int])
    #expect(counts.values.reduce(0, +) == outcomes.count)
  }

  @Test func `the password of a failed login is shown to those who ask only`() throws {
    let secret = Data("\0alice\0not-the-password".utf8).base64EncodedString()
    for format in ["text", "json", "ndjson"] {
      let call = ["--dialogue", "--format", format, "samples/auth-failed.pcap"]
      let masked = try Program.run(call).output
      #expect(masked.contains("AUTH PLAIN ********"))
      let line = try #require(
        Program.run(call + ["--reveal-secrets"]).output.split(separator: "\n").first { $0.contains("AUTH PLAIN") })
      let isShown = line.contains(secret) || !line.contains("********")
      #expect(isShown)
    }
  }
}

@Suite struct ExtractTests {
  @Test func `each message is a file with the bytes that the report's hash is of`() throws {
    for sample in Program.samples {
      let json = try document(Program.run(["--format", "json", sample]).output)
      let folder = try Scratch()
      let target = folder.path("mail")
      let result = try Program.run(["extract", "-o", target, sample])
      #expect(result.status == 0)
      #expect(result.output == "")
      #expect(result.errors.hasPrefix("smtpscope: \(json.messages.count) message"))
      var expected: [String: String] = [:]
      for message in json.messages {
        expected["\(message.name)\(message.isComplete ? "" : ".incomplete").eml"] = message.sha256
      }
      var found: [String: String] = [:]
      for name in (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? [] {
        if name != "index.ndjson" { found[name] = try hash(of: target + "/" + name) }
      }
      #expect(found == expected, "\(sample)")
    }
  }

  @Test func `no file is overwritten`() throws {
    let folder = try Scratch()
    folder.write(Data("mine".utf8), as: "1-1.eml")
    let first = try Program.run(["extract", "-o", folder.url.path, delivered])
    #expect(try String(contentsOfFile: folder.path("1-1.eml"), encoding: .utf8) == "mine")
    #expect(first.status == 0)
    let after = folder.names
    #expect(after.count == 3)
    #expect(try Program.run(["extract", "-q", "-o", folder.url.path, delivered]).errors == "")
    #expect(folder.names == ["1-1-2.eml", "1-1-3.eml", "1-1.eml", "index-2.ndjson", "index.ndjson"])
  }

  @Test(arguments: [
    (["--to", "bob@harbour.example"], ["1-2.eml"]), (["--outcome", "accepted"], ["1-1.eml", "1-2.eml"]),
    (["--from", "ceo@"], ["1-2.eml"]), (["--outcome", "refused"], []), (["--subject", "harmless"], ["1-1.eml"]),
  ])
  func `only what was asked for is written`(options: [String], names: [String]) throws {
    let folder = try Scratch()
    let result = try Program.run(["extract", "-o", folder.url.path] + options + ["samples/smuggling.pcap"])
    #expect(result.status == 0)
    #expect(folder.names == names + ["index.ndjson"])
  }

  @Test func `a directory that cannot be made ends with status 4`() throws {
    let folder = try Scratch()
    folder.write(Data(), as: "file")
    let result = try Program.run(["extract", "-o", folder.path("file/below"), delivered])
    #expect(result.status == 4)
    #expect(result.errors.contains("file/below"))
  }

  @Test func `a capture that is cut short leaves an incomplete message`() throws {
    let whole = try sample("reset-in-data.pcap")
    let folder = try Scratch()
    folder.write(whole.prefix(offset(ofPacket: 30, in: whole) + 30), as: "cut.pcap")
    let result = try Program.run(["extract", "-o", folder.path("mail"), folder.path("cut.pcap")])
    #expect(result.status == 3)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("mail")).sorted()
    #expect(names == ["1-1.incomplete.eml", "index.ndjson"])
  }

  private func hash(of path: String) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["sha256sum", path]
    process.standardOutput = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: said.prefix(64), as: UTF8.self)
  }
}

/// A `--format json` document, as far as tests ask about it.
private struct Document {
  var sessions: [[String: Any]]
  var summary: [String: Any]

  var transactions: [[String: Any]] { sessions.flatMap { $0["transactions"] as? [[String: Any]] ?? [] } }
  var outcomes: [String] { transactions.compactMap { $0["outcome"] as? String } }
  var hashes: [String] { messages.map(\.sha256) }

  var messages: [(name: String, isComplete: Bool, sha256: String)] {
    sessions.flatMap { session in
      (session["transactions"] as? [[String: Any]] ?? []).compactMap { transaction in
        guard let message = transaction["message"] as? [String: Any], let hash = message["sha256"] as? String,
          let id = session["id"] as? Int, let number = transaction["id"] as? Int
        else { return nil }
        return ("\(id)-\(number)", message["complete"] as? Bool ?? false, hash)
      }
    }
  }
}

private func document(_ json: String) throws -> Document {
  let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  return Document(
    sessions: try #require(object["sessions"] as? [[String: Any]]),
    summary: try #require(object["summary"] as? [String: Any]))
}
