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
