extension CatalogueEntry {
  static let duplicateMessage = CatalogueEntry(
    .duplicateMessage, .info, "the same message was sent more than once",
    explanation: """
      A message with the same contents, or with the same Message-ID to the same recipient, passed in more than one \
      transaction. After a lost reply that is the second try of a mail that may have been delivered before; for lists \
      it is ordinary.
      """,
    seenWhen: """
      the same Message-ID (the same hash where there is none) and a common recipient in an earlier session that took \
      the message, or to which it was sent whole; a hop of one mail through a relay, a content filter or LMTP is none
      """,
    whatToDo: """
      look at the earlier transaction: where its reply was lost, see reply-lost; else look for a client that sends \
      twice, or one capture that was read twice
      """,
    references: ["RFC 1047", "RFC 5322 section 3.6.4"])
}
