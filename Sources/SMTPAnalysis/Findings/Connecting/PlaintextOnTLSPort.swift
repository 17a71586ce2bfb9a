extension CatalogueEntry {
  static let plaintextOnTLSPort = CatalogueEntry(
    .plaintextOnTLSPort, .error, "clear text on a port that begins with TLS",
    explanation: """
      The client waits for a greeting in clear, or sends EHLO, on a port where the server waits for a TLS handshake. \
      Both wait until one of them gives up. The client is set to "STARTTLS" or "none" where "SSL/TLS" (implicit TLS) \
      is due.
      """,
    seenWhen: """
      on a port with TLS from the first byte the client sends SMTP in clear or stays silent until the connection ends, \
      and the server sends no greeting, a TLS alert, or closes
      """,
    whatToDo: "set the client to implicit TLS on port 465, or to port 587 with STARTTLS",
    references: ["RFC 8314 section 3.3"])
}
