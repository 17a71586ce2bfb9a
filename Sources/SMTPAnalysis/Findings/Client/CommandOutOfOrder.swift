extension CatalogueEntry {
  static let commandOutOfOrder = CatalogueEntry(
    .commandOutOfOrder, .warning, "a command came where it may not",
    explanation: """
      The client sent a command that the state of the dialogue does not allow, and servers answer it with 503. It \
      counts replies wrongly, goes on after a refusal, or was written against one lenient server.
      """,
    seenWhen: """
      RCPT without an accepted MAIL, DATA or BDAT without an accepted RCPT, MAIL within a transaction and the like, by \
      the server's own replies; commands that were sent ahead by pipelining and failed with the one before do not \
      count
      """,
    whatToDo: """
      correct the client: judge each reply before the next step; after a refused MAIL or RCPT go back with RSET
      """,
    references: ["RFC 5321 section 4.1.4", "RFC 5321 section 3.3"])
}
