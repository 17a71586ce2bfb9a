extension CatalogueEntry {
  static let pipeliningNotOffered = CatalogueEntry(
    .pipeliningNotOffered, .warning, "commands sent ahead without PIPELINING",
    explanation: """
      The client sends commands before the replies to earlier ones, though the server did not say that it can take \
      that. Servers may lose the commands or end the session with a synchronization error.
      """,
    seenWhen: "a command is sent before the reply to the one before it, and the EHLO reply does not list PIPELINING",
    whatToDo: "correct the client: wait for each reply, or for the offer",
    references: ["RFC 2920 section 3.1", "RFC 5321 section 4.3.1"])
}
