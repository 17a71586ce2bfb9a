extension CatalogueEntry {
  static let pipeliningPastBarrier = CatalogueEntry(
    .pipeliningPastBarrier, .warning, "something was sent ahead that must wait",
    explanation: """
      Even with PIPELINING some commands end a group: behind EHLO, DATA, STARTTLS, AUTH, QUIT and others nothing may \
      be sent before their reply. What is sent all the same may be taken for data, be thrown away, or be an attack.
      """,
    seenWhen: "bytes follow EHLO, DATA, VRFY, EXPN, TURN, QUIT, NOOP, STARTTLS or AUTH before the reply to it",
    whatToDo: "correct the client: these are the last of their group; behind STARTTLS see starttls-injection",
    references: ["RFC 2920 section 3.1", "RFC 3207 section 4"])
}
