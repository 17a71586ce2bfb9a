extension CatalogueEntry {
  static let smtputf8Missing = CatalogueEntry(
    .smtputf8Missing, .warning, "an address or header beyond ASCII without SMTPUTF8",
    explanation: """
      Addresses and header fields may hold letters beyond ASCII only where the server offers SMTPUTF8 and MAIL asks \
      for it. Otherwise servers on the way refuse or garble them.
      """,
    seenWhen: "octets over 127 in an address of MAIL or RCPT, or in the header, without SMTPUTF8 on MAIL",
    whatToDo: """
      encode header text as RFC 2047 says; write domains as `xn--...`; for such local parts every server on the way must \
      offer SMTPUTF8
      """,
    references: ["RFC 6531 section 3.4", "RFC 6532 section 3"])
}
