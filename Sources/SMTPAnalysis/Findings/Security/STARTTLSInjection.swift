internal import SMTPDialogue

extension CatalogueEntry {
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
}

/// Clear text of the client between STARTTLS and the handshake.
enum STARTTLSInjection: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let injected = evidence.injected else { return }
    findings.add(
      Finding(
        .starttlsInjection, at: (injected.moment.frame, injected.moment.time),
        message: "Clear text was sent behind STARTTLS before its reply: \(visible(injected.bytes.prefix(120))).",
        evidence: injected.bytes))
  }
}
