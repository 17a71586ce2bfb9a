extension CatalogueEntry {
  static let tooManyConnections = CatalogueEntry(
    .tooManyConnections, .error, "the client has too many connections open",
    explanation: """
      The server limits how many connections one client, or all of them, may have at a time, and this one was over it. \
      What the client could not deliver waits for its next attempt.
      """,
    seenWhen: """
      a 421, 450 or 554 reply, at the greeting or later, says that there are too many connections; the count of this \
      client's connections open in the capture at that moment is told
      """,
    whatToDo: """
      lower the client's concurrency for this destination (`smtp_destination_concurrency_limit` in Postfix, \
      `remote_max_parallel` and `serialize_hosts` in Exim); keep fewer idle connections cached; raise the server's \
      limit if it is yours (`smtpd_client_connection_count_limit`, `smtp_accept_max_per_host`)
      """,
    references: ["RFC 5321 section 4.5.4.1", "RFC 5321 section 7.8"])
}

/// A client with more connections than the server allows.
enum TooManyConnections: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.tooManyConnections) {
      findings.add(refusal.finding())
    }
  }
}
