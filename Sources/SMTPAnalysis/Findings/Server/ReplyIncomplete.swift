extension CatalogueEntry {
  static let replyIncomplete = CatalogueEntry(
    .replyIncomplete, .error, "a reply that never ends",
    explanation: """
      In a reply of several lines all but the last have a hyphen behind the code. The last one never came, so that the \
      client waits until its timeout.
      """,
    seenWhen: """
      a line with a hyphen behind its code, and no last line of the same reply before the connection ends or the wait \
      passes
      """,
    whatToDo: "correct the server or the filter that writes the reply; look for a proxy that drops lines",
    references: ["RFC 5321 section 4.2.1"])
}
