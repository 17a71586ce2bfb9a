internal import SMTPDialogue
internal import Wire

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
}

/// A mail in clear because there was no offer.
enum STARTTLSNotOffered: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let hello = ClearMail.hello(evidence), !evidence.offered.contains("STARTTLS") else { return }
    findings.add(
      Finding(
        .starttlsNotOffered, at: hello.place, message: "The server offers no STARTTLS; the mail passed in clear."))
  }
}

/// A mail that passed in clear at a server whose extensions are known.
enum ClearMail {
  /// The EHLO whose reply lists them; nil where there is no such mail or something may be missing from the list.
  static func hello(_ evidence: borrowing SessionEvidence) -> Exchange? {
    guard evidence.session.tls == nil, evidence.session.helo?.verb == "EHLO", !evidence.isOneSided,
      evidence.gaps.server == 0, evidence.drafts.contains(where: { $0.transaction.message != nil }),
      !evidence.session.extensions.hasLine(where: Mask.covers),
      let hello = evidence.exchanges.last(where: { $0.verb == .ehlo && ($0.reply?.code ?? 999) < 400 }),
      !hello.oddities.contains(.unfinished)
    else { return nil }
    return hello
  }
}
