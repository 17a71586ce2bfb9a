internal import SMTPDialogue

extension CatalogueEntry {
  static let credentialsInClear = CatalogueEntry(
    .credentialsInClear, .warning, "a password went over the network in clear",
    explanation: """
      The client logged in with a mechanism that shows the password, or a form of it that can be replayed, and the \
      connection was not encrypted. Anyone on the path has it, and so does everyone who gets this capture.
      """,
    seenWhen: """
      AUTH PLAIN, LOGIN, XOAUTH2 or the like with its response outside TLS; what of it is a secret is masked in the \
      output
      """,
    whatToDo: """
      change the password; make TLS a must for logins at the server (`smtpd_tls_auth_only = yes`) and in the client; \
      treat this capture as a secret
      """,
    references: ["RFC 4954 section 4", "RFC 8314 section 3.3", "RFC 4616"])
}

enum CredentialsInClear: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.session.authentications.isEmpty else { return }
    for shown in evidence.session.authentications where shown.isInClear && shown.outcome != .cancelled {
      let name = String(decoding: shown.mechanism, as: UTF8.self)
      let exchange = evidence.exchanges.first { exchange in
        (exchange.verb == .auth || exchange.verb == .xExps)
          && equalsIgnoringCase(
            exchange.line.split(separator: 0x20).dropFirst().first ?? [], shown.mechanism)
      }
      let mechanism = visible(shown.mechanism)
      let who = shown.username.map { " of \(visible($0))" } ?? ""
      if showsSecret.contains(name) {
        // A mechanism that the server did not go into was not answered with a secret.
        guard shown.username != nil, shown.code != 503, shown.code != 504 else { continue }
        findings.add(
          Finding(
            .credentialsInClear, at: exchange?.commandPlace,
            message: "AUTH \(mechanism) showed the password\(who) outside TLS.", evidence: exchange?.line))
      } else if shown.outcome == .accepted, !evidence.drafts.isEmpty {
        findings.add(
          Finding(
            .credentialsInClear, severity: .info, at: exchange?.commandPlace,
            message:
              "AUTH \(mechanism)\(who) and the mail behind it passed outside TLS: the password is not shown, but whoever reads along can try passwords against the answer, or take the session over.",
            evidence: exchange?.line))
      }
    }
  }

  private static let showsSecret: Set<String> = ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"]
}
