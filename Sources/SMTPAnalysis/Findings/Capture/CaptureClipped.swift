extension CatalogueEntry {
  static let captureClipped = CatalogueEntry(
    .captureClipped, .warning, "packets were cut short when they were captured",
    explanation: """
      The capture was made with a snap length, so that the ends of large packets are missing. Messages are incomplete, \
      hashes cannot be compared, and parts of the dialogue may be missing.
      """,
    seenWhen: """
      a segment of a mail connection was captured with fewer bytes than it had, where bytes of the stream are missing \
      for it
      """,
    whatToDo: "capture with `tcpdump -s 0` (or `-s 262144`)",
    references: ["tcpdump(1), option -s"])
}
