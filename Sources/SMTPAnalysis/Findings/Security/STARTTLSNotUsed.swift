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
