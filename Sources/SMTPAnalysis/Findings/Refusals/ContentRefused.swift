extension CatalogueEntry {
  static let contentRefused = CatalogueEntry(
    .contentRefused, .error, "refused for what the message contains",
    explanation: """
      The server read the message and refused it: it looks like spam, holds a virus or a forbidden attachment, or \
      breaks a rule for header or body. All recipients of the transaction are affected.
      """,
    seenWhen: """
      a 4xx or 5xx reply to the end of the data whose text speaks of spam, viruses, banned content, header or body \
      checks (or 5.7.1 with such a text)
      """,
    whatToDo: """
      read the text for the filter's name and the rule; send a plain test mail to see whether the contents matter; \
      remove forbidden attachments and shortened links; ask the receiver to look the reply's id up in the filter's log
      """,
    references: ["RFC 5321 section 4.2.5", "RFC 3463 section 3.8", "RFC 3463 section 3.7"])
}

/// A message that is refused for what it holds.
enum ContentRefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.contentRefused) {
      findings.add(
        refusal.finding(
          refusal.reading.subject.map { "It is refused for its content: \($0)." } ?? "It is refused for its content."))
    }
  }
}
