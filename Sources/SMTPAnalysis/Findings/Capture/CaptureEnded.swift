internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let captureEnded = CatalogueEntry(
    .captureEnded, .info, "the capture ended before the connection",
    explanation: "The connection was still open when the capture ended, so that the outcome may be missing.",
    seenWhen: "the last packets of the connection lie at the end of the capture and it was not closed",
    whatToDo: "let the capture run until the connection has ended; give all files of a ring on one command line",
    references: ["RFC 9293 section 3.6"])
}

enum CaptureEnded: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let opening = evidence.facts.opening
    // Whether the path is dead is asked last, for it takes the longest to tell.
    let isOpen =
      (opening == .handshake || opening == .midstream)
      && (evidence.facts.closing == .captureEnd && (!evidence.session.hasQuit || awaitsOutcome(evidence))
        || evidence.awaitsAnswerToData)
      && !evidence.facts.isDead
    guard isOpen || evidence.facts.endedInOpening, !findings.contains(.greetingMissing, .connectionUnanswered)
    else { return }
    findings.add(Finding(.captureEnded, at: evidence.end, message: "The capture ended before the connection did."))
  }

  /// A client that had waited in vain and said QUIT: the answers to both may have come later.
  private static func awaitsOutcome(_ evidence: borrowing SessionEvidence) -> Bool {
    evidence.session.quitReply == nil && !evidence.hasHoles
      && evidence.drafts.contains { $0.transaction.outcome == .unknown }
  }
}

extension SessionEvidence {
  /// The end of the data was sent, and its answer was yet to come when the capture ended. The client may have said QUIT
  /// and closed its half by then.
  fileprivate var awaitsAnswerToData: Bool {
    guard let draft = drafts.last, draft.transaction.outcome == .unknown, !draft.hasHole, !hasHoles else {
      return false
    }
    return draft.messageEnd == .sent || draft.messageEnd == .sentNonstandard
  }
}

extension ConnectionFacts {
  /// Whether the capture ended so shortly behind the SYN that an answer may still have come: a client that waits in vain sends
  /// it again after a second, an old one after three (RFC 6298 section 2 and appendix A). An ICMP error is an answer
  /// (RFC 1122 section 4.2.3.9).
  var endedInOpening: Bool {
    opening == .unanswered && closing == .captureEnd && clientToServer.packets == 1
      && silence.afterwards < 3_000_000_000
      && !errors.contains { $0.about == .client && ($0.blocks || $0.kind == .portUnreachable) }
  }
}
