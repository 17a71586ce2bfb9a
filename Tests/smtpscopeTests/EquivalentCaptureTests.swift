import Foundation
import TestSupport
import Testing
import Wire

/// The same packets in another file, or in several: the sessions are the same.
@Suite struct EquivalentCaptureTests {
  private static let seeds = UInt64(1)...(ProcessInfo.processInfo.environment["SMTPSCOPE_SLOW_TESTS"] == "1" ? 8 : 1)

  /// Many conversations at once, whose times are whole microseconds.
  private static func frames(seed: UInt64) -> [Conversation.Frame] {
    var random = SplitMix64(seed: seed)
    let scripts = [
      "S: 220 mx\nC: EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b.example>\nS: 250 ok\nC: RCPT TO:<c@d.example>\nS: 250 ok\n"
        + "C: DATA\nS: 354 go\nC: Subject: x\nC:\nC: text\nC: .\nS: 250 queued\nC: QUIT\nS: 221 bye",
      "S: 220 mx\nC: EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b.example>\nS: 250 ok\nC: RCPT TO:<c@d.example>\n"
        + "S: 550 5.1.1 no such user\nC: QUIT\nS: 221 bye",
      "S: 220 mx\nC: EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b.example>\nC!", "S: 554 5.7.1 go away\nS.\nC.",
      "S: 220 mx\nC: EHLO c\nS: 250-mx\\r\\n250 PIPELINING\nC: MAIL FROM:<>\\r\\nRCPT TO:<e@f>\\r\\nDATA\nC? 40\nS: 250 ok",
    ]
    let conversations = (0..<120).map { index in
      var conversation = Conversation(scripts[Int.random(in: 0..<scripts.count, using: &random)])
      conversation.client = Endpoint(
        address: IPAddress(ipv4: 0xc000_0200 + UInt32.random(in: 0..<200, using: &random)),
        port: UInt16(1024 + index))
      conversation.start = conversation.start.advanced(
        byNanoseconds: Int64.random(in: 0..<20_000_000, using: &random) * 1000)
      return conversation
    }
    return conversations.flatMap(\.frames).sorted { $0.time < $1.time }
  }

  private static func classic(
    _ frames: some Sequence<Conversation.Frame>, _ order: CaptureByteOrder = .little, nanoseconds: Bool = false
  ) -> Data {
    var file = PcapBuilder(order: order, nanoseconds: nanoseconds)
    for frame in frames { file.add(frame.bytes, at: frame.time.nanoseconds) }
    return Data(file.bytes)
  }

  /// - Parameter sections: Over so many the packets are spread, each with two interfaces that they take turns at.
  private static func blocks(_ frames: [Conversation.Frame], _ order: CaptureByteOrder, sections: Int = 1) -> Data {
    var file = PcapNGBuilder(order: order)
    for section in 0..<sections {
      if section > 0 { file.beginSection(order: section % 2 == 0 ? .little : .big) }
      for _ in 0..<2 { file.interface() }
      for index in (frames.count * section / sections)..<(frames.count * (section + 1) / sections) {
        file.packet(
          frames[index].bytes, interface: UInt32(index % 2), ticks: UInt64(frames[index].time.nanoseconds / 1000))
      }
    }
    return Data(file.bytes)
  }

  /// The records of captures; `file` and, where asked, all that counts packets left out.
  private static func records(_ paths: [String], _ options: [String] = [], countsPackets: Bool = true) throws
    -> [String]
  {
    let result = try Program.run(["--format", "ndjson", "--dialogue"] + options + paths)
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").filter { $0.contains("\"type\":\"session\"") }.map { line in
      var line = String(line)
      for path in paths { line = line.replacing(path, with: "capture") }
      return countsPackets
        ? line
        : line.replacing(#/"[a-z_]*frames?":(\d+|\[[\d,]*\]|null)/#, with: "")
          .replacing(#/"(last_)?file":("capture"|null),?/#, with: "")
    }
  }

  private static func expectSame(_ found: [String], _ expected: [String], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    for (found, expected) in zip(found, expected) where found != expected {
      let same = zip(found, expected).prefix { $0 == $1 }.count
      Issue.record(
        "\(what): \(found.dropFirst(max(0, same - 60)).prefix(200)) instead of \(expected.dropFirst(max(0, same - 60)).prefix(200))"
      )
      return
    }
  }

  @Test(arguments: seeds)
  func `pcap, pcapng, compressed and piped, in any number of threads`(seed: UInt64) throws {
    let folder = try Scratch()
    let frames = Self.frames(seed: seed)
    let plain = folder.write(Self.classic(frames), as: "plain").path
    let expected = try Self.records([plain], ["--jobs", "1"])
    #expect(expected.count > 100)
    for (name, data) in [
      ("big endian", Self.classic(frames, .big)), ("pcapng", Self.blocks(frames, .little)),
      ("pcapng, big endian", Self.blocks(frames, .big)), ("three sections", Self.blocks(frames, .little, sections: 3)),
    ] {
      Self.expectSame(try Self.records([folder.write(data, as: "other").path]), expected, name)
    }
    for jobs in ["2", "3", "16"] { Self.expectSame(try Self.records([plain], ["--jobs", jobs]), expected, jobs) }
    for tool in ["gzip -c", "bzip2 -c", "xz -c", "zstd -qc", "lz4 -qc", "tar -c -C \(folder.url.path) -f -"] {
      guard Tool.path(String(tool.prefix { $0 != " " })) != nil else { continue }
      let packed = folder.path("packed")
      let argument = tool.hasPrefix("tar") ? "plain" : plain
      #expect(try Tool.shell("\(tool) \(argument) >\(packed)").status == 0)
      let found = try Self.records([packed]).map { $0.replacing("capture:plain", with: "capture") }
      Self.expectSame(found, expected, tool)
    }
    let piped = try Program.run(
      ["--format", "ndjson", "--dialogue", "-"], input: Data(contentsOf: URL(filePath: plain)))
    Self.expectSame(
      piped.output.split(separator: "\n").filter { $0.contains("\"type\":\"session\"") }.map {
        String($0).replacing("\"file\":\"-\"", with: "\"file\":\"capture\"")
      }, expected, "piped")
  }

  @Test(arguments: seeds)
  func `times in nanoseconds are the same times`(seed: UInt64) throws {
    let folder = try Scratch()
    let frames = Self.frames(seed: seed)
    let little = folder.write(Self.classic(frames, nanoseconds: true), as: "little").path
    let big = folder.write(Self.classic(frames, .big, nanoseconds: true), as: "big").path
    let expected = try Self.records([little])
    Self.expectSame(try Self.records([big]), expected, "big endian")
    let micro = try Self.records([folder.write(Self.classic(frames), as: "micro").path])
    Self.expectSame(expected.map { $0.replacing(#/(\.\d{6})000Z/#) { "\($0.1)Z" } }, micro, "microseconds")
  }

  @Test(arguments: seeds)
  func `split into several files, however they are named`(seed: UInt64) throws {
    let folder = try Scratch()
    let frames = Self.frames(seed: seed)
    var random = SplitMix64(seed: seed)
    let whole = folder.write(Self.classic(frames), as: "whole").path
    let expected = try Self.records([whole], countsPackets: false)
    for count in [2, 3, 7] {
      // As a ring of files is, and as several machines in one place see it.
      let inTurn = (0..<count).map { frames[(frames.count * $0 / count)..<(frames.count * ($0 + 1) / count)] }
      var atOnce = [[Conversation.Frame]](repeating: [], count: count)
      for frame in frames { atOnce[Int.random(in: 0..<count, using: &random)].append(frame) }
      for (name, parts) in [("in turn", inTurn), ("at once", atOnce.map { $0[...] })] {
        let paths = parts.enumerated().map { index, part in
          folder.write(
            index % 2 == 0 ? Self.classic(part) : Self.blocks(Array(part), .big), as: "\(name) \(count) \(index)"
          ).path
        }
        Self.expectSame(
          try Self.records(paths.shuffled(using: &random), countsPackets: false), expected, "\(count) \(name)")
      }
    }
  }
}
