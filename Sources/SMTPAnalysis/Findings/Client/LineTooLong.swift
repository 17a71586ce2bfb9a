extension CatalogueEntry {
  static let lineTooLong = CatalogueEntry(
    .lineTooLong, .warning, "a line of the message is too long",
    explanation: """
      A line of a message may have 998 octets and its CR LF. Servers may refuse longer ones, or break them, which \
      spoils HTML, links and DKIM signatures.
      """,
    seenWhen: "a text line in the data is longer than 1000 octets with its CR LF; how many, and the longest, is told",
    whatToDo: "let the program encode such text as quoted-printable or base64; fold long header fields at blanks",
    references: ["RFC 5321 section 4.5.3.1.6", "RFC 5322 section 2.1.1"])
}
