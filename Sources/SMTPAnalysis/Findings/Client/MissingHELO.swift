internal import SMTPDialogue

extension CatalogueEntry {
  static let missingHELO = CatalogueEntry(
    .missingHELO, .warning, "MAIL without a greeting of the client",
    explanation: """
      The client began a mail without having said EHLO or HELO. Servers may answer 503; some take it all the same.
      """,
    seenWhen: """
      MAIL is sent before any EHLO, HELO or LHLO of the session, in a capture that shows the session from its \
      beginning
      """,
    whatToDo: "correct the client: EHLO comes first, and again after STARTTLS",
    references: ["RFC 5321 section 4.1.4", "RFC 5321 section 4.1.1.1"])
}

enum MissingHELO: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.traits.contains(.beforeHello), !evidence.hasHoles,
      let mail = evidence.exchanges.first(where: { $0.traits.contains(.beforeHello) })
    else { return }
    let decided = evidence.transactionDecided(by: mail) != nil
    var finding = Finding(
      .missingHELO, severity: decided ? .error : nil, transaction: mail.transaction, at: mail.commandPlace,
      message: "\(visible(mail.line)) came with no HELO or EHLO before it\(mail.answer).", evidence: mail.line)
    finding.isBorne = mail.wasTaken
    findings.add(finding)
  }
}
