import Foundation
import Testing

/// `smtpscope compare` as it is run.
@Suite struct CompareTests {
  static let pair = ["samples/pair/inside.pcap", "samples/pair/outside.pcap"]

  @Test(arguments: [
    ("compare.txt", pair), ("compare.swapped.txt", pair.reversed()), ("compare.json", ["--format", "json"] + pair),
  ])
  func `what is said of the pair is what was read`(name: String, call: [String]) throws {
    let result = try Program.run(["compare"] + call)
    #expect(result.status == 0)
    #expect(result.errors == "")
    let golden = Program.root.appending(path: "Tests/smtpscopeTests/Golden/\(name)")
    if ProcessInfo.processInfo.environment["SMTPSCOPE_RECORD"] == "1" {
      try Data(result.output.utf8).write(to: golden)
      return
    }
    let expected = String(decoding: (try? Data(contentsOf: golden)) ?? Data(), as: UTF8.self)
    let isSame = result.output == expected
    #expect(isSame, "\(result.output)")
  }

  @Test(arguments: Program.samples)
  func `a capture is the same as itself`(sample: String) throws {
    let result = try Program.run(["compare", "--format", "json", sample, sample])
    #expect(result.status == 0)
    let document = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let summary = try #require(document["summary"] as? [String: Any])
    #expect(summary["pairs"] as? Int ?? 0 > 0)
    #expect(summary["pairs"] as? Int == summary["unchanged"] as? Int)
    #expect(summary["only_in_a"] as? Int == 0)
    #expect(summary["only_in_b"] as? Int == 0)
    #expect(document["nearer_client"] is NSNull)
    #expect(document["clock_offset_ms"] as? Int == 0)
  }

  @Test func `a selection keeps what matches at either place`() throws {
    for (client, count) in [("10.77.1.2", 1), ("198.51.100.9", 1), ("192.0.2.1", 0)] {
      let result = try Program.run(["compare", "--format", "json", "--client", client] + Self.pair)
      let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      #expect((document?["pairs"] as? [Any])?.count == count)
    }
  }

  @Test(arguments: [["samples/delivered.pcap"], ["-", "samples/delivered.pcap"], pair + pair])
  func `it needs two files`(captures: [String]) throws {
    let result = try Program.run(["compare"] + captures)
    #expect(result.status == 2)
    #expect(result.errors.contains("compare"))
  }

  @Test func `what was read of a broken capture is compared, and the status says that it was not all`() throws {
    let whole = try Data(contentsOf: Program.root.appending(path: Self.pair[1]))
    let scratch = try Scratch()
    let cut = scratch.write(whole.prefix(whole.count - 10), as: "cut.pcap")
    let result = try Program.run(["compare", Self.pair[0], cut.path])
    #expect(result.status == 3)
    #expect(result.output.contains("the greeting is masked"))
  }

  @Test func `--fail-on asks for the findings of both`() throws {
    #expect(try Program.run(["compare", "--fail-on", "error"] + Self.pair).status == 1)
    let sample = "samples/delivered.pcap"
    #expect(try Program.run(["compare", "--fail-on", "error", sample, sample]).status == 0)
  }
}
