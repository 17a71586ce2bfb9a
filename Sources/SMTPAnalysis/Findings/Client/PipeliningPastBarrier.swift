internal import SMTPDialogue

extension CatalogueEntry {
  static let pipeliningPastBarrier = CatalogueEntry(
    .pipeliningPastBarrier, .warning, "something was sent ahead that must wait",
    explanation: """
      Even with PIPELINING some commands end a group: behind EHLO, DATA, STARTTLS, AUTH, QUIT and others nothing may \
      be sent before their reply. What is sent all the same may be taken for data, be thrown away, or be an attack.
      """,
    seenWhen: "bytes follow EHLO, DATA, VRFY, EXPN, TURN, QUIT, NOOP, STARTTLS or AUTH before the reply to it",
    whatToDo: "correct the client: these are the last of their group; behind STARTTLS see starttls-injection",
    references: ["RFC 2920 section 3.1", "RFC 3207 section 4"])
}

enum PipeliningPastBarrier: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.isOneSided, evidence.traits.contains(.ahead) || evidence.sentAhead != nil,
      !findings.contains(.earlyTalker, .proxyPreambleMismatch), !evidence.loneDots.contains(where: { $0.fate == .end })
    else { return }
    let command = evidence.exchanges.first { exchange in
      exchange.traits.contains(.ahead) && !exchange.hasHole && (exchange.sentBehind.map(isBarrier) ?? false)
        && !evidence.isBehindServersEnd(exchange)
    }
    guard command != nil || evidence.sentAhead != nil else { return }
    let refusal = evidence.session.verdict.outcome == .delivered ? nil : evidence.refusalOfProtocol
    let answer = refusal.map { ": \($0.quoted)" } ?? ""
    if let command, let behind = command.sentBehind {
      findings.add(
        Finding(
          .pipeliningPastBarrier, severity: refusal == nil ? nil : .error, at: command.commandPlace,
          message:
            "\(visible(command.line)) was sent before the reply to \(name(behind)), which must be the last of a group\(answer).",
          evidence: command.line))
    } else if let ahead = evidence.sentAhead {
      findings.add(
        Finding(
          .pipeliningPastBarrier, severity: refusal == nil ? nil : .error, at: (ahead.moment.frame, ahead.moment.time),
          message:
            "The client did not wait for the reply to \(name(ahead.behind)): \(ahead.behind == .data ? "the message" : "the login's answer") came before it\(answer)."
        ))
    }
  }

  /// What must be the last command of a group (RFC 2920 section 3.1; STARTTLS and AUTH by their own RFCs). Behind HELO
  /// nothing is offered yet.
  static func isBarrier(_ verb: Verb) -> Bool {
    switch verb {
    case .ehlo, .helo, .lhlo, .data, .vrfy, .expn, .turn, .quit, .noop, .starttls, .auth: true
    default: false
    }
  }

  private static func name(_ verb: Verb) -> String { String(describing: verb).uppercased() }
}

extension SessionEvidence {
  /// Whether a command was sent when the server had closed: it waits for nothing, and is ahead of nothing.
  func isBehindServersEnd(_ exchange: Exchange) -> Bool {
    guard let serverLeft, let sent = exchange.sent else { return false }
    return serverLeft.time < sent.time
  }
}
