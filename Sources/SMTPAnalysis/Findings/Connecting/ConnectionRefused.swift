internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let connectionRefused = CatalogueEntry(
    .connectionRefused, .error, "nothing accepts connections there",
    explanation: """
      The attempt to connect was answered by a reset: the host is up, but no mail server listens on that port, or a \
      firewall answers in its place. No mail could be offered; a sending server queues it and tries the next host of \
      the MX list, then again later.
      """,
    seenWhen: """
      the client's SYN is answered by an RST, or by an ICMP error that says port unreachable, and no SYN-ACK is seen
      """,
    whatToDo: """
      check that the server runs and listens on this address and port (`ss -ltn`), not on the loopback address only; \
      check the firewall's reject rules; check that the MX record leads to this host; look at the reset's TTL: unlike \
      other hosts' it comes from a firewall on the way
      """,
    references: ["RFC 9293 section 3.5.2", "RFC 5321 section 4.5.4.1"])
}

enum ConnectionRefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let facts = evidence.facts
    switch facts.opening {
    case .refused:
      let reset = facts.serverPath.trouble?.reset
      let delay = reset.map { $0.frame.time.nanoseconds(since: facts.firstFrame.time) } ?? 0
      let origin = reset.map { " (time to live \($0.timeToLive))" } ?? ""
      findings.add(
        Finding(
          .connectionRefused, at: reset.map { ($0.frame.number, $0.frame.time) } ?? evidence.end,
          message:
            "\(facts.server) refused the connection: its SYN was answered with a reset after \(spoken(delay))\(origin). Nothing listens there, or a firewall rejects it."
        ))
    case .unanswered:
      guard let error = facts.errors.first(where: { $0.about == .client && $0.kind == .portUnreachable }) else {
        return
      }
      findings.add(
        Finding(
          .connectionRefused, at: (error.frame.number, error.frame.time),
          message:
            "\(facts.server) refused the connection: \(error.reporter) answered the SYN with \(error.name). Nothing listens there, or a firewall rejects it."
        ))
    case .handshake, .midstream:
      return
    }
  }
}
