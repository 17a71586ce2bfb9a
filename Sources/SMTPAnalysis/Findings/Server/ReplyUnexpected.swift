internal import SMTPDialogue
internal import Wire

enum ReplyUnexpected: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.unsolicited.isEmpty, evidence.pairingIsSure,
      !findings.contains(.serverErrorSwallowed, .proxyPreambleMismatch),
      // What looks like TLS to one and like commands to the other is answered in its own way.
      evidence.isReadable
    else { return }
    let hasUnknownChunk = evidence.traits.contains(.chunk) && evidence.exchanges.contains { $0.isUnknownChunk }
    for extra in evidence.unsolicited {
      let reply = extra.reply
      // The octets of the chunk were commands to it, and each line had its answer.
      if hasUnknownChunk, reply.code == 500 || reply.code == 502 { continue }
      // 421 may be said at any time (RFC 5321 section 3.8), and another refusal be meant for it.
      guard reply.code > 0, reply.code != 421, !evidence.isFarewell(reply) else { continue }
      // A client that is gone asked for nothing: it is told that its command or message has no end.
      if let left = evidence.clientLeft, left.time < reply.time, !evidence.session.hasQuit { continue }
      findings.add(
        Finding(
          .replyUnexpected, at: reply.place, message: sentence(reply, behind: extra.behind, evidence),
          evidence: reply.firstLine))
      return
    }
  }

  private static func sentence(_ reply: ReplyRecord, behind: Int, _ evidence: borrowing SessionEvidence) -> String {
    if let wrong = ReplyInvalidForCommand.first(in: evidence), let given = wrong.reply {
      return
        "The server said \(reply.quotedBriefly), which answers nothing: \(wrong.asked) had been answered \(given.code), so that its replies are one too many."
    }
    guard behind > 0, behind <= evidence.exchanges.count, let before = evidence.exchanges[behind - 1].reply,
      reply.time.nanoseconds(since: before.time) < second
    else { return "The server said \(reply.quotedBriefly), which answers nothing." }
    let asked = evidence.exchanges[behind - 1].asked
    return "The server answered \(asked) twice: \(before.code), then \(reply.quotedBriefly)."
  }

  private static let second: Int64 = 1_000_000_000
}

extension CatalogueEntry {
  static let replyUnexpected = CatalogueEntry(
    .replyUnexpected, .warning, "a reply that nothing asked for",
    explanation: """
      The server sent a reply while no command was waiting for one, or two replies to one command. From there on the \
      client takes each reply for that of another command, and its bounces tell nonsense.
      """,
    seenWhen: """
      a reply while nothing is pending, other than the greeting, 421, or a refusal that the server closes with; with \
      PIPELINING, more replies than commands
      """,
    whatToDo: "find out who sends it: a filter or proxy that answers beside the server; update it",
    references: ["RFC 5321 section 4.2", "RFC 2920 section 3.2"])
}
