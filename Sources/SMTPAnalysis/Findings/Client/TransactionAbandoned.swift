extension CatalogueEntry {
  static let transactionAbandoned = CatalogueEntry(
    .transactionAbandoned, .info, "the client gave the mail up",
    explanation: """
      The client ended the transaction by itself before the message. Address checks (callouts) look like this, and \
      clients that drop a mail of which no recipient was accepted.
      """,
    seenWhen: """
      RSET, EHLO, QUIT, a new MAIL or the client's close ends a transaction before the end of its data, with nothing \
      decided against it
      """,
    whatToDo: "nothing as a rule; if mail is missing, look in the client's log for why it stopped",
    references: ["RFC 5321 section 4.1.1.5", "RFC 5321 section 4.1.4"])
}

enum TransactionAbandoned: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.aborted) else { return }
    for draft in evidence.drafts where draft.transaction.outcome == .aborted {
      let how: String
      switch draft.ending {
      case .reset: how = "RSET"
      case .hello: how = evidence.session.kind == .lmtp ? "a new LHLO" : "a new EHLO"
      case .newMail: how = "a new MAIL"
      case .quit: how = "QUIT"
      case .turnedToTLS: how = "STARTTLS"
      case .answered, nil: continue  // the connection's end: no-quit tells that
      }
      let sender = visible(draft.transaction.reversePath ?? [])
      findings.add(
        Finding(
          .transactionAbandoned, transaction: draft.transaction.id,
          at: (draft.transaction.firstFrame, draft.transaction.start),
          message: "The client gave the mail from \(sender.isEmpty ? "<>" : sender) up with \(how)."))
    }
  }
}
