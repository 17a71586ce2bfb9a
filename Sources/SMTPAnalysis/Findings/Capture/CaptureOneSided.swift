internal import TCPStreams

extension CatalogueEntry {
  static let captureOneSided = CatalogueEntry(
    .captureOneSided, .warning, "only one direction was captured",
    explanation: """
      The capture has the packets of one side only, so that commands stand without replies or the reverse. The other \
      direction took another route or another mirror port.
      """,
    seenWhen: """
      a connection with data in one direction and not one packet of the other, while acknowledgements show that there \
      were some
      """,
    whatToDo: """
      mirror both directions (receive and transmit) of the port; capture on the host itself; with two links bonded, \
      capture on both
      """,
    references: ["RFC 9293 section 3.4"])
}

enum CaptureOneSided: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let facts = evidence.facts
    // Who ends the handshake acknowledges what the other side sent, whether or not anything was said behind it.
    guard evidence.isOneSided,
      facts.opening == .handshake
        || facts.opening == .midstream && facts.clientToServer.bytes + facts.serverToClient.bytes > 0
    else { return }
    let seen = facts.clientToServer.packets > 0 ? "client's" : "server's"
    findings.add(
      Finding(
        .captureOneSided, at: evidence.start,
        message: "Only the \(seen) direction was captured: what the other side said is not known."))
  }
}
