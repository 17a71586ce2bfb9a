internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let tlsOnPlaintextPort = CatalogueEntry(
    .tlsOnPlaintextPort, .error, "TLS from the first byte on a port that begins in clear",
    explanation: """
      The client began a TLS handshake at once, on a port where the server greets in clear and TLS begins with \
      STARTTLS. Each waits for the other, or the server answers the handshake with an error. The client is set to \
      "SSL/TLS" (implicit TLS) where "STARTTLS" is due.
      """,
    seenWhen: """
      the client's first bytes are a TLS ClientHello, while the server greeted in clear or answered with SMTP replies, \
      or nothing at all
      """,
    whatToDo: "set the client to STARTTLS on ports 25 and 587, or to port 465 if it is to use TLS from the first byte",
    references: ["RFC 8314 section 3.3", "RFC 3207 section 4"])
}

/// A ClientHello where clear text is due, and no TLS in answer.
enum TLSOnPlaintextPort: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let tls = evidence.session.tls, tls.method == .implicit, tls.outcome != .established,
      evidence.firstClientBytes.first == 0x16
    else { return }
    let port = evidence.facts.server.port
    let reaction: String
    if let greeting = evidence.session.greeting?.reply, greeting.code != 0 {
      reaction = "the server speaks clear text first (\(greeting.code))"
    } else if port != 465, evidence.facts.opening == .handshake, !evidence.isOneSided, evidence.gaps.server == 0,
      evidence.facts.serverToClient.bytes == 0, evidence.facts.closing != .captureEnd
    {
      reaction = "the server did not answer it"
    } else {
      return
    }
    let advice =
      port == 465
      ? "the server is not set to implicit TLS there" : "implicit TLS belongs to port 465, STARTTLS to 25 and 587"
    findings.add(
      Finding(
        .tlsOnPlaintextPort, at: evidence.start,
        message:
          "The client began with a TLS ClientHello and \(reaction) on port \(port): \(advice).",
        evidence: evidence.firstClientBytes))
  }
}
