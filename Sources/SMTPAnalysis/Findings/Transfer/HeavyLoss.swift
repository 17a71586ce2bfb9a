extension CatalogueEntry {
  static let heavyLoss = CatalogueEntry(
    .heavyLoss, .warning, "much is lost on the way",
    explanation: """
      A notable part of what was sent had to be sent again. Each loss costs a pause, and a bad path turns seconds into \
      minutes, until somebody's timeout ends it.
      """,
    seenWhen: "more than 2 % of the bytes of a direction, and at least 5 segments, were retransmitted",
    whatToDo: """
      look for errors and drops on the interfaces along the path, duplex mismatches, overloaded links and Wi-Fi; \
      compare captures at both ends to see on which side of a device it is lost
      """,
    references: ["RFC 9293 section 3.8.1", "RFC 5681 section 3.1"])
}
