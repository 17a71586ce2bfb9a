extension CatalogueEntry {
  static let policyRefused = CatalogueEntry(
    .policyRefused, .error, "refused by the receiver's policy",
    explanation: """
      The server refuses on grounds of policy or security that have no finding of their own: failed SPF, DKIM or DMARC \
      checks, a sender that may not be used, rules of the receiving organization. Another attempt with the same mail \
      meets the same answer.
      """,
    seenWhen: """
      a reply with enhanced code x.7.x (or words of that sense) that is none of relaying, authentication, block lists, \
      greylisting or content; a 4xx reply only where it names the check
      """,
    whatToDo: """
      read which check failed; SPF: list the sending address in the domain's record; DKIM: sign, and see that nothing \
      alters the mail after signing; DMARC: align the From domain with one of them; else ask the receiver
      """,
    references: ["RFC 3463 section 3.8", "RFC 7372 section 3", "RFC 7208 section 8.4", "RFC 7489 section 10.3"])
}

/// A refusal on grounds of policy that has no finding of its own.
enum PolicyRefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.policyRefused) {
      findings.add(refusal.finding(because(refusal)))
    }
  }

  private static func because(_ refusal: Refusal) -> String {
    refusal.reading.subject.map { "The policy behind it: \($0)." } ?? "It is the receiver's policy."
  }
}
