extension CatalogueEntry {
  static let tlsClientCertificateMissing = CatalogueEntry(
    .tlsClientCertificateMissing, .error, "the server wanted a certificate from the client",
    explanation: """
      The server asked for a client certificate and ended the handshake when it got none, or none that it trusts. \
      Ordinary mail servers do not demand one; it is used between partners and for devices.
      """,
    seenWhen: """
      a CertificateRequest, an empty or no Certificate from the client, then the alert certificate_required, \
      handshake_failure or bad_certificate from the server; or a refusal that misses the client's certificate
      """,
    whatToDo: """
      give the client its certificate and key; or let the server ask without insisting (`smtpd_tls_req_ccert = no`)
      """,
    references: ["RFC 8446 section 4.4.2", "RFC 8446 section 6.2"])
}

/// A server that misses the client's certificate in a reply. Where it ended the handshake for it, `TLSHandshakeFailed` tells
/// it.
enum TLSClientCertificateMissing: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.tlsClientCertificateMissing) {
      findings.add(refusal.finding(because(evidence)))
    }
  }

  private static func because(_ evidence: borrowing SessionEvidence) -> String {
    switch evidence.tls?.clientCertificate {
    case .missing?: "In the handshake the server asked for one and the client said that it has none."
    case .given?: "The client showed one in the handshake."
    case .requested?, nil: ""
    }
  }
}
