internal import SMTPDialogue
internal import Wire

enum ServerErrorSwallowed: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.pairingIsSure else { return }
    let extras = repliesBehindEnds(evidence)
    for (index, draft) in evidence.drafts.enumerated() {
      guard let end = draft.transaction.endReply, end.isPositive, !draft.hasHole,
        let error = refusal(of: draft) ?? refusalBefore(index, evidence) ?? contradiction(of: end, extras)
      else { continue }
      findings.add(
        Finding(
          .serverErrorSwallowed, transaction: draft.transaction.id, at: end.place,
          message: "The server accepted the message (\(end.quotedBriefly)), although it \(error).",
          evidence: end.firstLine))
    }
  }

  /// What the mail depends on, and was refused.
  private static func refusal(of draft: TransactionDraft) -> String? {
    if draft.transaction.transfer == .bdat, let reply = draft.transaction.dataReply, reply.isNegative {
      return "had refused a chunk of it: \(reply.quotedBriefly)"
    }
    let recipients = draft.transaction.recipients
    if let last = recipients.last?.reply, recipients.allSatisfy({ $0.reply?.isNegative ?? false }) {
      let all = recipients.count == 1 ? "its only recipient" : "all \(recipients.count) recipients"
      return "had refused \(all): \(last.quotedBriefly)"
    }
    return nil
  }

  /// A message without a MAIL of its own is sent for the one before it, which was refused.
  private static func refusalBefore(_ index: Int, _ evidence: borrowing SessionEvidence) -> String? {
    guard index > 0, evidence.drafts[index].transaction.reversePath == nil,
      let reply = evidence.drafts[index - 1].transaction.mailReply, reply.isNegative
    else { return nil }
    return "had refused its sender: \(reply.quotedBriefly)"
  }

  /// A refusal that follows at once and answers nothing else.
  private static func contradiction(of end: ReplyRecord, _ extras: [Int: ReplyRecord]) -> String? {
    guard let extra = extras[end.frame], extra.isNegative, extra.code != 421,
      extra.time.nanoseconds(since: end.time) < second
    else { return nil }
    return "said \(extra.quotedBriefly) right behind it"
  }

  /// By the frames of the replies to ends of messages, those that nobody asked for right behind the first in that frame.
  /// Looked up once: a session may have very many mails.
  private static func repliesBehindEnds(_ evidence: borrowing SessionEvidence) -> [Int: ReplyRecord] {
    guard !evidence.unsolicited.isEmpty else { return [:] }
    let behind = Dictionary(evidence.unsolicited.map { ($0.behind, $0.reply) }, uniquingKeysWith: { first, _ in first })
    var frames: Set<Int> = []
    var extras: [Int: ReplyRecord] = [:]
    for (index, exchange) in evidence.exchanges.enumerated() where exchange.step.isEndOfMessage {
      guard let frame = exchange.reply?.frame, frames.insert(frame).inserted else { continue }
      extras[frame] = behind[index + 1]
    }
    return extras
  }

  private static let second: Int64 = 1_000_000_000
}

extension Exchange.Step {
  fileprivate var isEndOfMessage: Bool {
    switch self {
    case .endOfData, .chunk(isLast: true): true
    case .greeting, .command, .chunk, .unseen: false
    }
  }
}

extension CatalogueEntry {
  static let serverErrorSwallowed = CatalogueEntry(
    .serverErrorSwallowed, .warning, "the server contradicted itself about the mail",
    explanation: """
      The server refused something that the mail depends on and accepted the mail in the end all the same, or the \
      reverse, in a way that will mislead the client. Mail may be lost while both sides believe it is well, or be sent \
      twice.
      """,
    seenWhen: "an accepted end of data after every recipient had been refused, after DATA was refused, and the like",
    whatToDo: """
      look at the dialogue; update the server or the proxy in front of it; check by the Message-ID whether the mail \
      arrived
      """,
    references: ["RFC 5321 section 3.3", "RFC 5321 section 4.2.5"])
}
