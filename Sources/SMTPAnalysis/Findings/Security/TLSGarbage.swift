internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
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

/// What is no TLS behind the 220 to STARTTLS.
enum TLSGarbage: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let clear = evidence.clearBehindTLS, let tls = evidence.session.tls, tls.method == .starttls, !tls.isReadable,
      clear.from == .client || clear.isBehindTLS
    else { return }
    let who = clear.from == .client ? "client" : "server"
    findings.add(
      Finding(
        .tlsGarbage, at: (clear.moment.frame, clear.moment.time),
        message: "Behind the 220 to STARTTLS the \(who) sent no TLS but \(visible(clear.bytes.prefix(80))).",
        evidence: clear.bytes))
  }
}
