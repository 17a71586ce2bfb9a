extension CatalogueEntry {
  static let commandSyntax = CatalogueEntry(
    .commandSyntax, .warning, "a command is written wrongly",
    explanation: """
      The command is known but its arguments do not follow the grammar: no angle brackets, a blank after the colon, a \
      blank at the end, a malformed path or parameter. One server takes it, the next answers 501.
      """,
    seenWhen: "the arguments of a command do not fit the grammar; the right form is shown beside it",
    whatToDo: """
      correct the client to the form shown: `MAIL FROM:<ann@example.org>`, `RCPT TO:<bob@example.org>`, one blank \
      before each parameter
      """,
    references: ["RFC 5321 section 4.1.1", "RFC 5321 section 4.1.2"])
}
