extension CatalogueEntry {
  static let notSMTPClient = CatalogueEntry(
    .notSMTPClient, .warning, "the client speaks another protocol",
    explanation: """
      What the client sends to the mail port are no SMTP commands: a web browser or a scanner, a monitoring probe, or \
      a program that was given the wrong port. A server should say so and hang up; nothing was lost unless the client \
      meant to send mail.
      """,
    seenWhen: """
      the client's first lines are requests of another protocol (HTTP methods, a TLS hello where clear text is due, \
      binary data) and no SMTP command is seen
      """,
    whatToDo: """
      identify the client by its address; correct its port if it is yours; keep it out with a firewall or rate limit \
      if it is a scanner
      """,
    references: ["RFC 5321 section 4.1.1", "RFC 5321 section 7.8"])
}
