internal import SMTPDialogue

enum ReplyInvalidForCommand: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    // A reply too many or too few explains it: codes stand beside the wrong commands then.
    guard evidence.pairingIsSure, !findings.contains(.replyUnexpected, .replyMissing),
      let exchange = first(in: evidence),
      let reply = exchange.reply
    else { return }
    let due = expected(exchange.step).map { "; \($0) is due" } ?? ""
    findings.add(
      Finding(
        .replyInvalidForCommand, transaction: exchange.transaction, at: reply.place,
        message: "\(sentenceBegin(exchange)) was answered \(reply.quotedBriefly), which it cannot have\(due).",
        evidence: reply.firstLine))
  }

  private static func sentenceBegin(_ exchange: Exchange) -> String {
    let asked = exchange.asked
    return asked.prefix(1).uppercased() + asked.dropFirst()
  }

  /// The first command that was answered with what it cannot have.
  static func first(in evidence: borrowing SessionEvidence) -> Exchange? {
    evidence.exchanges.first { exchange in
      guard let code = exchange.reply?.code, code > 0, code < 400 else { return false }
      return !allows(code, exchange.step)
    }
  }

  /// Whether RFC 5321 section 4.3.2, or the extension's own, has the code for the step. Refusals may have any.
  private static func allows(_ code: Int, _ step: Exchange.Step) -> Bool {
    switch step {
    case .greeting: code == 220
    // 353 begins Exim's PRDR.
    case .endOfData, .chunk(isLast: true): isSuccess(code) || code == 353
    case .chunk(isLast: false): isSuccess(code)
    case .unseen: true
    case .command(let verb):
      switch verb {
      case .data: code == 354
      case .mail, .send, .soml, .saml, .rset, .noop, .helo, .ehlo, .lhlo: isSuccess(code) && code < 251
      case .rcpt, .vrfy: isSuccess(code)
      case .quit: code == 221 || code == 250
      case .starttls: code == 220
      default: true
      }
    }
  }

  /// 2xx but for what opens and closes a connection.
  private static func isSuccess(_ code: Int) -> Bool { code < 300 && code != 220 && code != 221 }

  private static func expected(_ step: Exchange.Step) -> String? {
    switch step {
    case .greeting, .command(.starttls): "220"
    case .command(.data): "354"
    case .command(.quit): "221"
    case .command, .endOfData, .chunk: "250"
    case .unseen: nil
    }
  }
}

extension CatalogueEntry {
  static let replyInvalidForCommand = CatalogueEntry(
    .replyInvalidForCommand, .warning, "a reply that the command cannot have",
    explanation: """
      The code does not fit the command: 354 belongs to DATA, 250 does not. Either the server is wrong, or replies and \
      commands have come out of step.
      """,
    seenWhen: """
      a reply code that the standard does not have for this command, by its first digit or its meaning (354 to RCPT, \
      250 to DATA, 3xx to MAIL)
      """,
    whatToDo: """
      count replies and commands before it with `--dialogue`: out of step points to reply-unexpected or reply-missing; \
      else correct the server
      """,
    references: ["RFC 5321 section 4.3.2"])
}
