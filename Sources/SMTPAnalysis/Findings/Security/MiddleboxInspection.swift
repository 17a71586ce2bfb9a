extension CatalogueEntry {
  static let middleboxInspection = CatalogueEntry(
    .middleboxInspection, .warning, "a device on the way rewrites the dialogue",
    explanation: """
      A firewall with SMTP inspection masks what it does not know: greetings become asterisks, extension names and \
      commands become X. TLS, authentication and large messages fail in odd ways.
      """,
    seenWhen: """
      a greeting of asterisks, EHLO keywords or verbs that are all X, or a 500 to a command of an extension that was \
      offered
      """,
    whatToDo: """
      switch the inspection off (Cisco: `no inspect esmtp`, "fixup protocol smtp"); stars in the greeting while \
      commands arrive whole say that it stands on the server's side
      """,
    references: ["RFC 5321 section 4.1.1.1", "RFC 2979"])
}
