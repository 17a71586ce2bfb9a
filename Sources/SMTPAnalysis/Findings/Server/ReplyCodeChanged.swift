extension CatalogueEntry {
  static let replyCodeChanged = CatalogueEntry(
    .replyCodeChanged, .warning, "a reply with more than one code",
    explanation: """
      All lines of one reply must bear the same code. Clients differ in which one they believe, so that one takes for \
      success what is failure for another.
      """,
    seenWhen: "lines of one multi-line reply with different codes",
    whatToDo: "correct the server, or the script or filter that adds lines to its replies",
    references: ["RFC 5321 section 4.2.1"])
}
