extension CatalogueEntry {
  static let certificateSelfSigned = CatalogueEntry(
    .certificateSelfSigned, .warning, "the certificate is self-signed",
    explanation: """
      The server signed its certificate itself. It encrypts, but does not prove who the server is; clients that check \
      refuse it, unless it is published through DANE.
      """,
    seenWhen: """
      issuer and subject of the server's certificate are the same, and it is the only one that was sent, where it can \
      be seen
      """,
    whatToDo: """
      take a certificate of a public authority, which costs nothing today; or publish its TLSA record under DNSSEC
      """,
    references: ["RFC 5280 section 6", "RFC 7672 section 3.1", "RFC 8461 section 4.2"])
}
