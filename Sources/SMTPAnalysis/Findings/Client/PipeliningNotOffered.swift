internal import SMTPDialogue

extension CatalogueEntry {
  static let pipeliningNotOffered = CatalogueEntry(
    .pipeliningNotOffered, .warning, "commands sent ahead without PIPELINING",
    explanation: """
      The client sends commands before the replies to earlier ones, though the server did not say that it can take \
      that. Servers may lose the commands or end the session with a synchronization error.
      """,
    seenWhen: "a command is sent before the reply to the one before it, and the EHLO reply does not list PIPELINING",
    whatToDo: "correct the client: wait for each reply, or for the offer",
    references: ["RFC 2920 section 3.1", "RFC 5321 section 4.3.1"])
}

enum PipeliningNotOffered: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.traits.isDisjoint(with: [.ahead, .behindEnd]), !evidence.isOneSided,
      !findings.contains(.earlyTalker), !evidence.loneDots.contains(where: { $0.fate == .end })
    else { return }
    // Text of a message that was sent though DATA had been refused is no command, nor what followed it ahead of anything.
    let text = evidence.textBehindRefusedData?.lines
    let holdsText = findings.contains(.dotNotStuffed)
    let first = evidence.exchanges.indices.first { index in
      let exchange = evidence.exchanges[index]
      guard let offers = exchange.offers, !offers.contains(.pipelining), !exchange.hasHole,
        !exchange.traits.contains(.behindHello), !evidence.isBehindServersEnd(exchange),
        !holdsText || !exchange.traits.contains(.unknown),
        text.map({ index < $0.lowerBound || index > $0.upperBound }) ?? true
      else { return false }
      if let behind = exchange.sentBehind, exchange.traits.contains(.ahead) {
        return !PipeliningPastBarrier.isBarrier(behind)
      }
      return exchange.traits.contains(.behindEnd)
    }
    guard let first = first.map({ evidence.exchanges[$0] }) else { return }
    let refusal = evidence.session.verdict.outcome == .delivered ? nil : evidence.refusalOfProtocol
    findings.add(
      Finding(
        .pipeliningNotOffered, severity: refusal == nil ? nil : .error, at: first.commandPlace,
        message:
          "\(visible(first.line)) was sent before the reply to what came before it, and the server does not offer PIPELINING\(refusal.map { ": \($0.quoted)" } ?? "").",
        evidence: first.line))
  }
}
