internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let inconsistentRetransmission = CatalogueEntry(
    .inconsistentRetransmission, .warning, "the same bytes came with different contents",
    explanation: """
      A part of the stream was sent twice with different bytes. Either a device between rewrites packets and did it \
      once only, or somebody tries to show one thing to the server and another to whoever watches.
      """,
    seenWhen: "two segments cover the same sequence numbers with different payload, and both have right checksums",
    whatToDo: """
      compare both versions in Wireshark (`tcp.analysis.retransmission`); capture at both ends to find the device; \
      look at which of the two the server took, by its replies
      """,
    references: ["RFC 9293 section 3.4", "RFC 9293 section 3.10.7.4"])
}

enum InconsistentRetransmission: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for peer in Peer.allCases {
      if evidence.facts[peer].conflictingBytes > 0 {
        findings.add(
          Finding(
            .inconsistentRetransmission, at: evidence.start,
            message:
              "\(evidence.facts[peer].conflictingBytes) bytes of the \(peer.word) came twice with different values; the first copy was read."
          ))
      } else if evidence.facts.isTroubled, let trouble = evidence.facts.path(of: peer).trouble,
        let frame = trouble.contradiction
      {
        findings.add(
          Finding(
            .inconsistentRetransmission, at: (frame.number, frame.time),
            message:
              "The \(peer.word) sent \(trouble.contradictedBytes) bytes again with other contents, with right checksums both times; the first copy was read."
          ))
      }
    }
  }
}
