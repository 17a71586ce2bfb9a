internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let authFailed = CatalogueEntry(
    .authFailed, .error, "the login was refused",
    explanation: """
      The server did not accept the client's credentials, and no later attempt on the connection did better. The \
      password or user name is wrong, the account is locked, or it wants another way of logging in (an app password, \
      OAuth). Many in a row from one address is someone guessing passwords.
      """,
    seenWhen: "535 or another 5xx reply (or 454) that ends an AUTH exchange, with no accepted AUTH after it",
    whatToDo: """
      check user name (often the full address) and password; see whether the account needs an app password or OAuth; \
      look in the server's log for the reason that it hides from the client; block addresses that guess
      """,
    references: ["RFC 4954 section 6", "RFC 4954 section 4"])
}

/// AUTH exchanges that ended in a refusal, none of them in an acceptance.
enum AuthFailed: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let (reply, exchange, attempt) = lastFailure(evidence) else { return }
    let count = evidence.session.authentications.count { $0.outcome == .refused }
    let times = count > 1 ? ", the last of \(count) attempts" : ""
    let kind =
      reply.isPermanent
      ? ""
      : reply.code == 432
        // RFC 4954 section 6: the server needs the password once to store it in the form that this mechanism wants.
        ? " (the mechanism works once the user has logged in with PLAIN)"
        : " (temporary: the server could not check the login; that says nothing of the password)"
    findings.add(
      Finding(
        .authFailed, at: reply.place,
        message: "\(AuthSyntax.name(attempt)) failed\(times): \(reply.quoted)\(kind).", evidence: exchange.line))
  }

  /// The last refusal of a session in which no login succeeded: of those that judged a password, else a 421 that ends the
  /// session and says nothing else.
  static func lastFailure(
    _ evidence: borrowing SessionEvidence
  ) -> (reply: ReplyRecord, exchange: Exchange, attempt: Authentication)? {
    let attempts = evidence.session.authentications
    guard !attempts.isEmpty, !attempts.contains(where: { $0.outcome == .accepted }) else { return nil }
    var last: (reply: ReplyRecord, exchange: Exchange)?
    for exchange in evidence.exchanges.reversed() where exchange.verb == .auth || exchange.verb == .xExps {
      guard let reply = exchange.reply, reply.isNegative, !exchange.hasHole else { continue }
      if reply.code == 421 {
        if last == nil, isAboutLogins(reply, evidence) { last = (reply, exchange) }
      } else if evidence.meaning(of: reply, to: .auth) != .tlsRequired, !AuthSyntax.isSyntax(reply, evidence) {
        last = (reply, exchange)
        break
      }
    }
    guard let last, let attempt = attempts.last(where: { $0.outcome == .refused && $0.code == last.reply.code }) else {
      return nil
    }
    return (last.reply, last.exchange, attempt)
  }

  /// Whether a farewell says nothing but that the login failed.
  private static func isAboutLogins(_ farewell: ReplyRecord, _ evidence: borrowing SessionEvidence) -> Bool {
    guard evidence.timeoutFarewell == nil else { return false }
    // What has a finding of its own wherever it is said.
    return switch evidence.meaning(of: farewell, to: .other) {
    case .shuttingDown, .tooManyConnections, .rateLimited, .blocklisted, .timeout, .tlsRequired: false
    default: true
    }
  }
}
