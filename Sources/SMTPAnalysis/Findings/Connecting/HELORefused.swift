internal import Wire

extension CatalogueEntry {
  static let heloRefused = CatalogueEntry(
    .heloRefused, .error, "the server refuses the client's HELO",
    explanation: """
      EHLO was refused and so was HELO, or HELO was not tried. Without an accepted greeting no mail can be offered. \
      Mostly the name is the reason: not a full domain name, the server's own name, an address without brackets. Or one \
      side speaks LMTP, where LHLO stands in the place of both.
      """,
    seenWhen: "a 4xx or 5xx reply to EHLO with no later EHLO or HELO that is accepted, or to HELO",
    whatToDo: """
      set the client's HELO name to a full domain name that resolves to its address (`smtp_helo_name`, \
      `primary_hostname`, the connector's FQDN); read the reply's text; if a device between masks EHLO, see \
      middlebox-inspection; hand mail by LMTP (`lmtp:` in Postfix's transports) to a server that speaks it, and to no other
      """,
    references: ["RFC 5321 section 4.1.1.1", "RFC 5321 section 3.2", "RFC 2033 section 4.1"])
}

/// No HELO or EHLO that the server accepts.
enum HELORefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.heloRefused) {
      let detail = mixUp(refusal, evidence) ?? "No HELO or EHLO of the client was accepted."
      findings.add(refusal.finding(detail, evidence: refusal.line))
    }
  }

  /// RFC 2033 section 4.1: LHLO stands in the place of HELO and EHLO, which an LMTP server does not know, nor an SMTP server it.
  private static func mixUp(_ refusal: Refusal, _ evidence: borrowing SessionEvidence) -> String? {
    guard [500, 502, 503, 504].contains(refusal.reply.code) else { return nil }
    if refusal.line.span.hasBytesIgnoringCase("LHLO") {
      return "The client speaks LMTP, which this server does not: it wants SMTP."
    }
    // A server's name may hold the word.
    let greeting = capitals(evidence.session.greeting?.reply.lines.joined ?? [])
    let isGreetedByLMTP = greeting.span.holds("LMTP") && !greeting.span.holds("SMTP")
    let words = capitals(refusal.reply.lines.joined)
    guard isGreetedByLMTP || words.span.holds("LMTP") || words.span.holds("LHLO") else { return nil }
    return "The server speaks LMTP, where the client has to say LHLO: it takes no SMTP."
  }

  private static func capitals(_ text: [UInt8]) -> [UInt8] {
    text.map { (0x61...0x7a).contains($0) ? $0 - 32 : $0 }
  }
}
