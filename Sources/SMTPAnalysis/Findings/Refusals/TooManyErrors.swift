extension CatalogueEntry {
  static let tooManyErrors = CatalogueEntry(
    .tooManyErrors, .error, "the server gave up after too many failed commands",
    explanation: """
      The server counts commands that are unknown or refused, and ends the session beyond a limit. Sessions of address \
      harvesters look like this, and so do long lists with many dead recipients, or clients that take every refusal \
      for a reason to go on.
      """,
    seenWhen: """
      a 421 or 5xx reply that says too many errors, unknown commands or bad recipients, followed by the server's close
      """,
    whatToDo: """
      look at the refusals before it: they are the cause; clean the list of recipients; put fewer recipients into one \
      session
      """,
    references: ["RFC 5321 section 7.8", "RFC 5321 section 3.8"])
}

/// A server that has had enough of failed commands.
enum TooManyErrors: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.tooManyErrors) {
      findings.add(refusal.finding(because(evidence, before: refusal.reply)))
    }
  }

  /// Empty where nothing was refused before it: a server may count commands that it takes, such as NOOP.
  private static func because(_ evidence: borrowing SessionEvidence, before farewell: ReplyRecord) -> String {
    let refused = evidence.exchanges.count {
      $0.reply.map { $0.isNegative && isBefore($0.place, farewell.place) } ?? false
    }
    guard refused > 0 else { return "" }
    return
      "It had refused \(refused) command\(refused == 1 ? "" : "s") of this session: \(refused == 1 ? "that is" : "those are") the cause."
  }
}
