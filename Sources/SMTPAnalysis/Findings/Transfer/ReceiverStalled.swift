extension CatalogueEntry {
  static let receiverStalled = CatalogueEntry(
    .receiverStalled, .warning, "the receiver stopped reading",
    explanation: """
      The receiving program did not take the data that had arrived, its buffer filled and it told the sender to wait. \
      Not the network is slow but that program: a busy content filter, a slow disk. Where the transfer died of it, \
      this is an error.
      """,
    seenWhen: "a zero window is announced for longer than 2 seconds; how long, and at which step, is told",
    whatToDo: """
      look at load, disk and filters of the receiving host at that time; scan after acceptance or in parallel instead \
      of while reading
      """,
    references: ["RFC 9293 section 3.8.6", "RFC 9293 section 3.8.6.1"])
}
