extension CatalogueEntry {
  static let senderDeferred = CatalogueEntry(
    .senderDeferred, .error, "the server puts the sender off",
    explanation: """
      The MAIL command was answered by a temporary refusal. The client keeps the mail and tries again. Usual reasons \
      are a sender domain that could not be looked up, load, or a limit.
      """,
    seenWhen: "a 4xx reply to MAIL whose text and enhanced code name no cause that has a finding of its own",
    whatToDo: "read the reply; look up the sender's domain with the server's resolver; see whether later attempts pass",
    references: ["RFC 5321 section 4.1.1.2", "RFC 5321 section 4.5.4.1"])
}

/// A sender that is put off.
enum SenderDeferred: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.senderDeferred) {
      findings.add(refusal.finding(SenderRefused.because(refusal)))
    }
  }
}
