extension CatalogueEntry {
  static let starttlsNotOffered = CatalogueEntry(
    .starttlsNotOffered, .info, "the server offered no encryption",
    explanation: """
      A mail passed in clear because the server's EHLO reply does not list STARTTLS. Anyone on the path could read it. \
      If the same server offers it to others, something on the way hides it.
      """,
    seenWhen: """
      a transaction in clear, and STARTTLS is not in the EHLO reply, nor anything that looks like its masked name
      """,
    whatToDo: """
      give the server a certificate and switch STARTTLS on; compare with a capture beside the server; publish an \
      MTA-STS or DANE policy once it works
      """,
    references: ["RFC 3207 section 6", "RFC 8461 section 1"])
}
