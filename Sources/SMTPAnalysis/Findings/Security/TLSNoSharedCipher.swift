extension CatalogueEntry {
  static let tlsNoSharedCipher = CatalogueEntry(
    .tlsNoSharedCipher, .error, "no cipher that both sides accept",
    explanation: """
      The lists of cipher suites, groups or signature algorithms have nothing in common, so that no connection can be \
      made. A server whose certificate (say, RSA) does not fit the client's list (ECDSA only) looks the same, and so \
      does one with no certificate at all.
      """,
    seenWhen: """
      the alert handshake_failure or insufficient_security answers a ClientHello whose offer has nothing that the \
      server takes, as far as both can be seen
      """,
    whatToDo: """
      widen the narrower list (`smtpd_tls_mandatory_ciphers`, `tls_require_ciphers`); give the server a certificate of \
      the other key type too; test with `openssl s_client -cipher`
      """,
    references: ["RFC 8446 section 6.2", "RFC 8446 section 4.1.1", "RFC 9325 section 4.2"])
}
