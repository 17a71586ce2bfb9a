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
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.isReadable, !evidence.isOneSided, evidence.closing == .finished(by: .client),
      evidence.session.greeting != nil, evidence.isUnfinished, evidence.openDraft?.transaction.message == nil,
      let asked = evidence.unanswered.first, !asked.hasHole, let sent = asked.sent,
      evidence.facts.clientPath.unacknowledged == 0,
      !findings.contains(
        .replyLost, .pathMTUBlackhole, .pathLostAfterIdle, .connectionSilent, .receiverStalled, .serverTimeout)
    else { return }
    // AUTH may have been answered with 334, and the secret is what is missing.
    guard asked.verb != .quit, asked.verb != .auth, asked.verb != .xExps,
      evidence.openDraft != nil || evidence.session.transactions.isEmpty
    else { return }
    let waited = evidence.clientLeft.map { $0.time.nanoseconds(since: sent.time) } ?? 0
    findings.add(
      Finding(
        .clientGaveUp, transaction: evidence.openDraft?.transaction.id, at: asked.commandPlace ?? evidence.end,
        message:
          "The client left while it waited for the answer to \(visible(asked.line)), after \(spoken(waited)); \(spoken(asked.patienceDue)) are due."
      ))
  }
}
