extension CatalogueEntry {
  static let tooManyRecipients = CatalogueEntry(
    .tooManyRecipients, .warning, "more recipients than the server takes at a time",
    explanation: """
      The server stopped accepting recipients after some number of them. Those accepted get the mail; the others must \
      be sent in another transaction, which proper clients do by themselves. Servers have to take at least 100.
      """,
    seenWhen: """
      452 (or 552, which means the same here) to RCPT after other recipients had been accepted in the transaction, \
      with no word of storage or of a full mailbox
      """,
    whatToDo: """
      lower the client's recipients per mail (`smtp_destination_recipient_limit`, `max_rcpt`); raise the server's \
      limit to 100 at least; check that the client sent the rest later
      """,
    references: ["RFC 5321 section 4.5.3.1.10", "RFC 5321 section 4.5.3.1.8"])
}

/// Recipients over the number that the server takes at a time.
enum TooManyRecipients: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.tooManyRecipients) {
      let isMadeGood = wasMadeGood(refusal.transaction, evidence)
      findings.add(
        refusal.finding(
          because(refusal) + (isMadeGood ? " They were, in this session, and the server took it." : "")))
    }
  }

  private static func because(_ refusal: Refusal) -> String {
    let count = refusal.acceptedBefore
    guard count > 0 else { return "" }
    return
      "\(count) recipient\(count == 1 ? " was" : "s were") accepted before; the others must be sent in another mail."
  }

  /// Whether the client sent a mail again at once to those that were one too many (RFC 5321 section 4.5.3.1.10), and the
  /// server took it.
  static func wasMadeGood(_ id: Int?, _ evidence: borrowing SessionEvidence) -> Bool {
    guard let id, let first = evidence.transaction(id), first.recipients.contains(where: { $0.outcome == .accepted })
    else { return false }
    var missed = Set(
      first.recipients.lazy.filter { $0.reply.map { $0.code == 452 || $0.code == 552 } ?? false }.map(\.address))
    for later in evidence.drafts.dropFirst(id).prefix(mostMails)
    where later.transaction.reversePath == first.reversePath {
      for recipient in later.transaction.recipients where recipient.outcome == .accepted {
        missed.remove(recipient.address)
      }
    }
    return missed.isEmpty
  }

  /// Mails that are looked through for the rest of one: each may have as many recipients as the server takes.
  private static let mostMails = 8
}
