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
  /// The first login that shows something: a client may try as often as it likes.
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for shown in evidence.session.authentications where shown.isInClear && shown.outcome != .cancelled {
      let mechanism = visible(shown.mechanism)
      let who = shown.username.map { " of \(visible($0))" } ?? ""
      if showsSecret.contains(String(decoding: shown.mechanism, as: UTF8.self)) {
        let exchange = exchange(of: shown, evidence)
        // A mechanism that the server did not go into was not answered with a secret, but one may have come with the command.
        let cameAlong = shown.mechanism != Array("LOGIN".utf8) && (exchange?.line.split(separator: 0x20).count ?? 0) > 2
        guard shown.username != nil, cameAlong || shown.code != 503 && shown.code != 504 else { continue }
        findings.add(
          Finding(
            .credentialsInClear, at: exchange?.commandPlace,
            message: "AUTH \(mechanism) showed the password\(who) outside TLS.", evidence: exchange?.line))
        return
      }
      guard shown.outcome == .accepted, !evidence.drafts.isEmpty else { continue }
      let exchange = exchange(of: shown, evidence)
      findings.add(
        Finding(
          .credentialsInClear, severity: .info, at: exchange?.commandPlace,
          message:
            "AUTH \(mechanism)\(who) and the mail behind it passed outside TLS: the password is not shown, but whoever reads along can try passwords against the answer, or take the session over.",
          evidence: exchange?.line))
      return
    }
  }

  /// The first exchange with the mechanism.
  private static func exchange(of shown: Authentication, _ evidence: borrowing SessionEvidence) -> Exchange? {
    evidence.exchanges.first { exchange in
      (exchange.verb == .auth || exchange.verb == .xExps)
        && equalsIgnoringCase(exchange.line.split(separator: 0x20).dropFirst().first ?? [], shown.mechanism)
    }
  }

  private static let showsSecret: Set<String> = ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"]
}
