internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let clientGaveUp = CatalogueEntry(
    .clientGaveUp, .error, "the client did not wait long enough",
    explanation: """
      The client closed while it was waiting for a reply, sooner than the standard allows. The server may have been \
      slow (reverse DNS, callouts, filters), but a proper client waits minutes. After the end of the data this makes \
      duplicates, see reply-lost.
      """,
    seenWhen: """
      a command (or the data) is unanswered, the server was reachable to the last, and the client closes before the \
      minimum wait for that step: 5 minutes for the greeting, MAIL and RCPT, 2 for DATA, 3 for a block of data, 10 for \
      the final dot
      """,
    whatToDo: """
      raise the client's timeouts to these minima; find out why the server was slow at this step; look for proxies \
      between that have a timeout of their own
      """,
    references: ["RFC 5321 section 4.5.3.2"])
}

enum ClientGaveUp: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.isReadable, !evidence.isOneSided,
      evidence.closing == .finished(by: .client) || evidence.leaveSaidInVain != nil,
      evidence.session.greeting != nil, let asked = evidence.unanswered.first, !asked.hasHole,
      let sent = evidence.answerIsDue(to: asked),
      evidence.facts.clientPath.unacknowledged == 0,
      !findings.contains(
        .replyLost, .pathMTUBlackhole, .pathLostAfterIdle, .connectionSilent, .receiverStalled, .serverTimeout,
        .notSMTPClient)
    else { return }
    // It had its answer: a greeting that refuses leaves only QUIT (RFC 5321 section 3.1), and what the server said of
    // how the client minds its turns is said of all that was sent by then.
    if evidence.session.greeting?.reply.isNegative == true { return }
    if let refusal = evidence.refusalOfProtocol, refusal.time >= sent.time { return }
    let quit = quit(behind: sent, evidence)
    let draft = evidence.openDraft ?? quit.flatMap { _ in abandoned(evidence) }
    guard evidence.isUnfinished || quit != nil, draft?.transaction.message == nil, asked.verb != .quit,
      draft != nil || evidence.session.transactions.isEmpty
    else { return }
    let waited = (quit ?? evidence.clientLeft).map { $0.time.nanoseconds(since: sent.time) } ?? 0
    // What the client said last behind a 334 may have been no response, but its leave.
    if evidence.lastChallenge != nil, asked.verb == .auth || asked.verb == .xExps, waited < shortestWait { return }
    if quit != nil, let draft {
      findings.withdraw([.transactionAbandoned], at: draft.transaction.firstFrame, of: draft.transaction.id)
    }
    if waited >= asked.patienceDue {
      findings.add(
        Finding(
          .serverTimeout, transaction: draft?.transaction.id, at: asked.commandPlace ?? evidence.end,
          message: "The server did not answer \(asked.name) in \(spoken(waited)), and the client gave up."))
      return
    }
    findings.add(
      Finding(
        .clientGaveUp, transaction: draft?.transaction.id, at: asked.commandPlace ?? evidence.end,
        message:
          "The client left while it waited for the answer to \(visible(asked.line)), after \(spoken(waited)); \(spoken(asked.patienceDue)) are due."
      ))
  }

  /// When the client said QUIT to a server that answers nothing any more. One that is sent ahead with what it ends waits for
  /// nobody.
  private static func quit(behind sent: Moment, _ evidence: borrowing SessionEvidence) -> Moment? {
    guard let last = evidence.unanswered.last, last.verb == .quit, let quit = last.sent,
      quit.time.nanoseconds(since: sent.time) >= shortestWait
    else { return nil }
    return quit
  }

  private static func abandoned(_ evidence: borrowing SessionEvidence) -> TransactionDraft? {
    evidence.drafts.last.flatMap { $0.ending == .quit && $0.transaction.outcome == .aborted ? $0 : nil }
  }

  private static let shortestWait: Int64 = 5_000_000_000
}
