extension CatalogueEntry {
  static let tlsClientCertificateMissing = CatalogueEntry(
    .tlsClientCertificateMissing, .error, "the server wanted a certificate from the client",
    explanation: """
      The server asked for a client certificate and ended the handshake when it got none, or none that it trusts. \
      Ordinary mail servers do not demand one; it is used between partners and for devices.
      """,
    seenWhen: """
      a CertificateRequest, an empty or no Certificate from the client, then the alert certificate_required, \
      handshake_failure or bad_certificate from the server
      """,
    whatToDo: """
      give the client its certificate and key; or let the server ask without insisting (`smtpd_tls_req_ccert = no`)
      """,
    references: ["RFC 8446 section 4.4.2", "RFC 8446 section 6.2"])
}
