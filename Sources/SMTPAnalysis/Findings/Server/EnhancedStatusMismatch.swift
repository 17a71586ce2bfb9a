internal import SMTPDialogue
internal import Wire

enum EnhancedStatusMismatch: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for exchange in evidence.exchanges {
      // Of a reply with several codes, none is the one that the status goes with.
      guard let reply = exchange.reply, let enhanced = reply.enhanced, enhanced.class != reply.code / 100,
        !exchange.oddities.contains(.codeChanged)
      else { continue }
      findings.add(
        Finding(
          .enhancedStatusMismatch, transaction: exchange.transaction, at: reply.place,
          message:
            "The reply to \(exchange.asked) says \(reply.code) and \(enhanced): \(meaning(reply.code / 100)) by the one, \(meaning(enhanced.class)) by the other.",
          evidence: reply.firstLine))
    }
  }

  private static func meaning(_ digit: Int) -> String {
    switch digit {
    case 2: "success"
    case 4: "a temporary failure"
    case 5: "a permanent failure"
    default: "something to go on with"
    }
  }
}

extension CatalogueEntry {
  static let enhancedStatusMismatch = CatalogueEntry(
    .enhancedStatusMismatch, .info, "the two codes of a reply contradict each other",
    explanation: """
      The enhanced status code begins with the class of the reply: 2, 4 or 5. Here it is another, and clients differ \
      in which they believe: one bounces what another tries again.
      """,
    seenWhen: "the first digit of the enhanced status code is not that of the reply code",
    whatToDo:
      "correct the server's configuration, mostly a reply text written by hand (`REJECT 4.7.1 ...`, `DEFER 5....`)",
    references: ["RFC 2034 section 4", "RFC 3463 section 2"])
}
