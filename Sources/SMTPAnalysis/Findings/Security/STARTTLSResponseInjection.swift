internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let starttlsResponseInjection = CatalogueEntry(
    .starttlsResponseInjection, .error, "replies in clear behind the answer to STARTTLS",
    explanation: """
      The server's 220 to STARTTLS is followed by more text in clear, before the handshake. A faulty client keeps it \
      and takes it for replies given inside TLS: an attacker on the path can forge answers.
      """,
    seenWhen: "bytes in clear of the server between the 220 to STARTTLS and its first TLS record",
    whatToDo: "update the client; look for a proxy or an attacker on the path that adds the bytes",
    references: ["RFC 3207 section 4.2", "CVE-2011-0411"])
}

/// Clear text of the server between its 220 to STARTTLS and the handshake.
enum STARTTLSResponseInjection: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    // A server that answers what was sent behind STARTTLS was fooled itself; that is told there.
    guard let clear = evidence.clearBehindTLS, clear.from == .server, !clear.isBehindTLS, evidence.injected == nil,
      let tls = evidence.session.tls, tls.method == .starttls, evidence.gaps.server == 0, evidence.gaps.client == 0,
      // Where no record of TLS is there and the dialogue goes on, a mirror port had decrypted it.
      !tls.isReadable || tls.details?.isActive == true
    else { return }
    // Read with keys, it is a reply too many.
    findings.withdraw([.replyUnexpected], at: clear.moment.frame, of: nil)
    findings.add(
      Finding(
        .starttlsResponseInjection, at: (clear.moment.frame, clear.moment.time),
        message:
          "The server's 220 to STARTTLS is followed by clear text before any TLS: \(visible(clear.bytes.prefix(120))). A client that keeps it takes it for a reply inside TLS.",
        evidence: clear.bytes))
  }
}
