internal import MailMessages

extension CatalogueEntry {
  static let headerMissing = CatalogueEntry(
    .headerMissing, .info, "a header field that every message needs is missing",
    explanation: """
      Each message must have Date and From. Without them filters take it for spam, and DMARC has nothing to check.
      """,
    seenWhen: "the whole header section was seen and has no Date, or no From",
    whatToDo: "correct the program that makes the message; a submission server may add Date, nobody else should",
    references: ["RFC 5322 section 3.6", "RFC 6409 section 8"])
}

enum HeaderMissing: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.missingField) else { return }
    for draft in evidence.drafts {
      guard let message = draft.transaction.message, !message.header.present.isSuperset(of: [.date, .from]),
        message.header.form.contains(.whole), message.byteCount > 0
      else { continue }
      let missing = SingleFields([.date, .from]).subtracting(message.header.present).names
      let what =
        message.header.form.contains(.hasFields)
        ? "The header of the message has no \(missing.joined(separator: " and no "))" : "The message has no header"
      findings.add(
        Finding(
          .headerMissing, transaction: draft.transaction.id,
          at: (draft.transaction.firstFrame, draft.transaction.start), message: "\(what)."))
    }
  }
}
