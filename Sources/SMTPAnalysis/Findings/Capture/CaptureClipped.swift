internal import TCPStreams

extension CatalogueEntry {
  static let captureClipped = CatalogueEntry(
    .captureClipped, .warning, "packets were cut short when they were captured",
    explanation: """
      The capture was made with a snap length, so that the ends of large packets are missing. Messages are incomplete, \
      hashes cannot be compared, and parts of the dialogue may be missing.
      """,
    seenWhen: """
      a segment of a mail connection was captured with fewer bytes than it had, where bytes of the stream are missing \
      for it
      """,
    whatToDo: "capture with `tcpdump -s 0` (or `-s 262144`)",
    references: ["tcpdump(1), option -s"])
}

enum CaptureClipped: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let clipped = evidence.facts.clientToServer.clippedSegments + evidence.facts.serverToClient.clippedSegments
    guard clipped > 0, evidence.gaps.client + evidence.gaps.server > 0 || missesMessageBytes(evidence) else { return }
    findings.add(
      Finding(
        .captureClipped, at: evidence.start,
        message:
          "\(clipped) packet\(clipped == 1 ? " was" : "s were") cut by the capture's snap length: long lines and messages are not whole."
      ))
  }

  private static func missesMessageBytes(_ evidence: borrowing SessionEvidence) -> Bool {
    evidence.drafts.contains { ($0.transaction.message?.missingBytes ?? 0) > 0 }
  }
}
