import Examples
import FoundationEssentials
import Testing
import Wire

/// The documentation's examples, which use nothing but what is public.
@Suite struct ExamplesTests {
  private static let samples = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/samples/"

  @Test(arguments: ["ReadingCaptures", "ReassemblingStreams", "FollowingDialogues", "FindingCauses"])
  func `the documentation shows what is compiled`(name: String) throws {
    let root = Self.samples + "../"
    let text = { (path: String) in String(decoding: try Data(contentsOf: URL(filePath: root + path)), as: UTF8.self) }
    let code = try text("Examples/\(name).swift")
    #expect(try text("docs/Library.docc/\(name).md").contains("```swift\n\(code)```"))
  }

  @Test func `captures are read`() throws {
    let (frames, cut, problems) = try linkTypes(of: [Self.samples + "delivered.pcap", "/nowhere"])
    #expect(frames.values.reduce(0, +) > 10 && frames.count == 1)
    #expect(cut == 0)
    #expect(problems.count == 1 && problems[0].contains("/nowhere"))
  }

  @Test func `streams are put together`() throws {
    let streams = try streams(of: Self.samples + "delivered.pcap")
    #expect(streams.count == 1)
    #expect(String(decoding: streams[0].client, as: UTF8.self).hasPrefix("EHLO "))
    #expect(String(decoding: streams[0].server, as: UTF8.self).hasPrefix("220 "))
    #expect(streams[0].missingBytes == 0)
  }

  @Test func `commands have their replies`() {
    let exchanges = exchanges(in: [
      (.server, "220 mx\r\n"), (.client, "EHLO a\r\n"), (.server, "250 m"), (.server, "x\r\n"),
      (.client, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"), (.server, "250 ok\r\n550 no\r\n554 none\r\n"),
      (.client, "QUIT\r\n"),
    ])
    #expect(exchanges.map(\.code) == [220, 250, 250, 550, 554, nil])
    #expect(exchanges[3].command == "RCPT TO:<c@d>")
  }

  @Test func `outcomes have their causes`() throws {
    let (recipients, _) = try outcomes(of: Self.samples + "delivered.pcap")
    #expect(!recipients.isEmpty && recipients.allSatisfy { $0.hasSuffix(" accepted") })
  }
}
