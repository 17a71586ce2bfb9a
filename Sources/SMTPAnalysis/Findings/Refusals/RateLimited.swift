extension CatalogueEntry {
  static let rateLimited = CatalogueEntry(
    .rateLimited, .error, "the client sends too fast",
    explanation: """
      The server limits how many connections, mails or recipients it takes from one client or sender in a given time. \
      What was over the limit waits for the next attempt; with a queue that grows faster than the limit, mail is late \
      and finally bounces.
      """,
    seenWhen: """
      a 421, 450, 451 or 452 reply (or a 5xx in these words) that speaks of rate, of too many mails or recipients in a \
      time, or of trying later for that reason
      """,
    whatToDo: """
      slow down towards this destination (`smtp_destination_rate_delay`, fewer connections); spread mailings over \
      hours; find out why so much is sent at once: a hacked account sends like this
      """,
    references: ["RFC 5321 section 4.5.4.1", "RFC 3463 section 3.8", "RFC 2505"])
}

/// A limit on how much the client may send in a time.
enum RateLimited: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.rateLimited) {
      findings.add(refusal.finding(because(refusal)))
    }
  }

  private static func because(_ refusal: Refusal) -> String {
    "It is a limit on \(refusal.reading.subject ?? "how much the client may send in a time")."
  }
}
