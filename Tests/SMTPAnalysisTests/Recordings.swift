import Foundation
import SMTPAnalysis
import TLSHandshake
import TLSProtection
import TestSupport
import Testing
import Wire

/// What Python's ssl and OpenSSL sent in a session, as `Tests/Recordings/record_tls.py` prints it.
struct Recording: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var version: String
  /// The flights of the session that this one resumes, where they were kept.
  var earlier: [[String]]?
  var flights: [[String]]
  var keylog: String
  var privateKey: String?
  var resumed: Bool
  var asks: Bool
  var gives: Bool
  var said: [String: String]
  var message: String

  var testDescription: String { name }

  /// The message takes several records, and the handshake is like that of others.
  var isLong: Bool { message.utf8.count > 20_000 && !resumed && !asks }

  /// The bytes of the flights, each with its sender.
  var steps: [(peer: Peer, bytes: [UInt8])] { Self.steps(of: flights) }

  static func steps(of flights: [[String]]) -> [(peer: Peer, bytes: [UInt8])] {
    flights.compactMap { flight in
      guard let sender = flight.first, let digits = flight.last.map({ Array($0.utf8) }) else { return nil }
      let nibbles = digits.map { $0 < 0x3a ? $0 - 0x30 : $0 - 0x57 }
      let bytes = stride(from: 0, to: nibbles.count - 1, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
      return (sender == "C" ? .client : .server, bytes)
    }
  }

  /// The session as TCP carries it, to port 465.
  func conversation(
    piece: Int, steps: [(peer: Peer, bytes: [UInt8])]? = nil, port: UInt16 = 465
  ) -> Conversation {
    let server = Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: port)
    var conversation = Conversation("", server: server, closes: false)
    // The certificates were made just now.
    conversation.start = CaptureTime(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000)
    for step in steps ?? self.steps {
      var rest = step.bytes[...]
      while !rest.isEmpty {
        conversation.add(step.peer, [.psh, .ack], after: 1, payload: Array(rest.prefix(piece)))
        rest = rest.dropFirst(piece)
      }
    }
    for peer in Peer.allCases { conversation.add(peer, [.fin, .ack], after: 1) }
    return conversation
  }

  /// The secrets of the session: its key log, or the server's key where it is recorded for that.
  var secrets: TLSSecrets {
    guard let privateKey, let key = try? RSADecryptionKey(file: privateKey.utf8.span) else {
      return Self.secrets(keylog)
    }
    return TLSSecrets(keyLog: KeyLog(), privateKeys: [key])
  }

  static func secrets(_ text: String) -> TLSSecrets {
    let log = KeyLog()
    var reader = KeyLogReader()
    reader.receive(text.utf8.span, into: log)
    reader.finish(into: log)
    return TLSSecrets(keyLog: log)
  }

  /// The matrix of single sessions; empty where there is no Python with an OpenSSL to record it.
  static let all = recorded.filter { $0.earlier == nil }
  /// Those with the session that they resume.
  static let resumptions = recorded.filter { $0.earlier != nil }

  private static let recorded: [Recording] = {
    guard let python, let output = try? run(python) else { return [] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    // What this OpenSSL cannot do is a line with an error instead.
    return output.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(Recording.self, from: $0) }
  }()

  private static let python: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  private static func run(_ python: String) throws -> Data {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Recordings/record_tls.py")
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["-W", "ignore", script.path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return bytes
  }
}

/// Keeps the messages' bytes.
final class KeptMessages: MessageOutput {
  var messages: [[UInt8]] = []

  func beginMessage() -> Int {
    messages.append([])
    return messages.count - 1
  }

  func append(_ bytes: Span<UInt8>, toMessage key: Int) { messages[key].append(bytes) }
  func skip(_ count: Int, inMessage key: Int) {}
  func endMessage(_ key: Int) {}
}

extension Analysis {
  /// The only session of some frames, and the messages in it.
  ///
  /// - Parameter before: Is called before each frame, with its index.
  static func decrypted(
    _ frames: [Conversation.Frame], with secrets: TLSSecrets?, before: (Int) -> Void = { _ in }
  ) -> (Session?, [[UInt8]]) {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    options.secrets = secrets
    let output = KeptMessages()
    nonisolated(unsafe) let kept: any MessageOutput = output
    var analyzer = Analyzer(options: options, output: { unsafe kept })
    for (index, frame) in frames.enumerated() {
      before(index)
      let descriptor = FrameDescriptor(
        time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count)
      analyzer.receive(frame.bytes.span, descriptor: descriptor)
    }
    analyzer.finish()
    return (analyzer.nextSession(), output.messages)
  }
}
