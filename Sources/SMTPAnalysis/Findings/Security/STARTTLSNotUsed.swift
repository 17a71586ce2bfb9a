extension CatalogueEntry {
  static let starttlsNotUsed = CatalogueEntry(
    .starttlsNotUsed, .info, "the client did not use the encryption offered",
    explanation: "The server offered STARTTLS and the client sent the mail in clear. Anyone on the path could read it.",
    seenWhen: "STARTTLS is in the EHLO reply, no STARTTLS command was sent, and a transaction passed in clear",
    whatToDo: """
      switch opportunistic TLS on in the client (`smtp_tls_security_level = may`, `hosts_try_dane`, the connector's \
      setting)
      """,
    references: ["RFC 3207 section 6", "RFC 8314 section 3.3"])
}

/// A mail in clear in spite of the offer.
enum STARTTLSNotUsed: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let hello = ClearMail.hello(evidence), evidence.offered.contains("STARTTLS") else { return }
    findings.add(
      Finding(
        .starttlsNotUsed, at: hello.place, message: "STARTTLS was offered and not used; the mail passed in clear."))
  }
}
