extension CatalogueEntry {
  static let tlsGarbage = CatalogueEntry(
    .tlsGarbage, .error, "what follows STARTTLS is no TLS",
    explanation: """
      After the server said "go ahead" to STARTTLS, one side sent bytes that are no TLS record. Mostly a program goes \
      on in clear because it took the reply for an error, or a device between tampers with the dialogue.
      """,
    seenWhen: """
      the first bytes after the 220 reply to STARTTLS, of either side, are no TLS record, and nothing is missing \
      before them
      """,
    whatToDo: """
      find the side that sent them by its frames; look there for a proxy or "inspection" that does not know STARTTLS; \
      update the client's library
      """,
    references: ["RFC 3207 section 4", "RFC 8446 section 5.1"])
}
