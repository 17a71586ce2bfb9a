extension CatalogueEntry {
  static let greylisted = CatalogueEntry(
    .greylisted, .warning, "put off by greylisting",
    explanation: """
      The server turns away what it sees for the first time (this client, sender and recipient) and accepts it when it \
      comes back some minutes later. Proper servers come back by themselves. Mail is lost only if the client never \
      retries, or retries from ever new addresses.
      """,
    seenWhen: """
      a 4xx reply to RCPT or DATA that reads as greylisting, by its words or as 450/451 with 4.7.1; where the same \
      sender and recipient pass in a later session, that session tells it for information, and after how long
      """,
    whatToDo: """
      wait; if it never passes, see that the client retries from the same address or network, and that its retry \
      interval is shorter than the receiver's window; on the receiving side let known senders and large pools pass \
      without it
      """,
    references: ["RFC 6647 section 2", "RFC 5321 section 4.5.4.1"])
}

/// A recipient or mail that is put off because it was never seen before.
enum Greylisted: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.greylisted) {
      findings.add(refusal.finding("This is greylisting: the same mail passes when it comes back after some minutes."))
    }
  }
}
