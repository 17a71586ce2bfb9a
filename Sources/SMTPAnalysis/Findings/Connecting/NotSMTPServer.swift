extension CatalogueEntry {
  static let notSMTPServer = CatalogueEntry(
    .notSMTPServer, .error, "what answers there is no mail server",
    explanation: """
      The server's first bytes are no SMTP greeting, which begins with a three-digit code. Another service listens on \
      the port, or a device on the way answered with something of its own. The client cannot speak to it.
      """,
    seenWhen: """
      the server's first bytes are clear text or another protocol, not a line that begins with a reply code, and \
      nothing is missing from the capture before them
      """,
    whatToDo: """
      find out which program listens on that address and port; check port forwarding and load balancer targets; \
      compare with a connection made from beside the server
      """,
    references: ["RFC 5321 section 3.1", "RFC 5321 section 4.2"])
}
