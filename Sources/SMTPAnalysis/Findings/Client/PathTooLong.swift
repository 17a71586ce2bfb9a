extension CatalogueEntry {
  static let pathTooLong = CatalogueEntry(
    .pathTooLong, .warning, "an address is too long",
    explanation: """
      The part before the @ may have 64 octets, the domain 255, the path with its brackets 256. Servers need not take \
      more; encoded sender addresses (VERP, SRS) go over it most often.
      """,
    seenWhen: "a local part over 64, a domain over 255 or a path over 256 octets in MAIL or RCPT",
    whatToDo: "shorten the address; let address rewriting (SRS) not pile up from hop to hop",
    references: ["RFC 5321 section 4.5.3.1.1", "RFC 5321 section 4.5.3.1.2", "RFC 5321 section 4.5.3.1.3"])
}
