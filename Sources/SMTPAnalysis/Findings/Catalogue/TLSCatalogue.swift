/// Encryption that was not used, not possible or tampered with.
extension CatalogueEntry {
  static let starttlsNotOffered = CatalogueEntry(
    .starttlsNotOffered, .info, "the server offered no encryption",
    explanation: """
      A mail passed in clear because the server's EHLO reply does not list STARTTLS. Anyone on the path could read it. \
      If the same server offers it to others, something on the way hides it.
      """,
    seenWhen: """
      a transaction in clear, and STARTTLS is not in the EHLO reply, nor anything that looks like its masked name
      """,
    whatToDo: """
      give the server a certificate and switch STARTTLS on; compare with a capture beside the server; publish an \
      MTA-STS or DANE policy once it works
      """,
    references: ["RFC 3207 section 6", "RFC 8461 section 1"])

  static let starttlsNotUsed = CatalogueEntry(
    .starttlsNotUsed, .info, "the client did not use the encryption offered",
    explanation: "The server offered STARTTLS and the client sent the mail in clear. Anyone on the path could read it.",
    seenWhen: "STARTTLS is in the EHLO reply, no STARTTLS command was sent, and a transaction passed in clear",
    whatToDo: """
      switch opportunistic TLS on in the client (`smtp_tls_security_level = may`, `hosts_try_dane`, the connector's \
      setting)
      """,
    references: ["RFC 3207 section 6", "RFC 8314 section 3.3"])

  static let starttlsStripped = CatalogueEntry(
    .starttlsStripped, .error, "the offer of encryption was overwritten on the way",
    explanation: """
      The place where STARTTLS stands in the EHLO reply holds letters that are no extension, as firewalls and \
      attackers write them over it, so that the client goes on in clear. Mail and passwords can be read on the path.
      """,
    seenWhen: """
      an EHLO keyword such as XXXXXXXA or XXXXXXXX instead of STARTTLS, or a STARTTLS command that was masked and \
      refused
      """,
    whatToDo: """
      switch SMTP inspection ("fixup", ESMTP inspection) off in the firewall, or let it pass STARTTLS; make TLS a must \
      in the client, with MTA-STS or DANE; ask the provider if it is not yours
      """,
    references: ["RFC 3207 section 6", "RFC 8461 section 10", "RFC 7672 section 1.3"])

  static let starttlsInjection = CatalogueEntry(
    .starttlsInjection, .error, "commands in clear behind STARTTLS",
    explanation: """
      Bytes follow STARTTLS in the same flight, before the handshake. A faulty server keeps them and carries them out \
      inside TLS as if the client had said them there: an attacker on the path can put commands in front of the \
      client's.
      """,
    seenWhen: "bytes in clear of the client between the STARTTLS line and the ClientHello",
    whatToDo: """
      update the server (it must throw away what it has read before TLS); see by its replies after the handshake \
      whether it answered them; find out who sent them
      """,
    references: ["RFC 3207 section 4.2", "CVE-2011-0411"])

  static let starttlsResponseInjection = CatalogueEntry(
    .starttlsResponseInjection, .error, "replies in clear behind the answer to STARTTLS",
    explanation: """
      The server's 220 to STARTTLS is followed by more text in clear, before the handshake. A faulty client keeps it \
      and takes it for replies given inside TLS: an attacker on the path can forge answers.
      """,
    seenWhen: "bytes in clear of the server between the 220 to STARTTLS and its first TLS record",
    whatToDo: "update the client; look for a proxy or an attacker on the path that adds the bytes",
    references: ["RFC 3207 section 4.2", "CVE-2011-0411"])

  static let fellBackToClear = CatalogueEntry(
    .fellBackToClear, .error, "after TLS failed, the mail went in clear",
    explanation: """
      A session in which TLS failed was followed by one that sent the same envelope without TLS. That is how \
      opportunistic TLS is meant to work, but it also means that whoever can break the handshake can read the mail.
      """,
    seenWhen: """
      STARTTLS was refused or its handshake failed, and soon after the same client sends the same sender and \
      recipients to the same server in clear
      """,
    whatToDo: """
      repair the cause of the failed handshake; make TLS a must for this destination where the mail is worth it
      """,
    references: ["RFC 3207 section 6", "RFC 8461 section 1", "RFC 7435 section 3"])

  static let middleboxInspection = CatalogueEntry(
    .middleboxInspection, .warning, "a device on the way rewrites the dialogue",
    explanation: """
      A firewall with SMTP inspection masks what it does not know: greetings become asterisks, extension names and \
      commands become X. TLS, authentication and large messages fail in odd ways.
      """,
    seenWhen: """
      a greeting of asterisks, EHLO keywords or verbs that are all X, or a 500 to a command of an extension that was \
      offered
      """,
    whatToDo: """
      switch the inspection off (Cisco: `no inspect esmtp`, "fixup protocol smtp"); stars in the greeting while \
      commands arrive whole say that it stands on the server's side
      """,
    references: ["RFC 5321 section 4.1.1.1", "RFC 2979"])

  static let ehloNotRepeated = CatalogueEntry(
    .ehloNotRepeated, .warning, "no new EHLO after TLS began",
    explanation: """
      After the TLS handshake the client must forget what the server said and begin again with EHLO. This one went on. \
      Servers answer 503, or do not offer AUTH.
      """,
    seenWhen: "with keys or a readable mirror: MAIL or AUTH is the first command after the handshake",
    whatToDo: "correct the client: EHLO again after STARTTLS",
    references: ["RFC 3207 section 4.2"])

  static let tlsOutdated = CatalogueEntry(
    .tlsOutdated, .warning, "old or weak encryption",
    explanation: """
      The version or the cipher suite is one that is no longer held to be safe: TLS 1.0 or 1.1, RC4, 3DES, NULL or \
      export ciphers, or no forward secrecy. Still better than none, but newer peers will refuse it.
      """,
    seenWhen: "the server's hello chooses a version below TLS 1.2, or a cipher suite of these kinds",
    whatToDo: "update the older side; let both offer TLS 1.2 and 1.3 with ECDHE suites",
    references: ["RFC 8996 section 4", "RFC 9325 section 3.1.1", "RFC 9325 section 4.1", "RFC 7465 section 2"])

  static let certificateExpired = CatalogueEntry(
    .certificateExpired, .warning, "the certificate is not valid at this time",
    explanation: """
      The server's certificate has run out, or is not valid yet, by the capture's clock. Clients that check \
      certificates refuse it; the others go on without a word.
      """,
    seenWhen: """
      the capture's time lies outside the certificate's notBefore and notAfter, where the certificate can be seen (TLS \
      1.2 and below, or with keys)
      """,
    whatToDo: """
      renew the certificate and see that the server loads the new one (a reload is forgotten often); check the clocks \
      of both and of the capturing host
      """,
    references: ["RFC 5280 section 4.1.2.5", "RFC 8461 section 4.2"])

  static let certificateNameMismatch = CatalogueEntry(
    .certificateNameMismatch, .warning, "the certificate is for another name",
    explanation: """
      None of the names in the certificate is the one the client was looking for. Clients that check names refuse it: \
      submission programs, and servers with MTA-STS.
      """,
    seenWhen: """
      no subject alternative name fits the SNI, or where there is none the server's own name, in a certificate that \
      can be seen
      """,
    whatToDo: """
      put the host name of the MX record (or the one that users type) into the certificate; let the MX record name the \
      host that the certificate names
      """,
    references: ["RFC 9525 section 6", "RFC 8461 section 4.2", "RFC 7817 section 3"])

  static let certificateSelfSigned = CatalogueEntry(
    .certificateSelfSigned, .warning, "the certificate is self-signed",
    explanation: """
      The server signed its certificate itself. It encrypts, but does not prove who the server is; clients that check \
      refuse it, unless it is published through DANE.
      """,
    seenWhen: """
      issuer and subject of the server's certificate are the same, and it is the only one that was sent, where it can \
      be seen
      """,
    whatToDo: """
      take a certificate of a public authority, which costs nothing today; or publish its TLSA record under DNSSEC
      """,
    references: ["RFC 5280 section 6", "RFC 7672 section 3.1", "RFC 8461 section 4.2"])
}
