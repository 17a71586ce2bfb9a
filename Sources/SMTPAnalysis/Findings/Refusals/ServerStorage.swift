extension CatalogueEntry {
  static let serverStorage = CatalogueEntry(
    .serverStorage, .error, "the server has no room left",
    explanation: """
      The server itself, not one mailbox, is out of disk space or memory and takes no more mail. Clients try again \
      later; all of them meet the same answer.
      """,
    seenWhen: """
      a 452 or 552 reply with enhanced code 4.3.1 or 5.3.1, or with words such as "insufficient system storage"
      """,
    whatToDo: """
      free disk space on the server's queue and spool file systems, inodes too; lower `queue_minfree` or its like only \
      if it is set too high; clients need do nothing
      """,
    references: ["RFC 3463 section 3.4", "RFC 5321 section 4.2.2"])
}

/// A server that is out of space or memory.
enum ServerStorage: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.serverStorage) {
      findings.add(refusal.finding())
    }
  }
}
