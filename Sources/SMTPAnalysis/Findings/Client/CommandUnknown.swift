extension CatalogueEntry {
  static let commandUnknown = CatalogueEntry(
    .commandUnknown, .warning, "a command that does not exist",
    explanation: """
      The client sent a word that is no SMTP command, nor of an extension the server offers. Text of a message that is \
      taken for commands looks like this as well, and so does a device that masks commands with X.
      """,
    seenWhen: "a verb that no standard has and the server's EHLO reply does not list, where no mail data is due",
    whatToDo: """
      look at the line: message text means that the data ended too early (dot-not-stuffed, chunk-size-mismatch); XXXX \
      means middlebox-inspection; else correct the client
      """,
    references: ["RFC 5321 section 4.1.1", "RFC 5321 section 2.2.2"])
}
