internal import SMTPDialogue

/// A refusal that no check explains: told as what it is, by the command that was refused. It stands behind all others.
enum UnexplainedRefusal: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    switch evidence.session.verdict.outcome {
    case .refused, .deferred: break
    case .delivered, .partial, .failed, .nothingSent, .unknown: return
    }
    switch SessionFindings.cause(of: evidence.session, among: findings.findings)?.id {
    case nil, .transactionAbandoned, .noQUIT, .serverClosedWithout421: break
    default: return
    }
    if let refusal = ofGreeting(evidence) ?? ofMail(evidence) { findings.add(refusal.finding()) }
  }

  private static func ofGreeting(_ evidence: borrowing SessionEvidence) -> Refusal? {
    guard evidence.drafts.isEmpty, let reply = evidence.session.greeting?.reply, reply.isNegative else { return nil }
    return Refusal(
      finding: reply.isPermanent ? .greetingRefused : .greetingDeferred, object: .greeting, reply: reply,
      reading: evidence.reader.reading(of: reply, to: .greeting))
  }

  private static func ofMail(_ evidence: borrowing SessionEvidence) -> Refusal? {
    for draft in evidence.drafts where !draft.hasHole {
      let transaction = draft.transaction
      guard transaction.outcome == .refused || transaction.outcome == .deferred else { continue }
      if var refusal = decision(on: transaction, draft.messageEnd, evidence) {
        refusal.transaction = transaction.id
        return refusal
      }
    }
    return nil
  }

  /// The reply that decided it, by the last step that was taken.
  private static func decision(
    on transaction: Transaction, _ end: MessageEnd?, _ evidence: borrowing SessionEvidence
  ) -> Refusal? {
    func refusal(
      _ reply: ReplyRecord, _ object: Refusal.Object, to step: ReplyMeaning.Step, _ permanent: FindingID,
      _ temporary: FindingID
    ) -> Refusal {
      Refusal(
        finding: reply.isPermanent ? permanent : temporary, object: object, reply: reply,
        reading: evidence.reader.reading(of: reply, to: step), line: Array("DATA".utf8))
    }
    if let reply = transaction.endReply, reply.isNegative {
      let size = transaction.message?.byteCount
      return refusal(
        reply, .message(bytes: size, isWhole: end != .unfinished), to: .endOfData, .messageRefused, .messageDeferred)
    }
    if let reply = transaction.mailReply, reply.isNegative {
      return refusal(reply, .sender(transaction.reversePath ?? []), to: .mail, .senderRefused, .senderDeferred)
    }
    if let first = transaction.recipients.first, let reply = first.reply, reply.isNegative,
      transaction.recipients.allSatisfy({ $0.reply?.isNegative ?? false })
    {
      return refusal(
        reply, .recipients(first: first.address, count: transaction.recipients.count), to: .rcpt, .recipientRefused,
        .recipientDeferred)
    }
    if let reply = transaction.dataReply, reply.isNegative {
      return refusal(reply, .transfer, to: .data, .messageRefused, .messageDeferred)
    }
    return nil
  }
}
