internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let captureGap = CatalogueEntry(
    .captureGap, .warning, "packets are missing from the capture",
    explanation: """
      One side acknowledged bytes that the capture does not hold: the host that captured was too slow, or a part of \
      the packets took another way. What stands in the gap is unknown, and findings that it could fake are not made.
      """,
    seenWhen: "an acknowledgement covers bytes of the other side that were never seen",
    whatToDo: """
      capture with a larger buffer (`tcpdump -B 16384`) and a filter, write to a fast disk; on a switch see that the \
      mirror port is not overloaded
      """,
    references: ["RFC 9293 section 3.4"])
}

enum CaptureGap: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let facts = evidence.facts
    guard facts.clientToServer.missingBytes > 0 || facts.serverToClient.missingBytes > 0, !evidence.isOneSided,
      !evidence.isClipped
    else { return }
    let missing = Peer.allCases.reduce(0) {
      $0 + facts[$1].missingBytes - (facts.path(of: $1).trouble?.unconfirmedGaps ?? 0)
    }
    guard missing > 0 else { return }
    findings.add(
      Finding(
        .captureGap, at: evidence.gaps.first.map { ($0.frame, $0.time) } ?? evidence.start,
        message: "\(missing) bytes were acknowledged and are not in the capture: it lost packets, the network did not.")
    )
  }
}
