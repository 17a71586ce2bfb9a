import SMTPAnalysis
import TCPStreams
import TestSupport
import Wire

/// Conversations with what a path does to them.
enum PathScenes {
  /// What the checks of the connection, the transfer and the capture may say.
  static let ids: Set<FindingID> = [
    .connectionRefused, .connectionUnanswered, .connectionBlocked, .greetingMissing, .transferIncomplete,
    .endOfDataMissing, .replyLost, .clientGaveUp, .serverTimeout, .connectionReset, .connectionResetByMiddlebox,
    .pathLostAfterIdle, .connectionSilent, .pathMTUBlackhole, .receiverStalled, .heavyLoss, .captureGap,
    .captureClipped, .captureOneSided, .captureMidstream, .captureEnded, .inconsistentRetransmission, .badChecksum,
  ]

  /// Waits of a sender that nobody answers (RFC 6298 section 5.5), in milliseconds.
  static let backoff: [Int64] = [200, 400, 800, 1600]

  /// A payload of text lines.
  static func text(_ count: Int) -> [UInt8] {
    Array(String(repeating: "The quick brown fox jumps over it.\r\n", count: count / 36 + 1).utf8.prefix(count))
  }

  /// A dialogue that goes on, with the options that its SYNs carry.
  static func open(
    _ script: String, client: [UInt8] = [2, 4, 5, 180, 4, 2, 1, 3, 3, 7],
    server: [UInt8] = [2, 4, 5, 180, 4, 2, 1, 3, 3, 7], pauses: [Int: Int64] = [:]
  ) -> Conversation {
    var scene = Conversation(script, closes: false, pauses: pauses)
    for index in scene.segments.indices where scene.segments[index].flags.contains(.syn) {
      scene.segments[index].options = scene.segments[index].peer == .client ? client : server
    }
    return scene
  }
}

extension Conversation {
  /// `id severity` of each finding of the path, in their order, and the transactions' outcomes.
  func told(errors: [Frame] = []) -> [String] {
    let session = analyzed(errors: errors)
    let findings = session?.findings.filter { PathScenes.ids.contains($0.id) } ?? []
    return findings.map { "\($0.id.rawValue) \($0.severity)" } + (session?.transactions.map(\.outcome.rawValue) ?? [])
  }

  /// The first session; `errors` are other frames, put in by their times.
  func analyzed(errors: [Frame] = []) -> Session? {
    Analysis((frames + errors).sorted { $0.time < $1.time }).sessions.first
  }

  func message(_ id: FindingID, errors: [Frame] = []) -> String {
    analyzed(errors: errors)?.findings.first { $0.id == id }?.message ?? ""
  }

  /// An ICMP error that quotes a segment, so many milliseconds behind it.
  func error(
    about index: Int, type: UInt8, code: UInt8, rest: UInt32 = 0, after milliseconds: Int64 = 1,
    from reporter: UInt32 = 0xc000_02fe
  ) -> Frame {
    let quoted = packet(of: segments[index])
    let packet = PacketBuilder(bytes: Array(quoted.bytes.prefix(28)), etherType: quoted.etherType)
      .icmpError(
        from: IPAddress(ipv4: reporter),
        to: segments[index].peer == .client ? client.address : server.address, type: type, code: code, rest: rest)
    return Frame(
      bytes: packet.ethernet().bytes,
      time: start.advanced(byNanoseconds: segments[index].time + milliseconds * 1_000_000))
  }
}
