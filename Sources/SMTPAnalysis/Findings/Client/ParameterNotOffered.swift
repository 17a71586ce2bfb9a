extension CatalogueEntry {
  static let parameterNotOffered = CatalogueEntry(
    .parameterNotOffered, .warning, "a parameter that the server did not offer",
    explanation: """
      MAIL or RCPT bears a parameter of an extension that is not in the server's EHLO reply. Servers answer 555 or 501 \
      to it.
      """,
    seenWhen: """
      a parameter (SIZE, BODY, SMTPUTF8, RET, NOTIFY, AUTH ...) whose extension the last EHLO reply does not list, or \
      any after HELO
      """,
    whatToDo: """
      correct the client to send what was offered; if the offer was masked on the way, see middlebox-inspection
      """,
    references: ["RFC 5321 section 4.1.1.11"])
}
