extension CatalogueEntry {
  static let relayDenied = CatalogueEntry(
    .relayDenied, .error, "the server does not relay for this client",
    explanation: """
      The recipient's domain is not one the server takes mail for, and the client has not shown that it may send \
      elsewhere through it. The client did not authenticate or is not in a permitted network; or the MX points to a \
      server that does not know the domain.
      """,
    seenWhen: """
      a 5xx reply to RCPT whose text, or enhanced code 5.7.1 with such a text, says that relaying is not permitted
      """,
    whatToDo: """
      a user's program: switch authentication on and use port 587 or 465; a server: check that the MX record leads to \
      the right host, and that the domain is listed there (`relay_domains`, `virtual_mailbox_domains`, accepted \
      domains)
      """,
    references: ["RFC 5321 section 7.9", "RFC 3463 section 3.8", "RFC 2505 section 2.1"])
}

/// A recipient whose domain is not the server's.
enum RelayDenied: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.relayDenied) {
      findings.add(refusal.finding(because(refusal, evidence)))
    }
  }

  private static func because(_ refusal: Refusal, _ evidence: borrowing SessionEvidence) -> String {
    let attempts = evidence.session.authentications
    if attempts.contains(where: { $0.outcome == .accepted }) {
      return "The server does not forward to that domain, though the client had logged in."
    }
    if case .sender = refusal.object {
      return "It forwards for nobody who has not logged in or is in no network of its own."
    }
    return "The domain is not one of the server's, and the client did not authenticate."
  }
}
