extension CatalogueEntry {
  static let messageDeferred = CatalogueEntry(
    .messageDeferred, .error, "the server puts the message off",
    explanation: """
      The server answered DATA or the whole message with a temporary refusal, for a reason that has no finding of its \
      own. The client keeps the mail and sends all of it again later.
      """,
    seenWhen: """
      a 4xx reply to DATA, to a chunk or to the end of the data whose text and enhanced code name no cause that has a \
      finding of its own
      """,
    whatToDo: """
      read the reply; look on the server for a content filter that is down or slow, for failing look-ups, for a full \
      queue
      """,
    references: ["RFC 5321 section 4.2.5", "RFC 5321 section 4.5.4.1"])
}

/// A mail put off at DATA or after it, for no reason that has a finding of its own.
enum MessageDeferred: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.messageDeferred) {
      findings.add(refusal.finding(MessageRefused.because(refusal, evidence)))
    }
  }
}
