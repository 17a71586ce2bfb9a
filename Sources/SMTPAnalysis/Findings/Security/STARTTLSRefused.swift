internal import SMTPDialogue

extension CatalogueEntry {
  static let starttlsRefused = CatalogueEntry(
    .starttlsRefused, .warning, "the server offered STARTTLS and then refused it",
    explanation: """
      The client asked for TLS and the server said no: its TLS is not set up, a certificate or key cannot be read, or \
      it is out of resources. Clients that insist on TLS give up here (then this is an error); others go on in clear.
      """,
    seenWhen: "a 4xx or 5xx reply to STARTTLS, most often 454 4.7.0",
    whatToDo: """
      read the server's log at that moment: unreadable or expired key, missing certificate, no entropy or memory; test \
      with `openssl s_client -starttls smtp`
      """,
    references: ["RFC 3207 section 4", "RFC 3207 section 4.1"])
}

/// STARTTLS answered by a refusal: an error where the client then gave up.
enum STARTTLSRefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for exchange in evidence.exchanges where exchange.verb == .starttls || exchange.verb == .xAnonymousTLS {
      guard let reply = exchange.reply, reply.isNegative, !exchange.hasHole,
        // A second STARTTLS inside TLS is out of order and says nothing of TLS.
        evidence.session.tls?.outcome == .refused
      else { continue }
      let gaveUp = evidence.session.transactions.isEmpty
      let next =
        gaveUp
        ? reply.isPermanent ? "; the client sent no mail" : "; the client sent no mail and will try again"
        : "; the client went on in clear"
      findings.add(
        Finding(
          .starttlsRefused, severity: gaveUp ? .error : .warning, at: reply.place,
          message:
            "The server \(reply.isPermanent ? "refused" : "put off") STARTTLS: \(reply.quoted) (\(why(exchange, reply, evidence)))\(next).",
          evidence: exchange.line))
    }
  }

  /// Whose trouble it is (RFC 3207 section 4): the command has no argument, and is said where it was offered.
  private static func why(_ exchange: Exchange, _ reply: ReplyRecord, _ evidence: borrowing SessionEvidence) -> String {
    guard reply.isPermanent else { return "the trouble is on the server's side" }
    if exchange.traits.contains(.malformed) { return "the command has no argument, and the client gave it one" }
    if exchange.offers != nil, !evidence.offered.contains("STARTTLS") { return "it had not offered it" }
    return "the trouble is on the server's side"
  }
}
