internal import TCPStreams

extension CatalogueEntry {
  static let captureEnded = CatalogueEntry(
    .captureEnded, .info, "the capture ended before the connection",
    explanation: "The connection was still open when the capture ended, so that the outcome may be missing.",
    seenWhen: "the last packets of the connection lie at the end of the capture and it was not closed",
    whatToDo: "let the capture run until the connection has ended; give all files of a ring on one command line",
    references: ["RFC 9293 section 3.6"])
}

enum CaptureEnded: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    let facts = evidence.facts
    guard facts.opening == .handshake || facts.opening == .midstream, facts.closing == .captureEnd,
      !evidence.session.hasQuit, facts.clientToServer.bytes > 0 || facts.serverToClient.bytes > 0, !facts.isDead
    else { return }
    findings.add(Finding(.captureEnded, at: evidence.end, message: "The capture ended before the connection did."))
  }
}
