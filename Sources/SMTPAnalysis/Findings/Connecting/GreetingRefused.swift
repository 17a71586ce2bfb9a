extension CatalogueEntry {
  static let greetingRefused = CatalogueEntry(
    .greetingRefused, .error, "the server takes no mail here",
    explanation: """
      Instead of 220 the server greeted with a permanent refusal: it accepts no mail at all (521), or none from this \
      client (554). Mail is not queued for another try at this host; a sending server may try the next MX, else the \
      sender gets a bounce.
      """,
    seenWhen: """
      the first reply is 554, 521 or another 5xx code, and its text names no cause that has a finding of its own
      """,
    whatToDo: """
      read the reply's text and any address in it; check that the MX record points to a host that takes mail for the \
      domain; where the client is refused, look at its reputation and reverse DNS
      """,
    references: ["RFC 5321 section 3.1", "RFC 7504 section 3"])
}

/// A greeting that refuses for good (RFC 5321 section 3.1).
enum GreetingRefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.greetingRefused) {
      findings.add(refusal.finding())
    }
  }
}
