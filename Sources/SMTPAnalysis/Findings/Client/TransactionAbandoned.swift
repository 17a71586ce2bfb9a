extension CatalogueEntry {
  static let transactionAbandoned = CatalogueEntry(
    .transactionAbandoned, .info, "the client gave the mail up",
    explanation: """
      The client ended the transaction by itself before the message. Address checks (callouts) look like this, and \
      clients that drop a mail of which no recipient was accepted.
      """,
    seenWhen: """
      RSET, EHLO, QUIT, a new MAIL or the client's close ends a transaction before the end of its data, with nothing \
      decided against it
      """,
    whatToDo: "nothing as a rule; if mail is missing, look in the client's log for why it stopped",
    references: ["RFC 5321 section 4.1.1.5", "RFC 5321 section 4.1.4"])
}
