extension CatalogueEntry {
  static let replyInvalidForCommand = CatalogueEntry(
    .replyInvalidForCommand, .warning, "a reply that the command cannot have",
    explanation: """
      The code does not fit the command: 354 belongs to DATA, 250 does not. Either the server is wrong, or replies and \
      commands have come out of step.
      """,
    seenWhen: """
      a reply code that the standard does not have for this command, by its first digit or its meaning (354 to RCPT, \
      250 to DATA, 3xx to MAIL)
      """,
    whatToDo: """
      count replies and commands before it with `--dialogue`: out of step points to reply-unexpected or reply-missing; \
      else correct the server
      """,
    references: ["RFC 5321 section 4.3.2"])
}
