extension CatalogueEntry {
  static let certificateNameMismatch = CatalogueEntry(
    .certificateNameMismatch, .warning, "the certificate is for another name",
    explanation: """
      None of the names in the certificate is the one the client was looking for. Clients that check names refuse it: \
      submission programs, and servers with MTA-STS.
      """,
    seenWhen: """
      no subject alternative name fits the SNI, or where there is none the server's own name, in a certificate that \
      can be seen
      """,
    whatToDo: """
      put the host name of the MX record (or the one that users type) into the certificate; let the MX record name the \
      host that the certificate names
      """,
    references: ["RFC 9525 section 6", "RFC 8461 section 4.2", "RFC 7817 section 3"])
}
