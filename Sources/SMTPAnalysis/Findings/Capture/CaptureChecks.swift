internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// What the capture lacks, and what of the path is seen in the counts of the connection.
enum CaptureChecks: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    let facts = evidence.facts
    guard facts.opening == .handshake || facts.opening == .midstream else { return }
    let clipped = facts.clientToServer.clippedSegments + facts.serverToClient.clippedSegments
    if clipped > 0, evidence.gaps.client + evidence.gaps.server > 0 || missingInMessages(evidence) {
      findings.add(
        Finding(
          .captureClipped, at: evidence.start,
          message:
            "\(clipped) packet\(clipped == 1 ? " was" : "s were") cut by the capture's snap length: long lines and messages are not whole."
        ))
    }
    let missing = facts.clientToServer.missingBytes + facts.serverToClient.missingBytes
    if missing > 0, clipped == 0, !evidence.isOneSided {
      findings.add(
        Finding(
          .captureGap, at: evidence.gaps.first.map { ($0.frame, $0.time) } ?? evidence.start,
          message:
            "\(missing) bytes were acknowledged and are not in the capture: it lost packets, the network did not."))
    }
    if evidence.isOneSided, facts.clientToServer.bytes + facts.serverToClient.bytes > 0 {
      let seen = facts.clientToServer.packets > 0 ? "client's" : "server's"
      findings.add(
        Finding(
          .captureOneSided, at: evidence.start,
          message: "Only the \(seen) direction was captured: what the other side said is not known."))
    }
    if facts.opening == .midstream {
      findings.add(
        Finding(.captureMidstream, at: evidence.start, message: "The connection began before the capture did."))
    }
    if facts.closing == .captureEnd, !evidence.session.hasQuit,
      facts.clientToServer.bytes > 0 || facts.serverToClient.bytes > 0
    {
      findings.add(
        Finding(.captureEnded, at: evidence.end, message: "The capture ended before the connection did."))
    }
    lookAtPath(facts, evidence, &findings)
  }

  private static func missingInMessages(_ evidence: SessionEvidence) -> Bool {
    evidence.drafts.contains { ($0.transaction.message?.missingBytes ?? 0) > 0 }
  }

  private static func lookAtPath(
    _ facts: ConnectionFacts, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    for (peer, direction) in [("client", facts.clientToServer), ("server", facts.serverToClient)] {
      let total = direction.bytes + direction.retransmittedBytes
      if direction.retransmittedSegments >= 5, total > 0, direction.retransmittedBytes * 50 > total {
        findings.add(
          Finding(
            .heavyLoss, at: evidence.end,
            message:
              "The \(peer) sent \(direction.retransmittedBytes) of \(total) bytes again, in \(direction.retransmittedSegments) segments."
          ))
      }
      if direction.conflictingBytes > 0 {
        findings.add(
          Finding(
            .inconsistentRetransmission, at: evidence.start,
            message:
              "\(direction.conflictingBytes) bytes of the \(peer) came twice with different values; the first copy was read."
          ))
      }
      if direction.badChecksums > 0 {
        findings.add(
          Finding(
            .badChecksum, at: evidence.start,
            message:
              "\(direction.badChecksums) segment\(direction.badChecksums == 1 ? "" : "s") of the \(peer) had a wrong TCP checksum among right ones and \(direction.badChecksums == 1 ? "was" : "were") not read, as the receiver did."
          ))
      }
    }
  }
}
