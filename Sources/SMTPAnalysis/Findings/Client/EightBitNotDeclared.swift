internal import SMTPDialogue

extension CatalogueEntry {
  static let eightBitNotDeclared = CatalogueEntry(
    .eightBitNotDeclared, .warning, "eight-bit text that was not announced",
    explanation: """
      The message holds bytes over 127, but MAIL did not say BODY=8BITMIME (or the server did not offer it). Most \
      servers pass them on; one that does not will refuse or spoil them.
      """,
    seenWhen: """
      octets over 127 in the data, without BODY=8BITMIME or BINARYMIME on MAIL, or without the server's offer of it
      """,
    whatToDo: """
      let the client declare BODY=8BITMIME where it is offered, and encode with quoted-printable or base64 where it is \
      not
      """,
    references: ["RFC 6152 section 3", "RFC 5321 section 2.3.1", "RFC 2045 section 6.2"])
}

enum EightBitNotDeclared: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.eightBit) else { return }
    for draft in evidence.drafts where draft.census.hasEightBit {
      guard draft.transaction.reversePath != nil, !evidence.hasHoles, !evidence.isClipped,
        let first = draft.census.firstEightBit, !draft.declares("BODY=8BITMIME"), !draft.declares("SMTPUTF8"),
        !draft.isBinary
      else { continue }
      let isOffered = evidence.session.extensions.contains { equalsIgnoringCase($0, "8BITMIME".utf8) }
      findings.add(
        Finding(
          .eightBitNotDeclared, transaction: draft.transaction.id, at: (first.moment.frame, first.moment.time),
          message:
            "The message holds octets over 127 and MAIL does not say BODY=8BITMIME\(isOffered ? ", which the server offers" : "; the server does not offer it").",
          evidence: first.octets))
    }
  }
}
