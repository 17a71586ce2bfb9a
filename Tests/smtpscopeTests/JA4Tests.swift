import Foundation
import TestSupport
import Testing
import Wire

/// JA4 as another implementation computes it, side by side with ours.
@Suite(.enabled(if: Other.path != nil, "ja4plus is not installed: pip install ja4plus")) struct JA4Tests {
  @Test(arguments: HandshakeCaptures.all)
  func `fingerprints of captured hellos are the same`(capture: String) throws {
    #expect(try Self.ours(in: capture) == Other.fingerprints(in: capture))
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func `fingerprints of hellos made up are the same`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var capture = PcapBuilder()
    let hellos = 60
    for number in 0..<hellos {
      var conversation = Conversation(
        "", server: Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: 465), closes: false)
      conversation.client.port = 40_000 + UInt16(number)
      conversation.start = CaptureTime(nanoseconds: conversation.start.nanoseconds + Int64(number) * 1_000_000_000)
      conversation.add(
        .client, [.psh, .ack], after: 1, payload: TLSBuilder.handshake(Self.hello(&random), piece: 1400))
      for peer in Peer.allCases { conversation.add(peer, [.fin, .ack], after: 1) }
      for frame in conversation.frames { capture.add(frame.bytes, at: frame.time.nanoseconds) }
    }
    let folder = try Scratch()
    let path = folder.write(Data(capture.bytes), as: "hellos.pcap").path
    let ours = try Self.ours(in: path)
    #expect(ours.count == hellos)
    #expect(try ours == Other.fingerprints(in: path))
  }

  private static func ours(in capture: String) throws -> [String] {
    try HandshakeCaptures.sessions(in: capture).compactMap { $0["ja4"] as? String }.sorted()
  }

  /// A hello with anything in it that the fingerprint looks at. Protocols are of letters and digits: for others the other
  /// implementation follows a later text than the one of 2023.
  private static func hello(_ random: inout SplitMix64) -> [UInt8] {
    let grease: [UInt16] = [0x0a0a, 0x3a3a, 0xfafa]
    func numbers(_ most: Int, _ range: ClosedRange<UInt16>) -> [UInt16] {
      let count = Int.random(in: 1...most, using: &random)
      let some = (0..<count).map { _ in UInt16.random(in: range, using: &random) }
      return Bool.random(using: &random) ? grease.prefix(1) + some : some
    }
    var hello = TLSBuilder.ClientHello()
    hello.version = [0x0300, 0x0301, 0x0302, 0x0303].randomElement(using: &random) ?? 0x0303
    hello.ciphers = numbers(Int.random(in: 1...10, using: &random) == 1 ? 130 : 20, 0xc000...0xc0ff)
    var extensions: [(UInt16, [UInt8])] = []
    func maybe(_ content: (UInt16, [UInt8])) { if Bool.random(using: &random) { extensions.append(content) } }
    maybe(TLSBuilder.serverName("mx.example"))
    let versions: [UInt16] = [0x0304, 0x0303, 0x0302, 0x0301]
    maybe(TLSBuilder.supportedVersions(grease.prefix(1) + Array(versions.shuffled(using: &random).prefix(3))))
    maybe(TLSBuilder.signatures(numbers(12, 0x0401...0x080b)))
    let names = ["h2", "smtp", "x", "http/1.1", "A9"].shuffled(using: &random)
    maybe(TLSBuilder.protocols(Array(names.prefix(Int.random(in: 1...3, using: &random)))))
    maybe(TLSBuilder.groups(numbers(5, 23...30)))
    maybe(TLSBuilder.pointFormats([0]))
    for kind in [22, 23, 35, 0xff01, 0x2a2a, 49, 57] as [UInt16] { maybe((kind, [])) }
    hello.extensions = extensions.shuffled(using: &random)
    return hello.bytes
  }
}

/// ja4plus, which `.ci/run` installs below `.build`.
private enum Other {
  static let path = ([Program.root.appending(path: ".build/ja4plus/bin/ja4plus").path] + [Tool.path("ja4plus")])
    .compactMap(\.self).first(where: FileManager.default.isExecutableFile)

  static func fingerprints(in capture: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: try #require(path))
    process.arguments = ["--format", "json", "--types", "ja4", "analyze", capture]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return row?["fingerprint"] as? String
    }.sorted()
  }
}
