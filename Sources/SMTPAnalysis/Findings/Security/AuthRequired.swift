internal import SMTPDialogue

extension CatalogueEntry {
  static let authRequired = CatalogueEntry(
    .authRequired, .error, "the server wants a login first",
    explanation: """
      The server takes mail from this client only after authentication, and the client did not authenticate. On port \
      587 that is the rule.
      """,
    seenWhen: """
      a 530 reply, or 550 or 5.7.0/5.7.1 with such words, to MAIL, RCPT or DATA asks for authentication, and no AUTH \
      succeeded before
      """,
    whatToDo: """
      switch authentication on in the client; if it offers to log in only inside TLS, switch TLS on too; a server that \
      is to send without login belongs on port 25 or into the permitted networks
      """,
    references: ["RFC 4954 section 6", "RFC 6409 section 4.3"])
}

/// A server that wants a login first.
enum AuthRequired: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    // An FTP server asks for a login too.
    guard !findings.contains(.notSMTPServer) else { return }
    for refusal in evidence.refusals.of(.authRequired) {
      findings.add(refusal.finding(because(refusal, evidence)))
    }
  }

  private static func because(_ refusal: Refusal, _ evidence: borrowing SessionEvidence) -> String {
    let attempts = evidence.session.authentications
    if attempts.isEmpty { return "The client did not log in." }
    if attempts.contains(where: { $0.outcome == .accepted }) { return "" }
    // One that came only when the server had asked for it is another matter.
    let hadFailed = evidence.exchanges.contains { exchange in
      (exchange.verb == .auth || exchange.verb == .xExps)
        && exchange.reply.map { $0.isNegative && isBefore($0.place, refusal.reply.place) } ?? false
    }
    return hadFailed ? "Its login had failed." : "The client had not logged in."
  }
}
