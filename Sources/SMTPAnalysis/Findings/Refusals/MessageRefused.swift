extension CatalogueEntry {
  static let messageRefused = CatalogueEntry(
    .messageRefused, .error, "the server refuses the message",
    explanation: """
      The server refused at DATA or after the whole message, for good, for a reason that has no finding of its own. No \
      recipient of this transaction gets it (LMTP: those whose own reply refused) and the sender gets a bounce.
      """,
    seenWhen: """
      a 5xx reply to DATA, to a chunk or to the end of the data whose text and enhanced code name no cause that has a \
      finding of its own
      """,
    whatToDo: """
      read the reply; look in the server's log for the queue id or session; 554 to DATA alone often means that no \
      recipient was valid
      """,
    references: ["RFC 5321 section 4.2.5", "RFC 5321 section 4.1.1.4"])
}
