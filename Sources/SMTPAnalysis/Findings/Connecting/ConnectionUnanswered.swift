internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let connectionUnanswered = CatalogueEntry(
    .connectionUnanswered, .error, "the connection attempt was never answered",
    explanation: """
      The client asked for a connection again and again and nothing came back: the host is down or does not exist, a \
      firewall drops the packets without a word, or the answers take a way that is blocked. Many access providers and \
      clouds drop outgoing port 25.
      """,
    seenWhen: """
      a SYN was retransmitted at least once or waited for long enough, and neither a SYN-ACK nor a reset nor an ICMP \
      error came back
      """,
    whatToDo: """
      try the same port from another network; ask the provider whether outgoing port 25 is blocked, and submit through \
      port 587 or 465 if so; capture at the server to see whether the SYN arrives and the SYN-ACK leaves
      """,
    references: ["RFC 9293 section 3.8.1", "RFC 5321 section 4.5.4.1"])
}

enum ConnectionUnanswered: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let facts = evidence.facts
    guard !findings.contains(.connectionBlocked, .connectionRefused) else { return }
    switch facts.opening {
    case .unanswered:
      let count = facts.clientToServer.packets
      guard count > 1 || facts.closing != .captureEnd else { return }
      let sent = count == 1 ? "one SYN was sent" : "\(count) SYNs in \(spoken(evidence.duration))"
      findings.add(
        Finding(
          .connectionUnanswered, at: evidence.start,
          message: "\(facts.server) never answered: \(sent), and nothing came back."))
    case .handshake:
      // The server's answers do not get to the client, which would have acknowledged them.
      guard facts.handshakeDuration == nil, facts.serverToClient.bytes == 0, facts.clientToServer.bytes == 0,
        facts.serverToClient.packets > 2, facts.serverToClient.retransmittedSegments >= 2,
        facts.closing == .captureEnd || facts.closing == .timeout
      else { return }
      findings.add(
        Finding(
          .connectionUnanswered, at: evidence.start,
          message:
            "\(facts.server) answered the SYN \(facts.serverToClient.packets) times in \(spoken(evidence.duration)) and the client never acknowledged it: the answers do not get to it."
        ))
    case .refused, .midstream:
      return
    }
  }
}
