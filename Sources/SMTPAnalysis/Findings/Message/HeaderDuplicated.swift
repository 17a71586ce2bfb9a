internal import MailMessages

extension CatalogueEntry {
  static let headerDuplicated = CatalogueEntry(
    .headerDuplicated, .warning, "a header field stands there twice",
    explanation: """
      From, To, Subject, Date, Message-ID and others may stand in a message only once. Programs differ in which they \
      show and which they check: a filter sees the first From, the reader the second.
      """,
    seenWhen: "a field that may occur once occurs more than once in the header section",
    whatToDo: """
      correct the program that makes the message, often a script that adds a header to one that has it; refuse double \
      From fields at the receiving server
      """,
    references: ["RFC 5322 section 3.6", "RFC 6376 section 8.15"])
}

enum HeaderDuplicated: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.repeatedField) else { return }
    for draft in evidence.drafts {
      guard let header = draft.transaction.message?.header, !header.repeated.isEmpty else { continue }
      findings.add(
        Finding(
          .headerDuplicated, transaction: draft.transaction.id,
          at: (draft.transaction.firstFrame, draft.transaction.start),
          message:
            "The header of the message has \(header.repeated.names.joined(separator: " and ")) more than once."))
    }
  }
}
