import Foundation
import Testing

/// What a person sees while waiting, and when something is wrong.
@Suite struct TerminalTests {
  /// A capture of as many packets as are looked at between two looks at the clock, many times over.
  private func longCapture() throws -> Scratch {
    let sample = try Data(contentsOf: Program.root.appending(path: "samples/delivered.pcap"))
    let folder = try Scratch()
    var capture = sample.prefix(24)
    for _ in 0..<2000 { capture += sample.dropFirst(24) }
    folder.write(capture, as: "long.pcap")
    return folder
  }

  @Test func `a line tells how far a long reading is, if it is asked for or there is a terminal`() throws {
    let folder = try longCapture()
    // More comes when the first lines are due.
    let slowly = "(head -c 1500000 long.pcap; sleep 1; tail -c +1500001 long.pcap)"
    let told = try Tool.shell("\(slowly) | smtpscope --progress always --format ndjson - | tail -n 1", in: folder.url)
    #expect(told.status == 0)
    #expect(told.errors.hasPrefix("\r\u{1b}[Ksmtpscope: "))
    #expect(told.errors.contains(#/ packets, [\d.]+ MB, [\d.]+ [kM]B/s/#))
    #expect(told.errors.hasSuffix("\r\u{1b}[K"))
    for call in ["smtpscope", "smtpscope --quiet", "smtpscope --progress never"] {
      let silent = try Tool.shell("\(slowly) | \(call) --format ndjson - | tail -n 1", in: folder.url)
      #expect(silent.status == 0)
      #expect(silent.errors == "")
      #expect(silent.output == told.output)
    }
  }

  @Test func `who has seen enough is told nothing`() throws {
    let folder = try longCapture()
    for format in ["text --all", "json", "ndjson"] {
      let result = try Tool.shell(
        "smtpscope --format \(format) long.pcap long.pcap | head -n 1; echo ${PIPESTATUS[0]}", in: folder.url)
      #expect(result.errors == "")
      #expect(result.output.hasSuffix("\n4\n") || result.output.hasSuffix("\n0\n"))
    }
  }

  @Test(arguments: [
    ([], "Name a capture: smtpscope CAPTURE"),
    (["analyse", "samples/delivered.pcap"], "Did you mean analyze?"),
    (["-r", "samples/delivered.pcap"], "Captures are named without -r"),
    (["-i", "lo"], "smtpscope live -i INTERFACE"),
    (["-nn", "-r", "samples/delivered.pcap"], "No name is ever looked up"),
    (["explan"], "Did you mean explain?"),
    (["help", "extrakt"], "Did you mean extract?"),
    (["--colour", "never", "samples/delivered.pcap"], "Did you mean '--color'?"),
    (["--format", "yaml", "samples/delivered.pcap"], "Please provide one of the following"),
    (["--finding", "mailbox-unkown", "samples/delivered.pcap"], "Did you mean mailbox-unknown?"),
    (["--outcome", "refuse", "samples/delivered.pcap"], "- refused"),
    (["--filter", "port smpt", "samples/delivered.pcap"], "unknown port 'smpt'. Write it as for tcpdump"),
    (["extract", "samples/delivered.pcap"], "--output <dir>"),
    (["share", "-o", "/tmp/never.pcapng", "-"], "name files"),
    (["live"], "There are: "),
    (["live", "-i", "lo", "--rotate-count", "3"], "name a file"),
  ])
  func `what is wrong is said with what to do`(arguments: [String], says: String) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("smtpscope: "))
    #expect(result.errors.contains(says), "\(result.errors)")
  }

  @Test func `a word that is a file's name is one, however much it looks like a command`() throws {
    let folder = try Scratch()
    folder.write(try Data(contentsOf: Program.root.appending(path: "samples/delivered.pcap")), as: "analyse")
    let result = try Tool.shell("smtpscope analyse", in: folder.url)
    #expect(result.status == 0)
    #expect(result.output.contains("alice@harbour.example"))
  }

  @Test func `inputs that cannot be read say what to do`() throws {
    let folder = try Scratch()
    folder.write(Data(), as: "empty.pcap")
    try FileManager.default.createDirectory(at: folder.url.appending(path: "dir"), withIntermediateDirectories: true)
    for (name, says) in [("empty.pcap", "tcpdump -U"), ("dir", "Name the captures in it.")] {
      let result = try Tool.shell("smtpscope \(name)", in: folder.url)
      #expect(result.status == 3)
      #expect(result.errors.contains(says), "\(result.errors)")
    }
    let selected = try Program.run(["--session", "99", "samples/delivered.pcap"])
    #expect(selected.status == 0)
    #expect(selected.errors.contains("nothing matches what was selected; 1 session left out."))
    #expect(selected.output.contains("the one session in it does not match what was selected"))
    #expect(!selected.output.contains("no mail traffic"))
    #expect(try Program.run(["--quiet", "--session", "99", "samples/delivered.pcap"]).errors == "")
  }
}
