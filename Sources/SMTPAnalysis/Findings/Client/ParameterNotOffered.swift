internal import SMTPDialogue

extension CatalogueEntry {
  static let parameterNotOffered = CatalogueEntry(
    .parameterNotOffered, .warning, "a parameter that the server did not offer",
    explanation: """
      MAIL or RCPT bears a parameter of an extension that is not in the server's EHLO reply. Servers answer 555 or 501 \
      to it.
      """,
    seenWhen: """
      a parameter (SIZE, BODY, SMTPUTF8, RET, NOTIFY, AUTH ...) whose extension the last EHLO reply does not list, or \
      any after HELO
      """,
    whatToDo: """
      correct the client to send what was offered; if the offer was masked on the way, see middlebox-inspection
      """,
    references: ["RFC 5321 section 4.1.1.11"])
}

enum ParameterNotOffered: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.hasHoles, !evidence.isClipped else { return }
    if evidence.traits.contains(.notOffered) { lookAtExtensions(evidence, &findings) }
    if evidence.traits.contains(.refused) { lookAtUnknown(evidence, &findings) }
  }

  /// RFC 5321 section 4.1.1.11: 555 refuses a parameter that the server does not know, whatever extension has it.
  private static func lookAtUnknown(_ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector) {
    // One for each transaction.
    var told: Set<Int?> = []
    for exchange in evidence.exchanges where exchange.verb == .mail || exchange.verb == .rcpt {
      guard let reply = exchange.reply, reply.code == 555, !exchange.traits.contains(.notOffered),
        told.insert(exchange.transaction).inserted
      else { continue }
      findings.add(
        Finding(
          .parameterNotOffered, severity: evidence.transactionDecided(by: exchange) == nil ? nil : .error,
          transaction: exchange.transaction, at: exchange.commandPlace,
          message:
            "\(visible(exchange.line.prefix(120))) has a parameter that the server does not take\(exchange.answer).",
          evidence: exchange.line))
    }
  }

  private static func lookAtExtensions(_ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector) {
    var told: Set<String> = []
    for exchange in evidence.exchanges where exchange.traits.contains(.notOffered) {
      guard let offers = exchange.offers, let found = offers.firstNotOffered(in: exchange.line) else { continue }
      let decided = evidence.transactionDecided(by: exchange) != nil
      guard decided || !told.contains(found.extension) else { continue }
      told.insert(found.extension)
      let parameter = exchange.line[found.start...].prefix { $0 != 0x20 }
      findings.add(
        Finding(
          .parameterNotOffered, severity: decided ? .error : nil, transaction: exchange.transaction,
          at: exchange.commandPlace,
          message:
            "\(visible(exchange.line.prefix(120))) has \(visible(parameter.prefix(60))), and the server does not offer \(found.extension)\(exchange.answer).",
          evidence: exchange.line))
    }
  }
}
