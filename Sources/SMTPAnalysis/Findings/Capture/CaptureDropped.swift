extension CatalogueEntry {
  static let captureDropped = CatalogueEntry(
    .captureDropped, .warning, "the capturing host lost packets",
    explanation: """
      The kernel or the network interface threw packets away because this program did not fetch them fast enough. Some \
      connections will show gaps that are not theirs.
      """,
    seenWhen: "live: the counts of dropped packets grew",
    whatToDo: "use a narrower filter, a larger buffer, more workers, or capture to a file first",
    references: ["pcap_stats(3PCAP)"])
}
