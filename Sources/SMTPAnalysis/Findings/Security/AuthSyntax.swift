internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let authSyntax = CatalogueEntry(
    .authSyntax, .error, "the login exchange itself broke down",
    explanation: """
      The exchange ended before a password could be judged: the mechanism is not known to the server, a response was \
      not valid base64, the client cancelled, or AUTH came where it may not. No statement about user or password \
      follows from it.
      """,
    seenWhen: """
      501, 503 or 504 (or 5.5.x, 5.7.4) to AUTH or to one of its responses, or a client response of `*`, with no \
      accepted AUTH after it
      """,
    whatToDo: """
      choose a mechanism that both sides have (the EHLO reply lists the server's; it may list more after STARTTLS); \
      update the client; compare the exchange with the mechanism's RFC
      """,
    references: ["RFC 4954 section 4", "RFC 4954 section 6"])
}

/// AUTH exchanges that ended before a password could be judged.
enum AuthSyntax: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let attempts = evidence.session.authentications
    guard !attempts.isEmpty, !attempts.contains(where: { $0.outcome == .accepted }) else { return }
    if let cancelled = attempts.first(where: { $0.outcome == .cancelled }),
      let exchange = evidence.exchanges.first(where: { exchange in
        exchange.verb == .auth && exchange.reply.map { $0.code == cancelled.code } ?? false
      }), let reply = exchange.reply
    {
      findings.add(
        Finding(
          .authSyntax, at: reply.place,
          message: "The client cancelled \(name(cancelled)) with a lone asterisk: \(reply.quoted).",
          evidence: exchange.line))
    }
    for exchange in evidence.exchanges where exchange.verb == .auth || exchange.verb == .xExps {
      guard let reply = exchange.reply, reply.isNegative, !exchange.hasHole, isSyntax(reply, evidence) else { continue }
      findings.add(
        Finding(
          .authSyntax, at: reply.place,
          message:
            "\(visible(exchange.line)) was refused before a password was judged: \(reply.quoted).",
          evidence: exchange.line))
    }
  }

  /// Whether the refusal is about the exchange, not about user and password. 535 is said for both.
  static func isSyntax(_ reply: ReplyRecord, _ evidence: borrowing SessionEvidence) -> Bool {
    switch evidence.meaning(of: reply, to: .auth) {
    case .authSyntax, .badSequence: true
    case .tlsRequired, .authFailed: false
    default: [500, 501, 502, 503, 504].contains(reply.code)
    }
  }

  /// `AUTH PLAIN for ann@b.example`.
  static func name(_ attempt: Authentication) -> String {
    "AUTH \(visible(attempt.mechanism))\(attempt.username.map { " for \(visible($0))" } ?? "")"
  }
}
