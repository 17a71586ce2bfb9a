extension CatalogueEntry {
  static let clientGaveUp = CatalogueEntry(
    .clientGaveUp, .error, "the client did not wait long enough",
    explanation: """
      The client closed while it was waiting for a reply, sooner than the standard allows. The server may have been \
      slow (reverse DNS, callouts, filters), but a proper client waits minutes. After the end of the data this makes \
      duplicates, see reply-lost.
      """,
    seenWhen: """
      a command (or the data) is unanswered, the server was reachable to the last, and the client closes before the \
      minimum wait for that step: 5 minutes for the greeting, MAIL and RCPT, 2 for DATA, 3 for a block of data, 10 for \
      the final dot
      """,
    whatToDo: """
      raise the client's timeouts to these minima; find out why the server was slow at this step; look for proxies \
      between that have a timeout of their own
      """,
    references: ["RFC 5321 section 4.5.3.2"])
}
