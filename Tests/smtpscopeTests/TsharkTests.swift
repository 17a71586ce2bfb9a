import Foundation
import Testing

/// What tshark sees in a handshake, side by side with what we see.
@Suite(.enabled(if: Tshark.path != nil, "there is no tshark")) struct TsharkTests {
  @Test(arguments: HandshakeCaptures.all)
  func `hellos, fingerprints and alerts are those that tshark sees`(capture: String) throws {
    let sessions = try HandshakeCaptures.sessions(in: capture)
    func seen(_ key: String) -> [String] { sessions.compactMap { $0[key] as? String }.sorted() }

    let hellos = try Tshark.firstRows(
      ["tls.handshake.ja3", "tls.handshake.extensions_server_name"], of: "tls.handshake.type == 1", in: capture)
    #expect(seen("ja3") == hellos.map { $0[0] }.sorted())
    #expect(seen("sni") == hellos.map { $0[1] }.filter { !$0.isEmpty }.sorted())

    let answers = try Tshark.firstRows(
      [
        "tls.handshake.ja3s", "tls.handshake.version", "tls.handshake.extensions.supported_version",
        "tls.handshake.ciphersuite", "tls.handshake.extensions_alpn_str",
      ], of: "tls.handshake.type == 2", in: capture)
    #expect(seen("ja3s") == answers.map { $0[0] }.sorted())
    // TLS 1.3 tells itself in an extension (RFC 8446 section 4.2.1).
    let versions = answers.map { Tshark.name(of: $0[2].isEmpty ? $0[1] : $0[2], in: "tls.handshake.version") }
    #expect(seen("version") == versions.sorted())
    #expect(seen("cipher") == answers.map { Tshark.name(of: $0[3], in: "tls.handshake.ciphersuite") }.sorted())
    #expect(seen("alpn") == answers.map { $0[4] }.filter { !$0.isEmpty }.sorted())

    let alerts = try Tshark.rows(
      ["tls.alert_message.level", "tls.alert_message.desc"], of: "tls.alert_message.desc", in: capture)
    let expected = alerts.map { row in
      let level = Tshark.name(of: row[0], in: "tls.alert_message.level")
      let words = Tshark.name(of: row[1], in: "tls.alert_message.desc").split(separator: " ").joined(separator: "_")
      return "\(level) \(words)".lowercased()
    }
    let ours = sessions.flatMap { $0["alerts"] as? [[String: Any]] ?? [] }
    #expect(ours.map { "\($0["level"] ?? "") \($0["description"] ?? "")" }.sorted() == expected.sorted())
  }
}

/// Captures with a handshake that tshark sees too.
enum HandshakeCaptures {
  /// Ours, and those of the shared folder where it is at hand.
  static let all: [String] = {
    let folders = [
      "samples", "Tests/smtpscopeTests/Captures", "../shared/lab/captures", "../shared/corpus/captures",
    ]
    return folders.flatMap { folder in
      let path = Program.root.appending(path: folder).path
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return names.sorted().map { "\(path)/\($0)" }.filter(mayHoldHandshake)
    }
    // Others have hellos to servers that are none of mail.
    .filter { capture in (try? sessions(in: capture).contains { $0["ja3"] is String || $0["ja3s"] is String }) == true }
  }()

  /// Whether bytes like those that a ClientHello's record begins with are there. A hello to a server that speaks no TLS is
  /// SMTP to tshark.
  private static func mayHoldHandshake(_ path: String) -> Bool {
    guard !path.contains("tls-to-plaintext-port"), let bytes = try? Data(contentsOf: URL(filePath: path)) else {
      return false
    }
    return ([0, 1, 2, 3] as [UInt8]).contains { minor in
      var place = bytes.startIndex
      while let found = bytes[place...].firstRange(of: [22, 3, minor]) {
        place = found.upperBound
        // The length, and the kind of the message.
        if bytes.dropFirst(place + 2).first == 1 { return true }
      }
      return false
    }
  }

  /// What our records say of TLS.
  static func sessions(in capture: String) throws -> [[String: Any]] {
    try Program.run(["analyze", "--format", "ndjson", capture]).output.split(separator: "\n").compactMap { line in
      let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return record?["type"] as? String == "session" ? record?["tls"] as? [String: Any] : nil
    }
  }
}

private enum Tshark {
  static let path = Tool.path("tshark")

  /// A row for each packet that the filter lets pass; of a field that occurs more than once the first.
  static func rows(_ names: [String], of filter: String, in capture: String) throws -> [[String]] {
    let arguments =
      ["-r", capture, "-Y", filter, "-T", "fields", "-E", "separator=|", "-E", "occurrence=f"]
      + names.flatMap { ["-e", $0] }
    return try run(arguments).split(separator: "\n").map {
      $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The first row of each connection: a hello may come again, when the server asks for it or inside TLS.
  static func firstRows(_ names: [String], of filter: String, in capture: String) throws -> [[String]] {
    var met: Set<String> = []
    return try rows(["tcp.stream"] + names, of: filter, in: capture).compactMap { row in
      met.insert(row[0]).inserted ? Array(row.dropFirst()) : nil
    }
  }

  /// What a number is called in a field.
  static func name(of number: String, in field: String) -> String {
    let digits = number.hasPrefix("0x") ? Int(number.dropFirst(2), radix: 16) : Int(number)
    return digits.flatMap { names[field]?[$0] } ?? number
  }

  private static let names: [String: [Int: String]] = {
    var names: [String: [Int: String]] = [:]
    for line in ((try? run(["-G", "values"])) ?? "").split(separator: "\n") {
      // `V	tls.handshake.version	0x0303	TLS 1.2`
      let words = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard words.count == 4, words[0] == "V", words[1].hasPrefix("tls.") else { continue }
      let number = words[2].hasPrefix("0x") ? Int(words[2].dropFirst(2), radix: 16) : Int(words[2])
      if let number { names[String(words[1]), default: [:]][number] = String(words[3]) }
    }
    return names
  }()

  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: try #require(path))
    process.currentDirectoryURL = Program.root
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }
}
