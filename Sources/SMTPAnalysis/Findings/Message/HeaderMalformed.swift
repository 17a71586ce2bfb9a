extension CatalogueEntry {
  static let headerMalformed = CatalogueEntry(
    .headerMalformed, .info, "the header is not well formed",
    explanation: """
      A line of the header section is no field (no colon, blanks before it, too long), or the blank line before the \
      body is missing. The rest may be shown as text, or vanish.
      """,
    seenWhen: """
      a line before the first blank line that is neither a field nor the continuation of one, is longer than 998 \
      octets, or no blank line where a body follows
      """,
    whatToDo: """
      correct the program that makes the message: a missing CR LF or a line break inside a field's text is the usual \
      cause
      """,
    references: ["RFC 5322 section 2.2", "RFC 5322 section 2.1.1"])
}
