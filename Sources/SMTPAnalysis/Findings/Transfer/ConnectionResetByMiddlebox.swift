internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let connectionResetByMiddlebox = CatalogueEntry(
    .connectionResetByMiddlebox, .error, "something between the two reset the connection",
    explanation: """
      The reset does not look like the packets of the host whose address it bears: an intrusion prevention system, a \
      firewall or a provider's filter broke the connection in its name. It often strikes at the same word of the \
      dialogue each time.
      """,
    seenWhen: """
      the RST's TTL, IP ID, window or options are unlike those of the peer's other packets, or both ends are reset at \
      the same moment
      """,
    whatToDo: """
      capture at both ends: neither will have sent it; estimate from the TTL how many hops away it began; look in the \
      logs of firewalls there for the time and address
      """,
    references: ["RFC 3360", "RFC 9293 section 3.5.2"])
}

enum ConnectionResetByMiddlebox: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard case .reset(let closer) = evidence.closing, evidence.isResetAnError || isInsteadOfGreeting(closer, evidence),
      !findings.contains(.pathLostAfterIdle)
    else { return }
    let isContradicted = isContradicted(closer.other, evidence.facts)
    let peer = isContradicted ? closer.other : closer
    guard let reset = evidence.facts.path(of: peer).trouble?.reset else { return }
    var signs = signs(of: reset, peer, evidence.facts)
    if isContradicted { signs.append(Sign(text: "the \(peer.word) went on behind it", isClear: true)) }
    guard signs.contains(where: \.isClear) || signs.count >= 2 else { return }
    findings.withdraw(.greetingMissing)
    findings.add(
      Finding(
        .connectionResetByMiddlebox, transaction: evidence.openDraft?.transaction.id,
        at: (reset.frame.number, reset.frame.time),
        message:
          "The connection was reset at \(evidence.openStep)\(evidence.progress) in the \(peer.word)'s name, but the reset is unlike its other packets: \(signs.map(\.text).joined(separator: "; ")). Something between the two sent it."
      ))
  }

  /// The server was reset before it said a word: the same box may have done it.
  private static func isInsteadOfGreeting(_ closer: Peer, _ evidence: borrowing SessionEvidence) -> Bool {
    closer == .server && evidence.session.greeting == nil && evidence.facts.opening == .handshake
      && evidence.facts.serverToClient.bytes == 0 && !evidence.isOneSided
  }

  /// A side that sends on behind a reset in its name did not send it; the other one obeyed it, and answers with its own.
  private static func isContradicted(_ peer: Peer, _ facts: ConnectionFacts) -> Bool {
    guard let first = facts.path(of: peer).trouble?.reset, first.ahead <= 0,
      let answer = facts.path(of: peer.other).trouble?.reset
    else { return false }
    return isBefore(first.frame.place, answer.frame.place)
  }

  /// A sign that a reset does not come from the host whose address it bears.
  private struct Sign {
    var text: String
    /// It needs no second one.
    var isClear = false
  }

  private static func signs(of reset: ResetFacts, _ peer: Peer, _ facts: ConnectionFacts) -> [Sign] {
    var signs: [Sign] = []
    if let usual = facts.path(of: peer).timeToLive, !usual.contains(reset.timeToLive) {
      let distance =
        reset.timeToLive < usual.lowerBound
        ? Int(usual.lowerBound) - Int(reset.timeToLive) : Int(reset.timeToLive) - Int(usual.upperBound)
      // A stack may begin its resets at another value: then they come from as far away as the rest.
      let isAsFarAway = usual.contains { abs(hops($0) - hops(reset.timeToLive)) <= 1 }
      let others = usual.count == 1 ? "\(usual.lowerBound)" : "\(usual.lowerBound) to \(usual.upperBound)"
      let text = "its time to live is \(reset.timeToLive), theirs \(others)"
      if distance == 1 || !isAsFarAway { signs.append(Sign(text: text, isClear: distance >= 2)) }
    }
    if let other = facts.path(of: peer.other).trouble?.reset,
      abs(other.frame.time.nanoseconds(since: reset.frame.time)) <= sameMoment
    {
      signs.append(Sign(text: "both ends were reset at the same moment (#\(other.frame.number))", isClear: true))
    }
    if reset.breaksIdentifications { signs.append(Sign(text: "its IP identification is out of their order")) }
    if reset.breaksDontFragment { signs.append(Sign(text: "it lacks their \"don't fragment\"")) }
    if reset.ahead > 0 {
      signs.append(Sign(text: "its sequence number is \(reset.ahead) beyond what the \(peer.word) had sent"))
    }
    return signs
  }

  /// How far a packet has come: systems begin at 32, 64, 128 or 255.
  private static func hops(_ timeToLive: UInt8) -> Int {
    let starts = [32, 64, 128, 255]
    return (starts.first { $0 >= timeToLive } ?? 255) - Int(timeToLive)
  }

  private static let sameMoment: Int64 = 1_000_000
}
