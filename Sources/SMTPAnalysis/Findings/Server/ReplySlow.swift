extension CatalogueEntry {
  static let replySlow = CatalogueEntry(
    .replySlow, .info, "a reply took long",
    explanation: """
      The server needed long to answer. At RCPT that is often a callout or a look-up, at the end of the data a content \
      filter, at round numbers of seconds a deliberate delay. Over the minima that clients must wait this is a \
      warning: the client may have left, and mail may come twice.
      """,
    seenWhen: """
      more than 5 seconds between a command (or the end of the data) and its reply, at the capture point; the command \
      is named
      """,
    whatToDo: """
      look at what the server does at this step; answer first and filter later for long scans; set timeouts on \
      look-ups
      """,
    references: ["RFC 5321 section 4.5.3.2", "RFC 1047"])
}
