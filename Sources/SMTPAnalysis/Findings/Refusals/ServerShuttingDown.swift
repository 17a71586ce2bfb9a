extension CatalogueEntry {
  static let serverShuttingDown = CatalogueEntry(
    .serverShuttingDown, .error, "the server is being shut down",
    explanation: """
      The server broke off the dialogue because it is going down or restarting. What was not yet accepted stays with \
      the client, which tries again.
      """,
    seenWhen: "a 421 reply with enhanced code 4.3.2 or with words such as \"shutting down\" or \"going down\"",
    whatToDo: """
      wait for the next attempt; if it repeats, look for a server that is restarted too often (health checks, memory \
      limits, deployments)
      """,
    references: ["RFC 5321 section 3.8", "RFC 3463 section 3.4"])
}

/// A server that is going down.
enum ServerShuttingDown: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.serverShuttingDown) {
      // Said to QUIT, or to a client that lets its connection stand, it costs no mail.
      let isHarmless = evidence.session.verdict.outcome == .delivered
      let why =
        refusal.reading.isExplicit
        ? "The server is going down or restarting." : "The server takes no mail at the moment (4.3.2)."
      findings.add(refusal.finding(why, severity: isHarmless ? .info : nil))
    }
  }
}
