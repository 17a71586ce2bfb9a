extension CatalogueEntry {
  static let replyUnexpected = CatalogueEntry(
    .replyUnexpected, .warning, "a reply that nothing asked for",
    explanation: """
      The server sent a reply while no command was waiting for one, or two replies to one command. From there on the \
      client takes each reply for that of another command, and its bounces tell nonsense.
      """,
    seenWhen: """
      a reply while nothing is pending, other than 421 or the greeting; with PIPELINING, more replies than commands
      """,
    whatToDo: "find out who sends it: a filter or proxy that answers beside the server; update it",
    references: ["RFC 5321 section 4.2", "RFC 2920 section 3.2"])
}
