import Foundation
import TestSupport
import Testing
import Wire

/// A capture of one session with mails that are hard to keep in a file.
private func difficultMails() -> Data {
  let open = "S: 220 mx\nC: EHLO a.example\nS: 250-mx\nS: 250 CHUNKING\n"
  func envelope(_ sender: String) -> String {
    "C: MAIL FROM:<\(sender)>\nS: 250 2.1.0 Ok\nC: RCPT TO:<bob@b.example>\nS: 250 2.1.5 Ok\n"
  }
  func data(_ sender: String, _ text: String) -> String {
    envelope(sender) + "C: DATA\nS: 354 go\n" + text + "C: .\nS: 250 2.0.0 Ok\n"
  }
  let script =
    open
    + data(
      "ann@a.example", "C: Subject: postmarks\nC:\nC: From me to you\nC: >From me\nC: >>From me\nC: From\nC: ..From\n")
    + data("", "C: Subject: bounce\nC:\nC: bare\\nFrom feed\\rFrom return\n")
    + envelope("no.end@a.example") + "C: BDAT 20 LAST\\r\\nSubject: x\\r\\n\\r\\nno end\\\n"
    + "S: 250 2.0.0 Ok\n"
    + envelope("empty@a.example") + "C: BDAT 0 LAST\nS: 250 2.0.0 Ok\n"
    + data("\"From x\"@a.example", "C: Subject: lossy\nC:\nC: one\nC? 1000\nC: From behind\nC: Fr\\\nC? 7\nC: om two\n")
    + "C: QUIT\nS: 221 bye\n"
  var capture = PcapBuilder()
  for frame in Conversation(script).frames { capture.add(frame.bytes, at: frame.time.nanoseconds) }
  return Data(capture.bytes)
}

@Suite struct ExtractionFormTests {
  static let forms = ["eml", "mbox", "maildir"]

  @Test(.enabled(if: Python.path != nil, "there is no Python 3.10 or later"))
  func `other programs read the same messages from a mailbox and a Maildir`() throws {
    let folder = try Scratch()
    let difficult = folder.write(difficultMails(), as: "difficult.pcap").path
    let lossy = folder.path("lossy.pcap")
    #expect(try Python.run(["Benchmarks/generate.py", "lossy", "-o", lossy, "--mb", "2", "--seed", "3"]).status == 0)
    for (number, captures) in [[difficult], [lossy], Program.samples].enumerated() {
      for form in Self.forms {
        let result = try Program.run(
          ["extract", "-q", "--as", form, "-o", folder.path("\(number)-\(form)")] + captures)
        #expect(result.status == 0)
        #expect(result.errors == "")
      }
      for form in Self.forms.dropFirst() {
        let check = ["Tests/mailbox_check.py", folder.path("\(number)-eml"), folder.path("\(number)-\(form)")]
        let found = try Python.run(check)
        #expect(found.output == "")
        #expect(found.errors == "")
        #expect(found.status == 0)
      }
    }
    // The check itself notices a letter that was changed.
    let mailbox = folder.path("0-mbox/messages.mbox")
    let text = try String(contentsOfFile: mailbox, encoding: .utf8)
    try text.replacing(">From me to you", with: "From me to you").write(
      toFile: mailbox, atomically: true, encoding: .utf8)
    let again = try Python.run(["Tests/mailbox_check.py", folder.path("0-eml"), folder.path("0-mbox")])
    #expect(again.status != 0)
  }

  @Test func `a mailbox file is what its readers expect`() throws {
    let folder = try Scratch()
    let capture = folder.write(difficultMails(), as: "a.pcap").path
    let result = try Program.run(["extract", "--as", "mbox", "-o", folder.path("out"), capture])
    #expect(
      result.errors == "smtpscope: 5 messages written to \(folder.path("out")) (messages.mbox), 1 of them incomplete"
        + " (messages.incomplete.mbox); \(folder.path("out/index.ndjson")) tells whose they are and what became of them.\n"
    )
    let whole = try String(contentsOfFile: folder.path("out/messages.mbox"), encoding: .utf8)
    #expect(
      whole == """
        From ann@a.example Fri Nov 20 09:14:02 2026
        Subject: postmarks

        >From me to you
        >>From me
        >>>From me
        From
        .From

        From MAILER-DAEMON Fri Nov 20 09:14:02 2026
        Subject: bounce

        bare
        >From feed\rFrom return

        From no.end@a.example Fri Nov 20 09:14:02 2026
        Subject: x

        no end

        From empty@a.example Fri Nov 20 09:14:02 2026


        """)
    let incomplete = try String(contentsOfFile: folder.path("out/messages.incomplete.mbox"), encoding: .utf8)
    #expect(
      incomplete == """
        From "From-x"@a.example Fri Nov 20 09:14:02 2026
        Subject: lossy

        one
        >From behind
        >From two


        """)
  }

  @Test(arguments: forms)
  func `any number of threads writes the same`(form: String) throws {
    let folder = try Scratch()
    var contents: [[Data]] = []
    for jobs in ["1", "2", "5"] {
      let path = folder.path(jobs)
      #expect(
        try Program.run(["extract", "-q", "--jobs", jobs, "--as", form, "-o", path] + Program.samples).status == 0)
      let names = try #require(FileManager.default.enumerator(atPath: path)).compactMap { $0 as? String }.sorted()
      // A Maildir's names are nobody else's, and stand in the index.
      contents.append(
        names.filter { form != "maildir" || !$0.hasSuffix("index.ndjson") }.compactMap {
          FileManager.default.contents(atPath: path + "/" + $0)
        })
    }
    #expect(contents[0].count > 1)
    #expect(contents[0].map(\.count).sorted() == contents[1].map(\.count).sorted())
    if form != "maildir" {
      #expect(contents[0] == contents[1])
      #expect(contents[0] == contents[2])
    }
  }

  @Test(arguments: forms)
  func `what is not asked for is not written`(form: String) throws {
    let folder = try Scratch()
    for (options, count) in [
      (["--to", "nobody@harbour.example"], 1), (["--outcome", "lost"], 1), (["--subject", "lunch"], 1),
      (["--outcome", "accepted"], 7), (["--from", "nobody"], 0),
    ] {
      let path = folder.path(options.joined())
      let result = try Program.run(["extract", "--as", form, "-o", path] + options + Program.samples)
      #expect(result.status == 0)
      #expect(result.errors.hasPrefix("smtpscope: \(count) message"), "\(options)")
      let index = try String(contentsOfFile: path + "/index.ndjson", encoding: .utf8)
      #expect(index.split(separator: "\n").count == count)
      let names = try #require(FileManager.default.enumerator(atPath: path)).compactMap { $0 as? String }
      #expect(names.filter { $0.contains(".part") } == [])
      #expect(names.filter { $0.hasSuffix(".eml") || $0.contains("new/") }.count == (form == "mbox" ? 0 : count))
    }
  }

  @Test(.enabled(if: Python.path != nil, "there is no Python 3.10 or later"), arguments: forms)
  func `the index fits the schema`(form: String) throws {
    let folder = try Scratch()
    let capture = folder.write(difficultMails(), as: "a.pcap").path
    _ = try Program.run(["extract", "--as", form, "-o", folder.path("out"), capture] + Program.samples)
    let check = try Python.run(["Tests/schema_check.py", folder.path("out/index.ndjson")])
    #expect(check.output == "")
    #expect(check.errors.hasPrefix("15 documents, 0 misfits"))
  }

  @Test func `the index of the samples is the one that was read`() throws {
    let folder = try Scratch()
    #expect(try Program.run(["extract", "-q", "--as", "mbox", "-o", folder.url.path] + Program.samples).status == 0)
    let index = try String(contentsOfFile: folder.path("index.ndjson"), encoding: .utf8)
    let golden = Program.root.appending(path: "Tests/smtpscopeTests/Golden/extracted.ndjson")
    if ProcessInfo.processInfo.environment["SMTPSCOPE_RECORD"] == "1" {
      try Data(index.utf8).write(to: golden)
      return
    }
    let expected = try String(contentsOf: golden, encoding: .utf8)
    for (line, other) in zip(index.split(separator: "\n"), expected.split(separator: "\n")) { #expect(line == other) }
    #expect(index == expected)
  }

  @Test func `without hashes the index has none`() throws {
    let folder = try Scratch()
    _ = try Program.run(["extract", "-q", "--no-hash", "-o", folder.url.path, "samples/delivered.pcap"])
    let index = try String(contentsOfFile: folder.path("index.ndjson"), encoding: .utf8)
    #expect(index.contains("\"sha256\":null"))
  }
}
