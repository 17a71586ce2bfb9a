extension CatalogueEntry {
  static let enhancedStatusMismatch = CatalogueEntry(
    .enhancedStatusMismatch, .info, "the two codes of a reply contradict each other",
    explanation: """
      The enhanced status code begins with the class of the reply: 2, 4 or 5. Here it is another, and clients differ \
      in which they believe: one bounces what another tries again.
      """,
    seenWhen: "the first digit of the enhanced status code is not that of the reply code",
    whatToDo:
      "correct the server's configuration, mostly a reply text written by hand (`REJECT 4.7.1 ...`, `DEFER 5....`)",
    references: ["RFC 2034 section 4", "RFC 3463 section 2"])
}
