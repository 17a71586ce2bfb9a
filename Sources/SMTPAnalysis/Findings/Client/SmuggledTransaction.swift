extension CatalogueEntry {
  static let smuggledTransaction = CatalogueEntry(
    .smuggledTransaction, .error, "a mail was smuggled inside another",
    explanation: """
      The server took a dot between wrong line ends for the end of the message, and then carried out commands that \
      stood in the message. Its replies prove it. Whoever wrote the message could send mail in the name of anyone whom \
      the sending server stands for.
      """,
    seenWhen: "after a nonstandard end of data the server's replies answer what follows in the data as commands",
    whatToDo: """
      update the receiving server at once or let it refuse bare line feeds; look for other such mails in its log; \
      update the relay that passed the sequence on
      """,
    references: ["RFC 5321 section 4.1.1.4", "CVE-2023-51764", "CVE-2023-51765", "CVE-2023-51766"])
}
