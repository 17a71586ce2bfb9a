extension CatalogueEntry {
  static let starttlsRefused = CatalogueEntry(
    .starttlsRefused, .warning, "the server offered STARTTLS and then refused it",
    explanation: """
      The client asked for TLS and the server said no: its TLS is not set up, a certificate or key cannot be read, or \
      it is out of resources. Clients that insist on TLS give up here (then this is an error); others go on in clear.
      """,
    seenWhen: "a 4xx or 5xx reply to STARTTLS, most often 454 4.7.0",
    whatToDo: """
      read the server's log at that moment: unreadable or expired key, missing certificate, no entropy or memory; test \
      with `openssl s_client -starttls smtp`
      """,
    references: ["RFC 3207 section 4", "RFC 3207 section 4.1"])
}
