extension CatalogueEntry {
  static let greetingDeferred = CatalogueEntry(
    .greetingDeferred, .error, "the server takes no mail at the moment",
    explanation: """
      Instead of 220 the server greeted with a temporary refusal: it is overloaded, is being restarted, or wants this \
      client to come back later. The mail stays in the client's queue and is tried again, also at the next MX.
      """,
    seenWhen: "the first reply is 421 or another 4xx code, and its text names no cause that has a finding of its own",
    whatToDo: """
      wait for the next attempt; if it lasts, look at the server's load, its connection limits and its log; compare \
      with other clients at the same time
      """,
    references: ["RFC 5321 section 3.8", "RFC 5321 section 4.5.4.1"])
}

/// A greeting that puts the client off.
enum GreetingDeferred: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.greetingDeferred) {
      findings.add(refusal.finding())
    }
  }
}
