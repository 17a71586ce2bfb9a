extension CatalogueEntry {
  static let senderRefused = CatalogueEntry(
    .senderRefused, .error, "the server refuses the sender's address",
    explanation: """
      The MAIL command was refused for good: the server does not accept this reverse-path. The whole transaction ends \
      with it and the sender gets a bounce.
      """,
    seenWhen: "a 5xx reply to MAIL whose text and enhanced code name no cause that has a finding of its own",
    whatToDo: """
      read the reply: the sender's domain must exist and accept bounces (MX or A record); check the address for typing \
      errors and for what a rewriting rule made of it; check that this client may use that sender
      """,
    references: ["RFC 5321 section 4.1.1.2", "RFC 5321 section 3.3"])
}
