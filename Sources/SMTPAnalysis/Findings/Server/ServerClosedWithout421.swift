extension CatalogueEntry {
  static let serverClosedWithout421 = CatalogueEntry(
    .serverClosedWithout421, .warning, "the server hung up without a word",
    explanation: """
      The server closed the connection in the middle of the dialogue. It should say 421 first; as it is, the client \
      cannot tell a crash from a policy and tries again.
      """,
    seenWhen: """
      FIN of the server while the client had not said QUIT, a transaction or a command is open, and no 421 was sent
      """,
    whatToDo: "look in the server's log at that time: a crashed process, a drop rule, a proxy's timeout",
    references: ["RFC 5321 section 3.8", "RFC 5321 section 4.2.2"])
}
