import SMTPAnalysis
import TCPStreams
import TestSupport
import Wire

/// A mail session with what else a capture shows of its hosts' names, each at a second of the session.
struct NameScene {
  var conversation: Conversation
  private var others: [Conversation.Frame] = []
  private let resolver = Endpoint(address: NameServer.address("203.0.113.53"), port: 53)

  static let client = "192.0.2.7"
  static let server = "203.0.113.25"
  static let reversed = NameServer.reversed(NameServer.address(client))

  init(_ script: String, from client: String = client, to server: String = server, port: UInt16 = 25) {
    self.init(Conversation(script), from: client, to: server, port: port)
  }

  init(_ conversation: Conversation, from client: String = client, to server: String = server, port: UInt16 = 25) {
    self.conversation = conversation
    self.conversation.client.address = NameServer.address(client)
    self.conversation.server = Endpoint(address: NameServer.address(server), port: port)
  }

  /// A name server's message to the mail server; in a stream of its own where it comes by TCP.
  mutating func answer(_ message: [UInt8], at second: Double = 0, to asker: String = server, overTCP: Bool = false) {
    let asker = Endpoint(address: NameServer.address(asker), port: 40_000 + UInt16(others.count))
    guard overTCP else {
      return add(PacketBuilder(bytes: message).udp(from: resolver, to: asker), at: second)
    }
    let written = { (bytes: [UInt8]) in
      (UInt16(bytes.count).octets + bytes).map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\\"
    }
    var stream = Conversation("C: \(written(NameServer.query("a.example", .a)))\nS: \(written(message))", piece: 40)
    stream.client = asker
    stream.server = resolver
    stream.start = time(second)
    others += stream.frames
  }

  /// The mail server's question to its name server.
  mutating func ask(_ message: [UInt8], at second: Double, by asker: String = server) {
    let asker = Endpoint(address: NameServer.address(asker), port: 40_000 + UInt16(others.count))
    add(PacketBuilder(bytes: message).udp(from: asker, to: resolver), at: second)
  }

  /// A segment of the mail server's call of the client's ident port, or of the answer to it.
  mutating func ident(_ flags: PacketBuilder.Flags, at second: Double, answers: Bool = false, port: UInt16 = 113) {
    let (server, client) = (conversation.server.address, conversation.client.address)
    let (caller, callee) = (Endpoint(address: server, port: 50_000), Endpoint(address: client, port: port))
    add(
      .tcp(
        from: answers ? callee : caller, to: answers ? caller : callee, sequence: answers ? 900 : 100,
        acknowledgment: answers ? 101 : 0, flags: flags, identification: UInt16(others.count) + 1), at: second)
  }

  private mutating func add(_ packet: PacketBuilder, at second: Double) {
    others.append(Conversation.Frame(bytes: packet.ethernet().bytes, time: time(second)))
  }

  private func time(_ second: Double) -> CaptureTime {
    conversation.start.advanced(byNanoseconds: Int64(second * 1e9))
  }

  /// All frames by their times, the others' before the session's of the same time.
  var frames: [Conversation.Frame] {
    (others + conversation.frames).enumerated().sorted { ($0.1.time, $0.0) < ($1.1.time, $1.0) }.map(\.1)
  }

  var analysis: Analysis { Analysis(frames) }

  var session: Session? { analysis.sessions.first { $0.connection.server.port == conversation.server.port } }
}

extension Session {
  /// What is said of a finding.
  func message(_ id: FindingID) -> String? { findings.first { $0.id == id }?.message }
}
