internal import Wire

/// The silences of a connection: the longest that both sides survived, and one that one side did not.
struct SilenceWatch {
  /// Below it no silence is noted. No device forgets a connection so soon.
  static let shortest: Int64 = 1_000_000_000

  private var longestSurvived: Int64 = 0
  /// The last one, until the other side has answered to what broke it.
  private var pending: Int64 = 0
  private var brokenBy = Peer.client
  /// The packets of the other side by then.
  private var answers = 0

  /// `peer` speaks after nothing was said for `span`.
  mutating func broken(by peer: Peer, after span: Int64, client: StreamDirection, server: StreamDirection) {
    let others = (peer == .client ? server : client).heard
    // It speaks again and nothing has come back since: still the same one.
    if pending > 0, peer == brokenBy, others == answers { return }
    longestSurvived = max(longestSurvived, pending)
    pending = span
    brokenBy = peer
    answers = others
  }

  func facts(client: StreamDirection, server: StreamDirection) -> SilenceFacts {
    var facts = SilenceFacts()
    facts.longestSurvived = longestSurvived
    facts.brokenBy = brokenBy
    if pending > 0, (brokenBy == .client ? server : client).heard == answers {
      facts.unanswered = pending
    } else {
      facts.longestSurvived = max(longestSurvived, pending)
    }
    return facts
  }
}
