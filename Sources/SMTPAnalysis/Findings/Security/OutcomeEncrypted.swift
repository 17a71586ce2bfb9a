internal import TLSHandshake

extension CatalogueEntry {
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
}

/// TLS without its keys.
enum OutcomeEncrypted: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let tls = evidence.session.tls, !tls.isReadable, !tls.isUnanswered,
      tls.outcome == .established || tls.outcome == .unknown,
      !evidence.session.leftTLSUnsaid, !findings.contains(.tlsOnPlaintextPort)
    else { return }
    let place = tls.method == .starttls ? "STARTTLS" : "the handshake"
    let why = tls.details?.keyUse.map { "the keys do not serve (\($0.words))" } ?? "there are no keys"
    let remedy =
      tls.details?.keyUse == .hellosNotSeen
      ? "Keys open only what was captured from the handshake's beginning on, with whole packets (tcpdump -s0)."
      : "A key log of either side shows it."
    findings.add(
      Finding(
        .outcomeEncrypted, at: evidence.end,
        message:
          "Everything behind \(place) is encrypted and \(why): what became of the mail cannot be seen. \(remedy)"
      ))
  }
}
