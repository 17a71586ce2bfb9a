extension CatalogueEntry {
  static let dotNotStuffed = CatalogueEntry(
    .dotNotStuffed, .warning, "a line with a dot ended the message too early",
    explanation: """
      A line of the message that begins with a dot needs a second one in front. The client left that out, so that a \
      line of one dot was taken for the end, and the rest of the text for commands. The mail was delivered cut off.
      """,
    seenWhen: """
      after the end of the data the client sends lines that are no commands, and the server answers them with 500 or \
      502
      """,
    whatToDo: """
      correct the client: double each dot at the beginning of a line; use a mail library instead of writing to the \
      socket
      """,
    references: ["RFC 5321 section 4.5.2"])
}
