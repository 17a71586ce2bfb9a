extension CatalogueEntry {
  static let noQUIT = CatalogueEntry(
    .noQUIT, .info, "the client left without QUIT",
    explanation: """
      The client closed the connection instead of taking its leave and waiting for 221. Delivered mail is delivered, \
      but the server may log a lost connection; where something was undone thereby, this is a warning.
      """,
    seenWhen: "the client closes or resets the connection after a reply, without QUIT, in a capture that shows the end",
    whatToDo: "correct the client: QUIT, wait for 221, then close; health checks too",
    references: ["RFC 5321 section 4.1.1.10", "RFC 5321 section 3.8"])
}
