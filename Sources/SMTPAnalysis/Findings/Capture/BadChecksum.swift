extension CatalogueEntry {
  static let badChecksum = CatalogueEntry(
    .badChecksum, .info, "a segment was damaged on the way",
    explanation: """
      A segment with a wrong TCP checksum stands among right ones of the same sender. The receiver threw it away, and \
      so does this analysis. Where all are wrong, the network card computes them after the capture point (offload), \
      which means nothing and is not reported.
      """,
    seenWhen: "a wrong TCP checksum in a whole segment, while other segments of the same direction have right ones",
    whatToDo: "look for a bad cable, interface or memory on the path; count how often it occurs",
    references: ["RFC 9293 section 3.1"])
}
