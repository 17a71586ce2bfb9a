internal import SMTPDialogue

enum ReplyCodeChanged: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.oddities.contains(.codeChanged), evidence.repliesAreWhole else { return }
    for exchange in evidence.exchanges where exchange.oddities.contains(.codeChanged) {
      guard let reply = exchange.reply else { continue }
      if reply.lines.count == 1, evidence.session.kind == .lmtp {
        addJoined(reply, evidence, &findings)
      } else {
        add(reply, to: " to \(exchange.asked)", &findings)
      }
    }
    for extra in evidence.unsolicited where extra.oddities.contains(.codeChanged) {
      add(extra.reply, to: "", &findings)
    }
  }

  /// Lines that were taken for a recipient's each (RFC 2033 section 4.2).
  private static func addJoined(
    _ reply: ReplyRecord, _ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector
  ) {
    findings.add(
      Finding(
        .replyCodeChanged, at: reply.place,
        message:
          "Behind the data the server joined its replies for the recipients into one, whose lines have different codes: each line is taken for one recipient's, but a client may take the last for all of them, or wait for more."
      ))
  }

  private static func add(_ reply: ReplyRecord, to asked: String, _ findings: inout FindingCollector) {
    findings.add(
      Finding(
        .replyCodeChanged, at: reply.place,
        message: "The lines of the reply\(asked) have different codes; the last one, \(reply.code), counts."))
  }
}

extension CatalogueEntry {
  static let replyCodeChanged = CatalogueEntry(
    .replyCodeChanged, .warning, "a reply with more than one code",
    explanation: """
      All lines of one reply must bear the same code. Clients differ in which one they believe, so that one takes for \
      success what is failure for another.
      """,
    seenWhen: "lines of one multi-line reply with different codes",
    whatToDo: "correct the server, or the script or filter that adds lines to its replies",
    references: ["RFC 5321 section 4.2.1"])
}
