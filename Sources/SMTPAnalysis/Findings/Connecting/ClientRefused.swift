internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let clientRefused = CatalogueEntry(
    .clientRefused, .error, "the server refuses this client for who it is",
    explanation: """
      The refusal is about the connecting host, not about the mail: its address, its HELO name, or its reverse DNS is \
      not accepted. It may be said at the greeting, at HELO, MAIL or RCPT; many servers wait until RCPT to say it. \
      Every mail from this host meets the same answer.
      """,
    seenWhen: """
      a 4xx or 5xx reply that says access denied, client host rejected, no or bad reverse DNS, or names the HELO name \
      or the address as its reason (enhanced codes 5.7.1, 5.7.25 with such a text)
      """,
    whatToDo: """
      give the address a PTR record whose name resolves back to it; use a HELO name that resolves; check that the mail \
      left through the intended address and not through a NAT's; ask the receiver's postmaster if the block is \
      deliberate
      """,
    references: ["RFC 5321 section 4.1.4", "RFC 7372 section 3.3", "RFC 1912 section 2.1"])
}

/// A refusal of the connecting host, whichever command it is said to.
enum ClientRefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.clientRefused) {
      findings.add(refusal.finding(because(refusal, evidence)))
    }
  }

  /// Many servers wait until MAIL or RCPT to say what they decided at the connection.
  private static func because(_ refusal: Refusal, _ evidence: borrowing SessionEvidence) -> String {
    let about = refusal.reading.subject ?? "the connecting host \(evidence.facts.client.address)"
    let sentence =
      switch refusal.object {
      case .sender: "It is about \(about), not about the sender."
      case .recipients, .deliveries: "It is about \(about), not about the recipient."
      case .greeting, .hello, .transfer, .message, .command, .farewell: "It is about \(about)."
      }
    // RFC 6409 section 4.3: such a port takes mail from those who have logged in.
    let isSubmission = evidence.facts.server.port == 587 || evidence.facts.server.port == 465
    guard isSubmission, evidence.session.authentications.isEmpty else { return sentence }
    return "\(sentence) On a submission port that mostly means that the client did not log in."
  }
}
