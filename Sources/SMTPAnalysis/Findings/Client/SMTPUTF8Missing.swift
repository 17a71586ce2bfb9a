internal import MailMessages
internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let smtputf8Missing = CatalogueEntry(
    .smtputf8Missing, .warning, "an address or header beyond ASCII without SMTPUTF8",
    explanation: """
      Addresses and header fields may hold letters beyond ASCII only where the server offers SMTPUTF8 and MAIL asks \
      for it. Otherwise servers on the way refuse or garble them.
      """,
    seenWhen: "octets over 127 in an address of MAIL or RCPT, or in the header, without SMTPUTF8 on MAIL",
    whatToDo: """
      encode header text as RFC 2047 says; write domains as `xn--...`; for such local parts every server on the way must \
      offer SMTPUTF8
      """,
    references: ["RFC 6531 section 3.4", "RFC 6532 section 3"])
}

enum SMTPUTF8Missing: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    if evidence.traits.contains(.eightBit) { lookAtAddresses(evidence, &findings) }
    guard evidence.marks.contains(.eightBitHeader) else { return }
    for draft in evidence.drafts where draft.transaction.message?.header.form.contains(.eightBit) ?? false {
      guard draft.transaction.reversePath != nil, !draft.declares("SMTPUTF8"), !evidence.hasHoles else { continue }
      findings.add(
        Finding(
          .smtputf8Missing, transaction: draft.transaction.id,
          at: draft.census.firstEightBit.map { ($0.moment.frame, $0.moment.time) },
          message: "The header of the message holds octets over 127, and MAIL does not say SMTPUTF8."))
    }
  }

  private static func lookAtAddresses(_ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector) {
    for exchange in evidence.exchanges where exchange.lacksSMTPUTF8(in: evidence) {
      guard let id = exchange.transaction else { continue }
      let decided = evidence.transactionDecided(by: exchange) != nil || exchange.reply?.refusesLetters ?? false
      findings.add(
        Finding(
          .smtputf8Missing, severity: decided ? .error : nil, transaction: id, at: exchange.commandPlace,
          message:
            "\(visible(exchange.line.prefix(120))) has letters beyond ASCII, and MAIL does not say SMTPUTF8\(exchange.answer).",
          evidence: exchange.line))
    }
  }
}

extension Exchange {
  /// An address beyond ASCII in a transaction whose MAIL does not say SMTPUTF8.
  func lacksSMTPUTF8(in evidence: borrowing SessionEvidence) -> Bool {
    guard traits.contains(.eightBit), !hasHole, let id = transaction, evidence.drafts.indices.contains(id - 1) else {
      return false
    }
    let draft = evidence.drafts[id - 1]
    return draft.transaction.reversePath != nil && !draft.declares("SMTPUTF8")
  }
}

extension ReplyRecord {
  /// X.6.7, the server takes no address beyond ASCII (RFC 6531 section 3.5).
  var refusesLetters: Bool { isNegative && enhanced?.subject == 6 && enhanced?.detail == 7 }
}
