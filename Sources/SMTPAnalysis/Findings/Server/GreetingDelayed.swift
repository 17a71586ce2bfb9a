extension CatalogueEntry {
  static let greetingDelayed = CatalogueEntry(
    .greetingDelayed, .info, "the greeting took long",
    explanation: """
      The server let the client wait for its greeting. Delays of round numbers are deliberate (to catch clients that \
      cannot wait), or a look-up that ran into its timeout: reverse DNS, ident, block lists. From 30 seconds on this \
      is a warning: impatient clients leave.
      """,
    seenWhen: "more than 10 seconds between the handshake and the greeting",
    whatToDo: """
      check the server's resolver for the client's address; do without ident (port 113) or reject it instead of \
      dropping; lower a deliberate delay for known clients
      """,
    references: ["RFC 5321 section 4.5.3.2.1", "RFC 5321 section 3.1"])
}
