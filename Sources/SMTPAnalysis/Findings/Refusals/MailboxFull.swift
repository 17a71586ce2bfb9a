extension CatalogueEntry {
  static let mailboxFull = CatalogueEntry(
    .mailboxFull, .error, "the recipient's mailbox is full",
    explanation: """
      The recipient has used up the space that the server allows. With 452 the client tries again, with 552 the sender \
      gets a bounce at once; either way the recipient must delete something or be given more.
      """,
    seenWhen: "a 452 or 552 reply, or enhanced code 4.2.2 or 5.2.2, that says over quota or mailbox full",
    whatToDo: """
      reach the recipient another way; on the receiving side raise the quota or empty the mailbox, and prefer a \
      temporary code so that mail survives a few days
      """,
    references: ["RFC 3463 section 3.3", "RFC 5321 section 4.2.2"])
}

/// Recipients with no room for more.
enum MailboxFull: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.mailboxFull) {
      findings.add(refusal.finding())
    }
  }
}
