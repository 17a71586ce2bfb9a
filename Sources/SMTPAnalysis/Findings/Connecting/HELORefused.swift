extension CatalogueEntry {
  static let heloRefused = CatalogueEntry(
    .heloRefused, .error, "the server refuses the client's HELO",
    explanation: """
      EHLO was refused and so was HELO, or HELO was not tried. Without an accepted greeting no mail can be offered. \
      Mostly the name is the reason: not a full domain name, the server's own name, an address without brackets.
      """,
    seenWhen: "a 4xx or 5xx reply to EHLO with no later EHLO or HELO that is accepted, or to HELO",
    whatToDo: """
      set the client's HELO name to a full domain name that resolves to its address (`smtp_helo_name`, \
      `primary_hostname`, the connector's FQDN); read the reply's text; if a device between masks EHLO, see \
      middlebox-inspection
      """,
    references: ["RFC 5321 section 4.1.1.1", "RFC 5321 section 3.2"])
}

/// No HELO or EHLO that the server accepts.
enum HELORefused: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.heloRefused) {
      findings.add(refusal.finding("No HELO or EHLO of the client was accepted.", evidence: refusal.line))
    }
  }
}
