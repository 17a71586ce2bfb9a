internal import SMTPDialogue

extension CatalogueEntry {
  static let lineTooLong = CatalogueEntry(
    .lineTooLong, .warning, "a line of the message is too long",
    explanation: """
      A line of a message may have 998 octets and its CR LF. Servers may refuse longer ones, or break them, which \
      spoils HTML, links and DKIM signatures.
      """,
    seenWhen: "a text line in the data is longer than 1000 octets with its CR LF; how many, and the longest, is told",
    whatToDo: "let the program encode such text as quoted-printable or base64; fold long header fields at blanks",
    references: ["RFC 5321 section 4.5.3.1.6", "RFC 5322 section 2.1.1"])
}

enum LineTooLong: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.longLine) else { return }
    for draft in evidence.drafts where draft.census.longLines > 0 && !draft.isBinary {
      guard let first = draft.census.firstLongLine else { continue }
      let count = draft.census.longLines
      findings.add(
        Finding(
          .lineTooLong, transaction: draft.transaction.id, at: (first.moment.frame, first.moment.time),
          message:
            "\(count) line\(count == 1 ? "" : "s") of the message \(count == 1 ? "is" : "are") longer than 1000 octets; the longest has \(draft.census.longestLine).",
          evidence: first.octets))
    }
  }
}
