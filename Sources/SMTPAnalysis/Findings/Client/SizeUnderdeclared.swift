extension CatalogueEntry {
  static let sizeUnderdeclared = CatalogueEntry(
    .sizeUnderdeclared, .info, "the message is larger than it said",
    explanation: """
      The number in SIZE= is an estimate, but the message turned out to be larger. A server may have made room for \
      less.
      """,
    seenWhen: "the message has more octets than SIZE= on MAIL said",
    whatToDo: "correct the client: count CR LF as two octets, after encoding; nothing to do if it was accepted",
    references: ["RFC 1870"])
}
