internal import SMTPDialogue
internal import TCPStreams

extension CatalogueEntry {
  static let transferIncomplete = CatalogueEntry(
    .transferIncomplete, .error, "the connection ended inside the message",
    explanation: """
      The client was sending the message when the connection ended, before the end of the data. The server must throw \
      away what it has. The client keeps the mail and tries again from the start; if it ends at the same place each \
      time, the cause is in the path or in the contents.
      """,
    seenWhen: """
      DATA was answered by 354 (or a BDAT chunk was begun) and the connection ended before the terminating dot, or \
      before the chunk's last byte; the bytes that were sent are told
      """,
    whatToDo: """
      see who ended it and how (reset, close, silence), and look there; compare the place with other attempts: always \
      the same place suggests a content filter, always about 1500 bytes the path MTU
      """,
    references: ["RFC 5321 section 4.1.1.4", "RFC 5321 section 3.8"])
}

enum TransferIncomplete: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.isReadable, !evidence.isOneSided, let draft = evidence.openDraft,
      draft.messageEnd == .unfinished || draft.messageEnd == nil, let message = draft.transaction.message,
      draft.transaction.outcome != .unknown,
      !findings.contains(
        .pathMTUBlackhole, .pathLostAfterIdle, .connectionSilent, .receiverStalled, .endOfDataMissing, .serverTimeout,
        .chunkSizeMismatch)
    else { return }
    let message1 = "after \(message.byteCount) bytes of it; the end of the data was never sent."
    guard case .finished(let peer) = evidence.closing else { return }
    findings.add(
      Finding(
        .transferIncomplete, transaction: draft.transaction.id, at: evidence.end,
        message: "The \(peer.word) closed the connection in the middle of the message, \(message1)"))
  }
}
