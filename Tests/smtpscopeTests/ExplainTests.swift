import Testing

@Suite struct ExplainTests {
  @Test(arguments: ["reply-lost", "REPLY_LOST"])
  func `a finding is explained`(name: String) throws {
    let result = try Program.run(["explain", name])
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("reply-lost   error   the mail may be delivered twice\n\nThe client sent"))
    #expect(result.output.contains("\nSee           RFC 1047 "))
    #expect(result.errors == "")
  }

  @Test func `without a name all are listed`() throws {
    let result = try Program.run(["explain"])
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("What became of the mail\n  connection-refused "))
    #expect(!result.output.contains("\u{1b}"))
    #expect(try Program.run(["explain", "--color", "always"]).output.contains("\u{1b}[31m"))
  }

  @Test(arguments: [
    (["explain", "mailbox"], "mailbox-unknown or mailbox-full"), (["explain", "blacklisted"], "blocklisted"),
    (["explain", "\u{1b}[2J"], "\\x1b"), (["--finding", "reply-lots", "samples/delivered.pcap"], "reply-lost"),
    (["--fail-on", "fatal", "samples/delivered.pcap"], "warning"),
  ])
  func `a name that is none is a usage error with suggestions`(arguments: [String], says: String) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(says))
    #expect(!result.errors.contains("\u{1b}"))
  }
}
