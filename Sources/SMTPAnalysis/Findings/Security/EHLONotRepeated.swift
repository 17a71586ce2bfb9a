internal import SMTPDialogue

extension CatalogueEntry {
  static let ehloNotRepeated = CatalogueEntry(
    .ehloNotRepeated, .warning, "no new EHLO after TLS began",
    explanation: """
      After the TLS handshake the client must forget what the server said and begin again with EHLO. This one went on. \
      Servers answer 503, or do not offer AUTH.
      """,
    seenWhen: "with keys or a readable mirror: MAIL or AUTH is the first command after the handshake",
    whatToDo: "correct the client: EHLO again after STARTTLS",
    references: ["RFC 3207 section 4.2"])
}

/// A client that goes on inside TLS with what it learned outside.
enum EHLONotRepeated: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let tls = evidence.session.tls, tls.method == .starttls, tls.isReadable, !evidence.hasHoles,
      let asked = evidence.exchanges.lastIndex(where: { exchange in
        (exchange.verb == .starttls || exchange.verb == .xAnonymousTLS) && exchange.reply?.code == 220
      }), let next = evidence.exchanges[(asked + 1)...].first, next.verb == .mail || next.verb == .auth
    else { return }
    let place = next.sent.map { ($0.frame, $0.time) } ?? next.reply?.place ?? evidence.end
    let verb = next.verb == .mail ? "MAIL" : "AUTH"
    findings.add(
      Finding(
        .ehloNotRepeated, at: place,
        message: "Behind the TLS handshake the client went on with \(verb) and no new EHLO\(next.answer).",
        evidence: next.line))
  }
}
