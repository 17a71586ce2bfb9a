import Foundation
import Testing

/// What tshark sees in a handshake, side by side with what we see.
@Suite(.enabled(if: Tshark.path != nil, "there is no tshark")) struct TsharkTests {
  @Test(arguments: Tshark.captures)
  func `hellos, fingerprints and alerts are those that tshark sees`(capture: String) throws {
    let records = try Program.run(["analyze", "--format", "ndjson", capture]).output.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    let sessions = records.filter { $0["type"] as? String == "session" }.compactMap { $0["tls"] as? [String: Any] }
    func seen(_ key: String) -> [String] { sessions.compactMap { $0[key] as? String }.sorted() }

    let hellos = try Tshark.fields(
      ["tls.handshake.ja3", "tls.handshake.extensions_server_name"], of: "tls.handshake.type == 1", in: capture)
    #expect(seen("ja3") == hellos.map { $0[0] }.sorted())
    #expect(seen("sni") == hellos.compactMap { $0[1].isEmpty ? nil : $0[1] }.sorted())
    let answers = try Tshark.fields(["tls.handshake.ja3s"], of: "tls.handshake.type == 2", in: capture)
    #expect(seen("ja3s") == answers.map { $0[0] }.sorted())
    let alerts = try Tshark.fields(["tls.alert_message.desc"], of: "tls.alert_message.desc", in: capture)
    let ours = sessions.flatMap { $0["alerts"] as? [[String: Any]] ?? [] }
    #expect(ours.count == alerts.count)
  }
}

private enum Tshark {
  static let path = ["/usr/bin/tshark", "/usr/local/bin/tshark"].first(where: FileManager.default.isExecutableFile)

  /// Captures with a handshake: the sample, and those of the lab where it is at hand.
  static let captures: [String] = {
    let lab = Program.root.appending(path: "../shared/lab/captures").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: lab)) ?? []
    let handshakes = ["30-", "32-", "33-", "34-", "38-", "40-", "45-", "60-", "63-", "74-"]
    return ["samples/starttls-without-keys.pcap"]
      + names.filter { name in handshakes.contains { name.hasPrefix($0) } }.sorted().map { "\(lab)/\($0)" }
  }()

  /// A row for each packet that the filter lets pass.
  static func fields(_ names: [String], of filter: String, in capture: String) throws -> [[String]] {
    let process = Process()
    process.executableURL = URL(filePath: try #require(path))
    process.currentDirectoryURL = Program.root
    process.arguments =
      ["-r", capture, "-Y", filter, "-T", "fields", "-E", "separator=|"] + names.flatMap { ["-e", $0] }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = Pipe()
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
