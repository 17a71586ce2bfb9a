extension CatalogueEntry {
  static let missingHELO = CatalogueEntry(
    .missingHELO, .warning, "MAIL without a greeting of the client",
    explanation: """
      The client began a mail without having said EHLO or HELO. Servers may answer 503; some take it all the same.
      """,
    seenWhen: """
      MAIL is sent before any EHLO, HELO or LHLO of the session, in a capture that shows the session from its \
      beginning
      """,
    whatToDo: "correct the client: EHLO comes first, and again after STARTTLS",
    references: ["RFC 5321 section 4.1.4", "RFC 5321 section 4.1.1.1"])
}
