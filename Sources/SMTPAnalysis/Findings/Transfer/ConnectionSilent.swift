internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let connectionSilent = CatalogueEntry(
    .connectionSilent, .error, "the path went dead in the middle",
    explanation: """
      One side went on sending, and nothing came back any more: no acknowledgement, no close, no reset. The other host \
      vanished (crash, power, address change), or a device between stopped passing its packets.
      """,
    seenWhen: """
      retransmissions at the end of the connection stay unanswered, without FIN or RST, in a capture that goes on long \
      enough; who kept sending is told
      """,
    whatToDo: """
      capture at the other end to see whether the packets arrive; look for a change of address or route, failed-over \
      firewalls without shared state, and reboots at that time
      """,
    references: ["RFC 9293 section 3.8.1", "RFC 9293 section 3.8.3"])
}

enum ConnectionSilent: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.isOneSided, evidence.isUnfinished,
      !findings.contains(.pathMTUBlackhole, .pathLostAfterIdle, .receiverStalled, .replyLost)
    else { return }
    if let found = evidence.pathStall {
      look(at: found, evidence, &findings)
    } else if evidence.closing == .timeout, evidence.session.greeting?.reply.code == 220, evidence.isReadable {
      findings.add(
        Finding(
          .connectionSilent, transaction: evidence.openDraft?.transaction.id, at: evidence.end,
          message:
            "The connection fell silent at \(evidence.openStep)\(evidence.progress); neither side closed it."))
    }
  }

  private static func look(
    at found: PathStall, _ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector
  ) {
    let step = evidence.openStep
    let lasted = spoken(found.stall.duration)
    let message: String
    switch found.cause {
    case .silence, .idle:
      message =
        "The path went dead at \(step)\(evidence.progress): the \(found.peer.word) went on for \(lasted), with \(found.story), and no acknowledgement, FIN or RST came back; \(evidence.icmpNote)."
    case .swallowed:
      message =
        "\(sentenceStart(step)) stalled for \(lasted)\(evidence.progress): \(found.story) were never acknowledged, though the \(found.peer.other.word) was heard meanwhile: something on the way drops just these bytes, or what the \(found.peer.word) sends at all."
        + evidence.optionsNote
    case .tooLarge:
      return
    }
    findings.add(
      Finding(
        .connectionSilent, transaction: evidence.openDraft?.transaction.id, at: found.place, message: message))
  }
}
