internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let replyLost = CatalogueEntry(
    .replyLost, .error, "the mail may be delivered twice",
    explanation: """
      The client sent the whole message and the end of its data, and the connection ended before the server's answer \
      arrived. The server may have taken the mail; the client cannot know and will send it again.
      """,
    seenWhen: """
      the end of data was sent, no reply follows, and one side closes, resets or falls silent; who left, and after how \
      long, is told
      """,
    whatToDo: """
      look at what the server does between the dot and its reply (content filter, full disk); raise the client's \
      data-done timeout to at least 10 minutes; compare the Message-ID of the next attempt
      """,
    references: ["RFC 1047", "RFC 5321 section 4.5.3.2.6", "RFC 5321 section 6.1"])
}

enum ReplyLost: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.isReadable, !evidence.isOneSided, !findings.contains(.pathMTUBlackhole, .receiverStalled) else {
      return
    }
    if let draft = evidence.openDraft {
      guard draft.transaction.outcome == .lost, draft.messageEnd == .sent || draft.messageEnd == .sentNonstandard
      else { return }
      if let reply = draft.transaction.endReply, !draft.isHeard(reply) {
        findings.add(unheard(reply, draft.transaction, evidence))
      } else {
        findings.add(unanswered(draft.transaction, evidence))
      }
    } else if let draft = evidence.drafts.last, let reply = draft.transaction.endReply, reply.code >= 200,
      reply.code < 300, !evidence.session.hasQuit || evidence.leaveSaidInVain != nil
    {
      lookAtUntold(draft.transaction, evidence, &findings)
    }
  }

  /// RFC 2033 section 4.2: each recipient has a reply of its own, and of some it never came.
  private static func lookAtUntold(
    _ transaction: Transaction, _ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector
  ) {
    let told = transaction.recipients.count { $0.dataReply != nil && $0.outcome != .unanswered }
    guard told > 0, !evidence.hasHoles, evidence.closing != .captureEnd else { return }
    let untold = transaction.recipients.filter { $0.outcome == .unanswered }
    guard let first = untold.first else { return }
    let others = untold.count > 1 ? " and \(untold.count - 1) more" : ""
    findings.add(
      Finding(
        .replyLost, transaction: transaction.id, at: evidence.end,
        message:
          "After the message the server answered for \(told) of \(told + untold.count) recipients, and not for \(visible(first.address))\(others); \(evidence.leaver). It may have been delivered there: another attempt may bring it twice."
      ))
  }

  private static func unanswered(_ transaction: Transaction, _ evidence: borrowing SessionEvidence) -> Finding {
    let asked = evidence.unanswered.first ?? evidence.last
    let end = evidence.facts.lastFrame.time
    let wait = asked?.sent.map { end.nanoseconds(since: $0.time) } ?? 0
    let size = transaction.message?.byteCount ?? 0
    let message: String
    if let stall = evidence.pathStall, stall.peer == .client {
      message =
        "The whole message (\(size) bytes) and the end of its data were sent, and were neither acknowledged nor answered: \(stall.story) in \(spoken(wait)), \(evidence.facts.errors.isEmpty ? "nothing came back" : evidence.icmpNote)."
    } else {
      message =
        "The whole message (\(size) bytes) and the end of its data were sent, and no answer came in \(spoken(wait)); \(leaver(behind: asked?.sent, evidence))."
    }
    return Finding(
      .replyLost, transaction: transaction.id, at: asked?.commandPlace ?? evidence.end,
      message: message + " The server may have taken it: another attempt may bring it twice.")
  }

  /// A client that closed its half together with the end of the data went on waiting: the server did not let it.
  private static func leaver(behind sent: Moment?, _ evidence: borrowing SessionEvidence) -> String {
    guard evidence.closing == .finished(by: .client), let sent, let left = evidence.clientLeft,
      TransactionDraft.ConnectionEnd.isHalfClose(at: left.time, behind: sent.time)
    else { return evidence.leaver }
    if evidence.facts.serverPath.trouble?.reset != nil {
      return "the client had only closed its own half of the connection, and the server reset it"
    }
    return evidence.serverLeft == nil
      ? evidence.leaver : "the client had only closed its own half of the connection, and the server closed the other"
  }

  /// RFC 1047: the server answered, and the client does not know: it had left, or does not hear the server any more.
  private static func unheard(_ reply: ReplyRecord, _ transaction: Transaction, _ evidence: borrowing SessionEvidence)
    -> Finding
  {
    let why: String
    if let stall = evidence.pathStall, stall.peer == .server {
      why = "the client never acknowledged the answer (\(stall.story) in \(spoken(stall.stall.duration)))"
    } else if let quit = evidence.leaveSaidInVain {
      let late = spoken(reply.time.nanoseconds(since: quit.time))
      why = "the client had given up and said QUIT \(late) before the answer"
    } else {
      let left = evidence.clientLeft?.time ?? evidence.facts.clientPath.trouble?.reset?.frame.time ?? reply.time
      why = "the client had closed the connection \(spoken(reply.time.nanoseconds(since: left))) before the answer"
    }
    return Finding(
      .replyLost, transaction: transaction.id, at: reply.place,
      message:
        "The server \(reply.isNegative ? "did not take" : "took") the message (\(reply.quoted)), but \(why): it does not know that, and will send it again."
    )
  }
}
