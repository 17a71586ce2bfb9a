extension CatalogueEntry {
  static let replyMalformed = CatalogueEntry(
    .replyMalformed, .warning, "a reply that is none",
    explanation: """
      A reply line begins with three digits and a blank or a hyphen. This one does not, so that a client cannot tell \
      what it means; some take it for an error, some hang.
      """,
    seenWhen: """
      a line of the server that does not begin with a reply code and its separator, outside TLS, with nothing missing \
      before it
      """,
    whatToDo: """
      find the program that answers: a content filter, a proxy, an error message of the operating system; correct or \
      update it
      """,
    references: ["RFC 5321 section 4.2", "RFC 5321 section 4.2.1"])
}
