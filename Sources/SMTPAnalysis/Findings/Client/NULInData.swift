internal import SMTPDialogue

extension CatalogueEntry {
  static let nulInData = CatalogueEntry(
    .nulInData, .warning, "NUL bytes in the message",
    explanation: """
      NUL octets may not stand in a message. Programs cut the text there, drop them or refuse the mail; filters and \
      readers may see different things.
      """,
    seenWhen: "octets of value 0 in the data, outside of BINARYMIME; the first place is told",
    whatToDo: """
      look at what stands there: an attachment that was not encoded, or text in UTF-16; correct the program that made \
      it
      """,
    references: ["RFC 5322 section 4.1", "RFC 2045 section 2.7"])
}

enum NULInData: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.nul) else { return }
    for draft in evidence.drafts where draft.census.hasNUL && !draft.isBinary {
      guard let first = draft.census.firstNUL else { continue }
      findings.add(
        Finding(
          .nulInData, transaction: draft.transaction.id, at: (first.moment.frame, first.moment.time),
          message: "The message holds NUL octets; the first stands in frame \(first.moment.frame).",
          evidence: first.octets))
    }
  }
}
