extension CatalogueEntry {
  static let fellBackToClear = CatalogueEntry(
    .fellBackToClear, .error, "after TLS failed, the mail went in clear",
    explanation: """
      A session in which TLS failed was followed by one that sent the same envelope without TLS. That is how \
      opportunistic TLS is meant to work, but it also means that whoever can break the handshake can read the mail.
      """,
    seenWhen: """
      STARTTLS was refused or its handshake failed, and within ten minutes the next session of the same client (by \
      address and HELO name) sends mail to the same server in clear; the same envelope where it had been said before
      """,
    whatToDo: """
      repair the cause of the failed handshake; make TLS a must for this destination where the mail is worth it
      """,
    references: ["RFC 3207 section 6", "RFC 8461 section 1", "RFC 7435 section 3"])
}
