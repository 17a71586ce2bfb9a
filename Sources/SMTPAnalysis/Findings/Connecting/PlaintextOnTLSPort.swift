internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let plaintextOnTLSPort = CatalogueEntry(
    .plaintextOnTLSPort, .error, "clear text on a port that begins with TLS",
    explanation: """
      The client waits for a greeting in clear, or sends EHLO, on a port where the server waits for a TLS handshake. \
      Both wait until one of them gives up. The client is set to "STARTTLS" or "none" where "SSL/TLS" (implicit TLS) \
      is due.
      """,
    seenWhen: """
      on a port with TLS from the first byte the client sends SMTP in clear or stays silent until the connection ends, \
      and the server sends no greeting, a TLS alert, or closes
      """,
    whatToDo: "set the client to implicit TLS on port 465, or to port 587 with STARTTLS",
    references: ["RFC 8314 section 3.3"])
}

/// Clear text, or a wait for it, where a TLS handshake is due.
enum PlaintextOnTLSPort: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let session = evidence.session
    guard session.tls == nil, !evidence.isOneSided, evidence.facts.opening == .handshake, evidence.gaps.server == 0,
      !Record.begins(evidence.firstClientBytes)
    else { return }
    let port = evidence.facts.server.port
    let isTLS = session.greeting.map { $0.reply.code == 0 && Record.begins($0.reply.lines.first ?? []) } ?? false
    guard isTLS || port == 465 && session.greeting == nil && evidence.facts.serverToClient.bytes == 0 else { return }
    let said = evidence.exchanges.first { $0.verb != nil }
    if let said {
      let answer = isTLS ? "answered with a TLS record" : "did not answer: it waits for a TLS handshake"
      findings.add(
        Finding(
          .plaintextOnTLSPort, at: said.commandPlace ?? evidence.start,
          message: "The client said \(visible(said.line)) in clear on port \(port), and the server \(answer).",
          evidence: said.line))
    } else if isTLS || evidence.facts.closing != .captureEnd, duration(evidence) >= patience {
      findings.add(
        Finding(
          .plaintextOnTLSPort, at: evidence.start,
          message:
            "The client waited \(spoken(duration(evidence))) for a greeting in clear on port \(port), where the server waits for a TLS handshake."
        ))
    }
  }

  /// A health check leaves at once; who stays waits for a greeting.
  private static let patience: Int64 = 2_000_000_000

  private static func duration(_ evidence: borrowing SessionEvidence) -> Int64 {
    evidence.facts.lastFrame.time.nanoseconds(since: evidence.facts.firstFrame.time)
  }
}
