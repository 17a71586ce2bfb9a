internal import Wire

extension CatalogueEntry {
  static let mailboxUnknown = CatalogueEntry(
    .mailboxUnknown, .error, "there is no such mailbox",
    explanation: """
      The server says that the recipient does not exist. This is permanent: the sender gets a bounce for that address. \
      An address that worked before may have been closed, or the server's list of users is broken.
      """,
    seenWhen: """
      a 550, 551 or 553 reply to RCPT (or to the data of its only recipient) with enhanced code 5.1.1, 5.1.10 and the \
      like, or with words such as "user unknown" or "no such user"
      """,
    whatToDo: """
      check the address for typing errors; take it off the list if it is one; if the mailbox exists, look at the \
      server's recipient maps and directory synchronization
      """,
    references: ["RFC 3463 section 3.2", "RFC 5321 section 4.1.1.3"])
}

/// Recipients that the server does not know.
enum MailboxUnknown: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.mailboxUnknown) {
      let reason = refusal.reading.subject.map { "The reason that it gives: \($0)." }
      findings.add(refusal.finding(reason ?? (mayBeRelaying(refusal, evidence) ? alsoOfRelaying : "")))
    }
  }

  private static let alsoOfRelaying =
    "OpenSMTPD says the same where it does not relay: the domain may be none of its own, and the client not have logged in."

  /// Whether the words do not tell an unknown user from a foreign domain.
  private static func mayBeRelaying(_ refusal: Refusal, _ evidence: borrowing SessionEvidence) -> Bool {
    guard refusal.reply.enhanced == nil, refusal.reply.smallLetters.span.hasBytes("invalid recipient") else {
      return false
    }
    return evidence.session.greeting?.reply.smallLetters.span.holds("opensmtpd") ?? false
  }
}
