extension CatalogueEntry {
  static let headerMissing = CatalogueEntry(
    .headerMissing, .info, "a header field that every message needs is missing",
    explanation: """
      Each message must have Date and From. Without them filters take it for spam, and DMARC has nothing to check.
      """,
    seenWhen: "the whole header section was seen and has no Date, or no From",
    whatToDo: "correct the program that makes the message; a submission server may add Date, nobody else should",
    references: ["RFC 5322 section 3.6", "RFC 6409 section 8"])
}
