extension CatalogueEntry {
  static let replyTooLong = CatalogueEntry(
    .replyTooLong, .info, "a reply line is too long",
    explanation: """
      A line of a reply may have 512 octets with its code and line end. Clients may cut longer ones, so that the part \
      that explains the refusal is lost from the bounce.
      """,
    seenWhen: "a reply line over 512 octets with its CR LF",
    whatToDo: "shorten the text or break it into several lines of one reply",
    references: ["RFC 5321 section 4.5.3.1.5"])
}
