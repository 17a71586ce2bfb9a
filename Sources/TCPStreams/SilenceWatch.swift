internal import Wire

/// The silences of a connection: the longest that both sides survived, and one that one side did not.
struct SilenceWatch {
  /// Below it no silence is noted. No device forgets a connection so soon.
  static let shortest: Int64 = 1_000_000_000
  private static let unit: Int64 = 1_000_000

  // In milliseconds, which reach for seven weeks: there are many connections.
  private var longestSurvived: UInt32 = 0
  /// The last one, until the other side has answered to what broke it.
  private var pending: UInt32 = 0
  /// The packets of the other side by then.
  private var answers: UInt32 = 0
  private var brokenBy = Peer.client

  /// `peer` speaks after nothing was said for `span`.
  mutating func broken(by peer: Peer, after span: Int64, client: StreamDirection, server: StreamDirection) {
    let others = UInt32(truncatingIfNeeded: peer == .client ? server.heard : client.heard)
    // It speaks again and nothing has come back since: still the same one.
    if pending > 0, peer == brokenBy, others == answers { return }
    longestSurvived = max(longestSurvived, pending)
    pending = UInt32(clamping: span / SilenceWatch.unit)
    brokenBy = peer
    answers = others
  }

  func facts(client: StreamDirection, server: StreamDirection) -> SilenceFacts {
    var facts = SilenceFacts()
    facts.longestSurvived = Int64(longestSurvived) * SilenceWatch.unit
    facts.brokenBy = brokenBy
    let others = UInt32(truncatingIfNeeded: brokenBy == .client ? server.heard : client.heard)
    if pending > 0, others == answers {
      facts.unanswered = Int64(pending) * SilenceWatch.unit
    } else {
      facts.longestSurvived = Int64(max(longestSurvived, pending)) * SilenceWatch.unit
    }
    return facts
  }
}
