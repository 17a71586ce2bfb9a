internal import MailMessages

extension CatalogueEntry {
  static let headerMalformed = CatalogueEntry(
    .headerMalformed, .info, "the header is not well formed",
    explanation: """
      A line of the header section is no field (no colon, blanks before it, too long), or the blank line before the \
      body is missing. The rest may be shown as text, or vanish.
      """,
    seenWhen: """
      a line before the first blank line that is neither a field nor the continuation of one, is longer than 998 \
      octets, or no blank line where a body follows
      """,
    whatToDo: """
      correct the program that makes the message: a missing CR LF or a line break inside a field's text is the usual \
      cause
      """,
    references: ["RFC 5322 section 2.2", "RFC 5322 section 2.1.1"])
}

enum HeaderMalformed: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.strayLine) else { return }
    for draft in evidence.drafts {
      guard let header = draft.transaction.message?.header,
        !header.form.isDisjoint(with: [.noField, .blankBeforeColon, .longLine]),
        header.form.isSuperset(of: [.whole, .hasFields])
      else { continue }
      findings.add(
        Finding(
          .headerMalformed, transaction: draft.transaction.id,
          at: (draft.transaction.firstFrame, draft.transaction.start), message: what(header),
          evidence: header.strayLine))
    }
  }

  private static func what(_ header: HeaderSummary) -> String {
    if header.form.contains(.noField) {
      let line = visible((header.strayLine ?? []).prefix(80))
      return header.form.contains(.endsInBlankLine)
        ? "The header of the message has a line that is no field: \(line)."
        : "No blank line stands between the header of the message and its text: \(line)."
    }
    return header.form.contains(.blankBeforeColon)
      ? "A field of the message's header has a blank before its colon."
      : "A line of the message's header is longer than 998 octets."
  }
}
