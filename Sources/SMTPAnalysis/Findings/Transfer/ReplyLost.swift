extension CatalogueEntry {
  static let replyLost = CatalogueEntry(
    .replyLost, .error, "the mail may be delivered twice",
    explanation: """
      The client sent the whole message and the end of its data, and the connection ended before the server's answer \
      arrived. The server may have taken the mail; the client cannot know and will send it again.
      """,
    seenWhen: """
      the end of data was sent, no reply follows, and one side closes, resets or falls silent; who left, and after how \
      long, is told
      """,
    whatToDo: """
      look at what the server does between the dot and its reply (content filter, full disk); raise the client's \
      data-done timeout to at least 10 minutes; compare the Message-ID of the next attempt
      """,
    references: ["RFC 1047", "RFC 5321 section 4.5.3.2.6", "RFC 5321 section 6.1"])
}
