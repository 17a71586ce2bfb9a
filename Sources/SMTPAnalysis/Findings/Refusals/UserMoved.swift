internal import SMTPDialogue

extension CatalogueEntry {
  static let userMoved = CatalogueEntry(
    .userMoved, .error, "the recipient has another address now",
    explanation: """
      The server knows the recipient but does not forward; it names another address or says that there is one. The \
      mail was not delivered. A program should not use the new address by itself: whoever runs the old server could be \
      lying.
      """,
    seenWhen: "a 551 reply to RCPT, or enhanced code 5.1.6, or a refusal whose text gives another address",
    whatToDo: """
      correct the address by hand once you trust it; on the receiving side forward the mail (250 or 251) if senders \
      need not know
      """,
    references: ["RFC 5321 section 3.4", "RFC 5321 section 7.4", "RFC 3463 section 3.2"])
}

/// A recipient that has another address now.
enum UserMoved: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.userMoved) {
      findings.add(refusal.finding(newAddress(refusal)))
    }
  }

  /// RFC 5321 section 3.4: what the reply names and was not asked for.
  private static func newAddress(_ refusal: Refusal) -> String {
    guard case .recipients(let asked, _) = refusal.object,
      let new = refusal.reading.addresses.first(where: { !equalsIgnoringCase($0, asked) })
    else { return "" }
    return "The new address that it gives is \(visible(new))."
  }
}
