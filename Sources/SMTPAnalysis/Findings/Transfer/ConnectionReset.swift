extension CatalogueEntry {
  static let connectionReset = CatalogueEntry(
    .connectionReset, .error, "the connection was reset",
    explanation: """
      One side aborted the connection in the middle of the dialogue instead of closing it. Its program crashed or was \
      killed, closed without reading what had come, or its host had lost the connection. What was not accepted yet \
      must be sent again.
      """,
    seenWhen: """
      an RST while the dialogue is unfinished, with nothing to show that it came from another place than the peer; \
      who, in which phase and after how many bytes is told
      """,
    whatToDo: """
      look in the log of the side that sent the reset, at that time; see whether it happens at the same step each \
      time; compare with a capture at that side, to be sure that it sent it
      """,
    references: ["RFC 9293 section 3.5.2", "RFC 5321 section 3.8"])
}
