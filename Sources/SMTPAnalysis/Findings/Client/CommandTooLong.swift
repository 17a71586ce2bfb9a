extension CatalogueEntry {
  static let commandTooLong = CatalogueEntry(
    .commandTooLong, .warning, "a command line is too long",
    explanation: """
      A command line may have 512 octets with its line end, and more only as far as offered extensions add to it. \
      Longer ones may be refused or cut.
      """,
    seenWhen: """
      a command line is longer than 512 octets plus what the extensions in the EHLO reply allow; AUTH responses have \
      their own limit of 12 288
      """,
    whatToDo: "shorten addresses and parameters; correct the client if it joins lines",
    references: ["RFC 5321 section 4.5.3.1.4", "RFC 4954 section 4"])
}
