extension CatalogueEntry {
  static let recipientDeferred = CatalogueEntry(
    .recipientDeferred, .error, "the server puts a recipient off",
    explanation: """
      The RCPT command was answered by a temporary refusal. The mail for this recipient stays in the client's queue \
      and is tried again, for some days as a rule, before the sender gets a bounce.
      """,
    seenWhen: "a 4xx reply to RCPT whose text and enhanced code name no cause that has a finding of its own",
    whatToDo: """
      read the reply's text; see whether a later attempt passes; on the receiving side look for failing lookups (LDAP, \
      SQL, callouts) and limits
      """,
    references: ["RFC 5321 section 4.1.1.3", "RFC 5321 section 4.5.4.1"])
}

/// Recipients put off for no known reason.
enum RecipientDeferred: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.recipientDeferred) {
      findings.add(refusal.finding(because(refusal)))
    }
  }

  /// 4xx with the words of an unknown mailbox: the server could not ask its directory, or does not want to say so for good.
  static func because(_ refusal: Refusal) -> String {
    refusal.reading.meaning == .mailboxUnknown && refusal.reading.isExplicit
      ? "It reads as an unknown or disabled mailbox, and yet as temporary." : ""
  }
}
