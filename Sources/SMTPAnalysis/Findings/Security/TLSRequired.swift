extension CatalogueEntry {
  static let tlsRequired = CatalogueEntry(
    .tlsRequired, .error, "the server wants TLS first",
    explanation: """
      The server takes mail, or logins, only inside TLS, and the client went on in clear. With REQUIRETLS the next \
      server lacks what the sender demanded.
      """,
    seenWhen: """
      a 530 reply, or 5.7.0 or 5.7.10 with such words, tells the client to issue STARTTLS; or a refusal says that \
      REQUIRETLS cannot be met
      """,
    whatToDo: """
      switch STARTTLS on in the client ("encryption: STARTTLS", `smtp_tls_security_level = may` at least); if the \
      client believes it is on, see whether STARTTLS was offered to it or stripped
      """,
    references: ["RFC 3207 section 4", "RFC 8689"])
}

/// A server that wants TLS first.
enum TLSRequired: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.tlsRequired) {
      findings.add(refusal.finding(because(evidence)))
    }
  }

  private static func because(_ evidence: borrowing SessionEvidence) -> String {
    guard evidence.session.tls == nil else { return "" }
    return evidence.offered.contains("STARTTLS")
      ? "STARTTLS was offered and the client did not use it."
      : "STARTTLS was not offered, or the client did not ask for the extensions."
  }
}
