/// What fails in logging in and in beginning TLS.
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

  static let tlsRequired = CatalogueEntry(
    .tlsRequired, .error, "the server wants TLS first",
    explanation: """
      The server takes mail, or logins, only inside TLS, and the client went on in clear. With REQUIRETLS the next \
      server lacks what the sender demanded.
      """,
    seenWhen: """
      a 530 reply, or 5.7.0 or 5.7.10 with such words, tells the client to issue STARTTLS; or a refusal says that \
      REQUIRETLS cannot be met
      """,
    whatToDo: """
      switch STARTTLS on in the client ("encryption: STARTTLS", `smtp_tls_security_level = may` at least); if the \
      client believes it is on, see whether STARTTLS was offered to it or stripped
      """,
    references: ["RFC 3207 section 4", "RFC 8689"])

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

  static let tlsHandshakeFailed = CatalogueEntry(
    .tlsHandshakeFailed, .error, "the TLS handshake failed",
    explanation: """
      Client and server began TLS and did not finish: one of them sent a fatal alert, or the connection ended in the \
      middle. Mail that must not go in clear waits or bounces; mail that may often comes again without TLS.
      """,
    seenWhen: """
      a fatal alert before both sides finished the handshake, or the connection's end there; the alert's name and its \
      sender are told; missing bytes silence this
      """,
    whatToDo: """
      look at the alert: who sent it has the reason in its log; compare what both sides offer (versions, ciphers, \
      groups); with no alert and a large ClientHello, suspect a firewall or the path MTU
      """,
    references: ["RFC 8446 section 6.2", "RFC 3207 section 4.1"])

  static let tlsVersionMismatch = CatalogueEntry(
    .tlsVersionMismatch, .error, "no TLS version that both sides speak",
    explanation: """
      The client offers only versions that the server refuses, or the reverse. Usually one side is old (TLS 1.0 or 1.1 \
      only) and the other was hardened.
      """,
    seenWhen: """
      the alert protocol_version ends the handshake, or the server's hello answers with a version that the client does \
      not offer and the client ends it
      """,
    whatToDo: """
      bring the older side to TLS 1.2 or later; where that cannot be, put a relay between them rather than lowering \
      the newer side's minimum for everybody
      """,
    references: ["RFC 8446 section 6.2", "RFC 8446 section 4.2.1", "RFC 9325 section 3.1"])

  static let tlsNoSharedCipher = CatalogueEntry(
    .tlsNoSharedCipher, .error, "no cipher that both sides accept",
    explanation: """
      The lists of cipher suites, groups or signature algorithms have nothing in common, so that no connection can be \
      made. A server whose certificate (say, RSA) does not fit the client's list (ECDSA only) looks the same, and so \
      does one with no certificate at all.
      """,
    seenWhen: """
      the alert handshake_failure or insufficient_security answers a ClientHello whose offer has nothing that the \
      server takes, as far as both can be seen
      """,
    whatToDo: """
      widen the narrower list (`smtpd_tls_mandatory_ciphers`, `tls_require_ciphers`); give the server a certificate of \
      the other key type too; test with `openssl s_client -cipher`
      """,
    references: ["RFC 8446 section 6.2", "RFC 8446 section 4.1.1", "RFC 9325 section 4.2"])

  static let tlsClientCertificateMissing = CatalogueEntry(
    .tlsClientCertificateMissing, .error, "the server wanted a certificate from the client",
    explanation: """
      The server asked for a client certificate and ended the handshake when it got none, or none that it trusts. \
      Ordinary mail servers do not demand one; it is used between partners and for devices.
      """,
    seenWhen: """
      a CertificateRequest, an empty or no Certificate from the client, then the alert certificate_required, \
      handshake_failure or bad_certificate from the server
      """,
    whatToDo: """
      give the client its certificate and key; or let the server ask without insisting (`smtpd_tls_req_ccert = no`)
      """,
    references: ["RFC 8446 section 4.4.2", "RFC 8446 section 6.2"])

  static let certificateUntrusted = CatalogueEntry(
    .certificateUntrusted, .error, "the server's certificate was not trusted",
    explanation: """
      The client ended the handshake because it could not trace the certificate to an authority that it knows: \
      self-signed, issued by a private authority, or the intermediate certificate was not sent along.
      """,
    seenWhen: """
      the alert unknown_ca, bad_certificate or certificate_unknown comes from the client after the server's \
      certificate
      """,
    whatToDo: """
      send the whole chain from the server (certificate first, then the intermediates); install the private authority \
      in the client; for public mail take a certificate of a public authority or publish DANE records
      """,
    references: ["RFC 8446 section 6.2", "RFC 5280 section 6", "RFC 7672 section 3"])

  static let outcomeEncrypted = CatalogueEntry(
    .outcomeEncrypted, .info, "what became of the mail is hidden by TLS",
    explanation: """
      Everything after the TLS handshake is encrypted and there are no keys, so that neither sender nor recipients nor \
      replies can be seen. Nothing is wrong with that.
      """,
    seenWhen: "TLS was established, records follow, and no secret fits the session",
    whatToDo: """
      to see inside, give the session's secrets with `--keylog FILE` (SSLKEYLOGFILE of a client or server that writes \
      one), capture behind the TLS endpoint, or read the server's log for this time and address
      """,
    references: ["RFC 3207 section 4.2", "RFC 8446 section 7"])

  static let tlsGarbage = CatalogueEntry(
    .tlsGarbage, .error, "what follows STARTTLS is no TLS",
    explanation: """
      After the server said "go ahead" to STARTTLS, one side sent bytes that are no TLS record. Mostly a program goes \
      on in clear because it took the reply for an error, or a device between tampers with the dialogue.
      """,
    seenWhen: """
      the first bytes after the 220 reply to STARTTLS, of either side, are no TLS record, and nothing is missing \
      before them
      """,
    whatToDo: """
      find the side that sent them by its frames; look there for a proxy or "inspection" that does not know STARTTLS; \
      update the client's library
      """,
    references: ["RFC 3207 section 4", "RFC 8446 section 5.1"])
}
