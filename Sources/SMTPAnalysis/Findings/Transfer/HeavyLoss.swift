internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let heavyLoss = CatalogueEntry(
    .heavyLoss, .warning, "much is lost on the way",
    explanation: """
      A notable part of what was sent had to be sent again. Each loss costs a pause, and a bad path turns seconds into \
      minutes, until somebody's timeout ends it.
      """,
    seenWhen: "more than 2 % of the bytes of a direction, and at least 5 segments, were retransmitted",
    whatToDo: """
      look for errors and drops on the interfaces along the path, duplex mismatches, overloaded links and Wi-Fi; \
      compare captures at both ends to see on which side of a device it is lost
      """,
    references: ["RFC 9293 section 3.8.1", "RFC 5681 section 3.1"])
}

enum HeavyLoss: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.facts.isTroubled else { return }
    let facts = evidence.facts
    guard facts.opening == .handshake || facts.opening == .midstream, !evidence.isOneSided else { return }
    let told = evidence.pathStall
    for peer in Peer.allCases {
      let counts = facts[peer]
      // Few healthy connections come farther than this.
      guard counts.retransmittedSegments >= fewest, let trouble = facts.path(of: peer).trouble,
        facts.tooBig(for: peer) == nil
      else { continue }
      // What another finding tells is no loss by chance.
      var segments = counts.retransmittedSegments
      var bytes = counts.retransmittedBytes
      var waited = trouble.waited
      if let told, told.peer == peer {
        segments -= told.stall.repeats
        bytes -= told.stall.repeats * told.stall.size
        waited -= told.stall.duration
      } else if told != nil {
        segments -= trouble.needless.count
      }
      // Segments that overtook each other look lost to the sender; the receiver says that it has both copies.
      if segments > 0 {
        bytes -= bytes / segments * min(trouble.duplicates, segments)
        segments -= trouble.duplicates
      }
      let total = counts.bytes + bytes
      guard segments >= fewest, bytes * 50 > total else { continue }
      let wait = waited > 100_000_000 ? ", and waited \(spoken(waited)) for it" : ""
      findings.add(
        Finding(
          .heavyLoss, at: trouble.firstRepeat.map { ($0.number, $0.time) } ?? evidence.end,
          message:
            "From \(peer.word) to \(peer.other.word) packets were lost: \(bytes) of \(total) bytes (\(bytes * 100 / max(1, total)) %) were sent again, in \(segments) segments\(wait)."
            + (waited > 1_000_000_000 ? evidence.optionsNote : "")))
    }
  }

  private static let fewest = 5
}
