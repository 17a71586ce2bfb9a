internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let badChecksum = CatalogueEntry(
    .badChecksum, .info, "a segment was damaged on the way",
    explanation: """
      A segment with a wrong TCP checksum stands among right ones of the same sender. The receiver threw it away, and \
      so does this analysis. Where all are wrong, the network card computes them after the capture point (offload), \
      which means nothing and is not reported.
      """,
    seenWhen: "a wrong TCP checksum in a whole segment, while other segments of the same direction have right ones",
    whatToDo: "look for a bad cable, interface or memory on the path; count how often it occurs",
    references: ["RFC 9293 section 3.1"])
}

enum BadChecksum: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for peer in Peer.allCases where evidence.facts[peer].badChecksums > 0 {
      let count = evidence.facts[peer].badChecksums
      findings.add(
        Finding(
          .badChecksum, at: evidence.start,
          message:
            "\(count) segment\(count == 1 ? "" : "s") of the \(peer.word) had a wrong TCP checksum among right ones and \(count == 1 ? "was" : "were") not read, as the receiver did."
        ))
    }
  }
}
