internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// How the connection began and ended, told at the step of the dialogue that it broke.
enum ConnectionChecks: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    switch evidence.facts.opening {
    case .refused:
      findings.add(
        Finding(
          .connectionRefused, at: evidence.end,
          message: "\(evidence.facts.server) refused the connection: its SYN was answered with a reset."))
    case .unanswered:
      guard evidence.facts.clientToServer.packets > 1 || evidence.facts.closing != .captureEnd else { return }
      findings.add(
        Finding(
          .connectionUnanswered, at: evidence.start,
          message:
            "\(evidence.facts.server) never answered: \(evidence.facts.clientToServer.packets) SYNs in \(spoken(duration(evidence)))."
        ))
    case .handshake, .midstream:
      lookAtEnd(evidence, &findings)
    }
  }

  private static func duration(_ evidence: SessionEvidence) -> Int64 {
    evidence.facts.lastFrame.time.nanoseconds(since: evidence.facts.firstFrame.time)
  }

  private static func lookAtEnd(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    let closing = evidence.facts.closing ?? .captureEnd
    let session = evidence.session
    guard session.tls.map({ $0.outcome == .refused || $0.isReadable }) ?? true else { return }
    if session.greeting == nil {
      lookAtMissingGreeting(evidence, closing, &findings)
      return
    }
    guard !evidence.isOneSided else { return }
    let open = evidence.drafts.last { draft in
      (draft.transaction.outcome == .lost || draft.transaction.outcome == .aborted
        || draft.transaction.outcome == .unknown)
        && draft.ending == nil || draft.transaction.outcome == .lost
    }
    // A farewell of the server for its own timeout.
    let isFarewell = { (reply: ReplyRecord) in reply.code == 421 || reply.code == 451 }
    let farewell =
      evidence.exchanges.suffix(2).last { $0.reply.map(isFarewell) ?? false }?.reply
      ?? evidence.unsolicited.last { isFarewell($0.reply) }?.reply
    if let farewell, ReplyMeaning(farewell, to: .other) == .timeout {
      lookAtTimeout(farewell, open, evidence, &findings)
      return
    }
    guard let open else {
      lookAtEndWithoutMail(evidence, closing, &findings)
      return
    }
    let transaction = open.transaction
    if open.messageEnd == .sent || open.messageEnd == .sentNonstandard {
      guard transaction.outcome == .lost else { return }
      let who = leaver(closing)
      let wait = evidence.last?.sent.map { evidence.facts.lastFrame.time.nanoseconds(since: $0.time) } ?? 0
      findings.add(
        Finding(
          .replyLost, transaction: transaction.id, at: evidence.last?.commandPlace ?? evidence.end,
          message:
            "The message of \(transaction.message?.byteCount ?? 0) bytes and the end of its data were sent, and no answer came in \(spoken(wait)); \(who). The server may have taken it: a new attempt may bring it twice."
        ))
      return
    }
    lookAtBrokenTransaction(transaction, evidence, closing, &findings)
  }

  private static func lookAtBrokenTransaction(
    _ transaction: Transaction, _ evidence: SessionEvidence, _ closing: ConnectionFacts.Closing,
    _ findings: inout FindingCollector
  ) {
    let sent = transaction.message?.byteCount
    let place = sent.map { "after \($0) bytes of the message" } ?? "before the message was sent"
    switch closing {
    case .reset(let peer):
      findings.add(
        Finding(
          .connectionReset, transaction: transaction.id, at: evidence.end,
          message: "The \(peer == .client ? "client" : "server") reset the connection \(place)."))
    case .finished(.client) where sent != nil:
      findings.add(
        Finding(
          .transferIncomplete, transaction: transaction.id, at: evidence.end,
          message:
            "The client closed the connection inside the message, after \(sent ?? 0) bytes; no end of data was sent."))
    case .finished(.server):
      if sent != nil {
        findings.add(
          Finding(
            .transferIncomplete, transaction: transaction.id, at: evidence.end,
            message: "The server closed the connection inside the message, after \(sent ?? 0) bytes."))
      }
    case .finished(.client):
      if let last = evidence.last, last.reply == nil, !last.hasHole, let asked = last.sent {
        let waited = evidence.facts.lastFrame.time.nanoseconds(since: asked.time)
        findings.add(
          Finding(
            .clientGaveUp, transaction: transaction.id, at: last.commandPlace ?? evidence.end,
            message: "The client left while it waited for the answer to \(visible(last.line)), after \(spoken(waited))."
          ))
      }
    case .timeout:
      findings.add(
        Finding(
          .connectionSilent, transaction: transaction.id, at: evidence.end,
          message: "The connection fell silent \(place); neither side closed it."))
    case .captureEnd:
      break
    }
  }

  private static func lookAtTimeout(
    _ farewell: ReplyRecord, _ open: TransactionDraft?, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    let transaction = open?.transaction.id
    if let open, open.transaction.message != nil, open.messageEnd == .unfinished, evidence.gaps.client == 0,
      !evidence.isClipped
    {
      let hex = evidence.unfinishedTail.suffix(16).map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
      }.joined(separator: " ")
      findings.add(
        Finding(
          .endOfDataMissing, transaction: transaction, at: farewell.place,
          message:
            "The client sent \(open.transaction.message?.byteCount ?? 0) bytes of the message and then waited, but they do not end with CRLF . CRLF (they end with \(hex)): the server waited too, until \(farewell.quoted).",
          evidence: Array(evidence.unfinishedTail.suffix(16))))
      return
    }
    findings.add(
      Finding(
        .serverTimeout, transaction: transaction, at: farewell.place,
        message: "The server gave up after the client had been silent: \(farewell.quoted).",
        evidence: Array(String(farewell.code).utf8) + [0x20] + (farewell.lines.first ?? [])))
  }

  private static func lookAtMissingGreeting(
    _ evidence: SessionEvidence, _ closing: ConnectionFacts.Closing, _ findings: inout FindingCollector
  ) {
    guard evidence.facts.opening == .handshake, !evidence.isOneSided, evidence.gaps.server == 0,
      closing != .captureEnd, evidence.session.tls == nil
    else { return }
    if evidence.facts.serverToClient.bytes == 0,
      evidence.facts.clientToServer.bytes == 0 || closing == .reset(by: .server) || closing == .timeout
    {
      if case .reset(let peer) = closing, evidence.facts.clientToServer.bytes > 0 {
        findings.add(
          Finding(
            .connectionReset, at: evidence.end,
            message: "The \(peer == .client ? "client" : "server") reset the connection before the server had greeted.")
        )
        return
      }
      findings.add(
        Finding(
          .greetingMissing, at: evidence.end,
          message:
            "The connection stood for \(spoken(duration(evidence))) and the server never greeted; \(leaver(closing))."))
    }
  }

  private static func lookAtEndWithoutMail(
    _ evidence: SessionEvidence, _ closing: ConnectionFacts.Closing, _ findings: inout FindingCollector
  ) {
    guard evidence.session.transactions.isEmpty, !evidence.session.hasQuit, let last = evidence.last, !evidence.hasHoles
    else { return }
    if case .reset(let peer) = closing, last.reply == nil {
      findings.add(
        Finding(
          .connectionReset, at: evidence.end,
          message:
            "The \(peer == .client ? "client" : "server") reset the connection while \(visible(last.line)) waited for its answer."
        ))
    }
  }

  private static func leaver(_ closing: ConnectionFacts.Closing) -> String {
    switch closing {
    case .finished(.client): "the client closed the connection"
    case .finished(.server): "the server closed the connection"
    case .reset(.client): "the client reset the connection"
    case .reset(.server): "the server reset the connection"
    case .timeout: "neither side closed the connection"
    case .captureEnd: "the capture ends there"
    }
  }
}
