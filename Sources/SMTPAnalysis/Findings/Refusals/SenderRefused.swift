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

/// A sender that is refused for good, at MAIL or for the sender's sake at a later step.
enum SenderRefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.senderRefused) {
      findings.add(refusal.finding(because(refusal)))
    }
  }

  /// A reply to RCPT or the data may be about the sender all the same.
  static func because(_ refusal: Refusal) -> String {
    if case .sender = refusal.object { return refusal.reading.subject.map { "The reason that it gives: \($0)." } ?? "" }
    return "The reason that it gives is not the recipient but \(refusal.reading.subject ?? "the sender")."
  }
}
