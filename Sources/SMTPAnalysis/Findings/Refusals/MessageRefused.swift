internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let messageRefused = CatalogueEntry(
    .messageRefused, .error, "the server refuses the message",
    explanation: """
      The server refused at DATA or after the whole message, for good, for a reason that has no finding of its own. No \
      recipient of this transaction gets it (LMTP: those whose own reply refused) and the sender gets a bounce.
      """,
    seenWhen: """
      a 5xx reply to DATA, to a chunk or to the end of the data whose text and enhanced code name no cause that has a \
      finding of its own; too many hops (5.4.6) is told here too
      """,
    whatToDo: """
      read the reply; look in the server's log for the queue id or session; 554 to DATA alone often means that no \
      recipient was valid
      """,
    references: ["RFC 5321 section 4.2.5", "RFC 5321 section 4.1.1.4"])
}

/// A mail refused at DATA or after it, for no reason that has a finding of its own.
enum MessageRefused: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.messageRefused) {
      findings.add(refusal.finding(because(refusal, evidence)))
    }
  }

  static func because(_ refusal: Refusal, _ evidence: borrowing SessionEvidence) -> String {
    switch refusal.reading.meaning {
    case .loop: "The mail goes round in circles: it has passed too many hosts\(loop(evidence))."
    case _ where isKept(refusal.reply):
      "The server says that it kept the message all the same: it may arrive though the sender is told otherwise."
    case .mailboxUnknown: "It reads as an unknown recipient."
    case .senderUnknown: "It reads as a refusal of the sender."
    default: ""
    }
  }

  /// Exim's `control = fakereject` takes the message and says that it does not.
  private static func isKept(_ reply: ReplyRecord) -> Bool {
    let words = reply.smallLetters
    let phrases: [StaticString] = ["kept for evaluation", "may still be delivered"]
    return phrases.contains { words.span.holds($0) }
  }

  /// A server that calls itself what the client calls itself sends to itself.
  private static func loop(_ evidence: borrowing SessionEvidence) -> String {
    guard let helo = evidence.session.helo?.argument, !helo.isEmpty,
      let name = evidence.session.greeting?.reply.lines.first?.prefix(while: { $0 != 0x20 }),
      equalsIgnoringCase(name, helo)
    else { return "" }
    return ", and both ends call themselves \(visible(helo))"
  }
}
