extension CatalogueEntry {
  static let serverErrorSwallowed = CatalogueEntry(
    .serverErrorSwallowed, .warning, "the server contradicted itself about the mail",
    explanation: """
      The server refused something that the mail depends on and accepted the mail in the end all the same, or the \
      reverse, in a way that will mislead the client. Mail may be lost while both sides believe it is well, or be sent \
      twice.
      """,
    seenWhen: "an accepted end of data after every recipient had been refused, after DATA was refused, and the like",
    whatToDo: """
      look at the dialogue; update the server or the proxy in front of it; check by the Message-ID whether the mail \
      arrived
      """,
    references: ["RFC 5321 section 3.3", "RFC 5321 section 4.2.5"])
}
