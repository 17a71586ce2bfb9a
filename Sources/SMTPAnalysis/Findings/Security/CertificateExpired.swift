extension CatalogueEntry {
  static let certificateExpired = CatalogueEntry(
    .certificateExpired, .warning, "the certificate is not valid at this time",
    explanation: """
      The server's certificate has run out, or is not valid yet, by the capture's clock. Clients that check \
      certificates refuse it; the others go on without a word.
      """,
    seenWhen: """
      the capture's time lies outside the certificate's notBefore and notAfter, where the certificate can be seen (TLS \
      1.2 and below, or with keys)
      """,
    whatToDo: """
      renew the certificate and see that the server loads the new one (a reload is forgotten often); check the clocks \
      of both and of the capturing host
      """,
    references: ["RFC 5280 section 4.1.2.5", "RFC 8461 section 4.2"])
}
