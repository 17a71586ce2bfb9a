extension CatalogueEntry {
  static let eightBitNotDeclared = CatalogueEntry(
    .eightBitNotDeclared, .warning, "eight-bit text that was not announced",
    explanation: """
      The message holds bytes over 127, but MAIL did not say BODY=8BITMIME (or the server did not offer it). Most \
      servers pass them on; one that does not will refuse or spoil them.
      """,
    seenWhen: """
      octets over 127 in the data, without BODY=8BITMIME or BINARYMIME on MAIL, or without the server's offer of it
      """,
    whatToDo: """
      let the client declare BODY=8BITMIME where it is offered, and encode with quoted-printable or base64 where it is \
      not
      """,
    references: ["RFC 6152 section 3", "RFC 5321 section 2.3.1", "RFC 2045 section 6.2"])
}
