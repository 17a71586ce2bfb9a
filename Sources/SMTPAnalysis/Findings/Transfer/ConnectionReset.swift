internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let connectionReset = CatalogueEntry(
    .connectionReset, .error, "the connection was reset",
    explanation: """
      One side aborted the connection in the middle of the dialogue instead of closing it. Its program crashed or was \
      killed, closed without reading what had come, or its host had lost the connection. What was not accepted yet \
      must be sent again.
      """,
    seenWhen: """
      an RST while the dialogue is unfinished, with nothing to show that it came from another place than the peer; \
      who, in which phase and after how many bytes is told; a client may leave an idle dialogue like that, a server may not
      """,
    whatToDo: """
      look in the log of the side that sent the reset, at that time; see whether it happens at the same step each \
      time; compare with a capture at that side, to be sure that it sent it
      """,
    references: ["RFC 9293 section 3.5.2", "RFC 5321 section 3.8"])
}

enum ConnectionReset: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard case .reset(let peer) = evidence.closing, evidence.isResetAnError,
      !findings.contains(
        .connectionResetByMiddlebox, .pathLostAfterIdle, .replyLost, .receiverStalled, .plaintextOnTLSPort,
        .tlsOnPlaintextPort)
    else { return }
    let reset = evidence.facts.path(of: peer).trouble?.reset
    findings.add(
      Finding(
        .connectionReset, transaction: evidence.openDraft?.transaction.id,
        at: reset.map { ($0.frame.number, $0.frame.time) } ?? evidence.end,
        message: "The \(peer.word) reset the connection at \(evidence.openStep)\(evidence.progress)."))
  }
}

extension SessionEvidence {
  private var hasTakenLeave: Bool {
    exchanges.last { $0.reply != nil }?.reply?.code == 421 || unsolicited.last?.reply.code == 421
  }

  /// A reset broke something: a message, a command that waits for its answer. One that only ends an idle dialogue, or comes
  /// behind QUIT, harms nothing. A client may leave an idle dialogue like that; a server must not.
  var isResetAnError: Bool {
    guard isReadable, !isOneSided else { return false }
    // What a server that has taken its leave answers with a reset came too late. One that closes with bytes of the
    // client unread sends no FIN, but the reset alone (RFC 9293 section 3.6.1).
    if closing == .reset(by: .server), hasTakenLeave { return false }
    if let draft = openDraft { return draft.transaction.outcome != .unknown }
    guard session.transactions.isEmpty, !session.hasQuit, !hasHoles else { return false }
    if session.greeting == nil { return facts.clientToServer.bytes > 0 && facts.serverToClient.bytes == 0 }
    guard closing == .reset(by: .server) else { return last.map { $0.reply == nil } ?? false }
    // One that has refused the client may leave as it likes; one that had not has failed it.
    return clientLeft == nil && exchanges.last { $0.reply != nil }?.reply?.isNegative != true
  }
}
