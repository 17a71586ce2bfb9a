extension CatalogueEntry {
  static let recipientRefused = CatalogueEntry(
    .recipientRefused, .error, "the server refuses a recipient",
    explanation: """
      The RCPT command was refused for good. This recipient does not get the mail and the sender gets a bounce for it; \
      other recipients of the same mail are not touched.
      """,
    seenWhen: "a 5xx reply to RCPT whose text and enhanced code name no cause that has a finding of its own",
    whatToDo: "read the reply's text; check the address; ask the receiving side what its policy for this recipient is",
    references: ["RFC 5321 section 4.1.1.3", "RFC 5321 section 3.3"])
}

/// Recipients refused for no known reason.
enum RecipientRefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.recipientRefused) {
      findings.add(refusal.finding())
    }
  }
}
