import Foundation
import Testing

/// `smtpscope stats` as it is run.
@Suite struct StatsTests {
  @Test(arguments: [
    ("txt", ["stats"]), ("csv", ["stats", "--format", "csv"]),
    ("top.txt", ["stats", "--by", "server,sender,refusal", "--sort", "refused", "--top", "1"]),
  ])
  func `the statistics of all samples are those that were read`(name: String, call: [String]) throws {
    let result = try Program.run(call + Program.samples)
    #expect(result.status == 0)
    #expect(result.errors == "")
    let golden = Program.root.appending(path: "Tests/smtpscopeTests/Golden/stats.\(name)")
    if ProcessInfo.processInfo.environment["SMTPSCOPE_RECORD"] == "1" {
      try Data(result.output.utf8).write(to: golden)
      return
    }
    let expected = String(decoding: (try? Data(contentsOf: golden)) ?? Data(), as: UTF8.self)
    let isSame = result.output == expected
    #expect(isSame, "\(result.output)")
  }

  @Test func `any number of threads counts the same`() throws {
    let one = try Program.run(["stats", "--format", "json", "--jobs", "1"] + Program.samples)
    let four = try Program.run(["stats", "--format", "json", "--jobs", "4"] + Program.samples)
    #expect(one.output == four.output)
  }

  @Test func `json is one document, of what the selection keeps`() throws {
    let result = try Program.run(["stats", "--format", "json", "--to", "nobody@", "samples/mixed-recipients.pcapng"])
    let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    let totals = try #require(document?["totals"] as? [String: Any])
    #expect(totals["sessions"] as? Int == 1)
    #expect(totals["mails"] as? Int == 1)
  }

  @Test(arguments: [
    (["--top", "-1"], "--top"), (["--by", "server,colour"], "colour"), (["--sort", "beauty"], "beauty"),
    (["--format", "ndjson"], "ndjson"),
  ])
  func `a wrong option is named`(options: [String], word: String) throws {
    let result = try Program.run(["stats"] + options + ["samples/delivered.pcap"])
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(word))
  }

  @Test func `what was read of a broken capture is counted, and the status says that it was not all`() throws {
    let whole = try Data(contentsOf: Program.root.appending(path: "samples/delivered.pcap"))
    let scratch = try Scratch()
    let cut = scratch.write(whole.prefix(whole.count - 10), as: "cut.pcap")
    let result = try Program.run(["stats", cut.path])
    #expect(result.status == 3)
    #expect(result.output.contains("1 session"))
  }
}
