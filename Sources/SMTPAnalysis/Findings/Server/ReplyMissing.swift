extension CatalogueEntry {
  static let replyMissing = CatalogueEntry(
    .replyMissing, .warning, "a command was never answered",
    explanation: """
      The dialogue went on though a command had no reply. The client did not wait for it, or takes a later reply for \
      it.
      """,
    seenWhen: """
      a later command is answered and an earlier one is not, with nothing missing from the capture between them
      """,
    whatToDo: "look at the dialogue around it; update the server or the filter that swallows the reply",
    references: ["RFC 5321 section 4.3.1", "RFC 2920 section 3.2"])
}
