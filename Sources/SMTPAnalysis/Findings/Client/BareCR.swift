internal import SMTPDialogue

extension CatalogueEntry {
  static let bareCR = CatalogueEntry(
    .bareCR, .warning, "carriage returns without line feed",
    explanation: """
      CR must not stand alone in SMTP. Servers differ in what they make of it; signatures break and, together with \
      dots, messages can be smuggled.
      """,
    seenWhen: """
      CR without LF behind it in commands or in the data (BDAT chunks of BINARYMIME excepted); how many, and the first \
      place, is told
      """,
    whatToDo: "correct the program that makes the messages; encode binary content with base64",
    references: ["RFC 5321 section 2.3.8", "RFC 5322 section 2.3"])
}

enum BareCR: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    if evidence.traits.contains(.bareCR), let first = evidence.exchanges.first(where: { $0.traits.contains(.bareCR) }) {
      findings.add(
        Finding(
          .bareCR, at: first.commandPlace,
          message: "A command line of the client holds CR without LF behind it\(first.answer).",
          evidence: first.line + (first.lineEnding == .repeatedCR ? [0x0d, 0x0d, 0x0a] : [0x0d, 0x0a])))
    }
    guard evidence.marks.contains(.bareCR) else { return }
    for draft in evidence.drafts where draft.census.bareCR > 0 && !draft.isBinary {
      guard let first = draft.census.firstBareCR else { continue }
      let count = draft.census.bareCR
      let refusal = evidence.refusal(of: draft) { words in words.holdsBareLineEnd }
      findings.add(
        Finding(
          .bareCR, severity: refusal == nil ? nil : .error, transaction: draft.transaction.id,
          at: (first.moment.frame, first.moment.time),
          message:
            "\(count) CR\(count == 1 ? " stands" : "s stand") without LF in the message\(refusal.map { ", and the server refused it: \($0.quoted)" } ?? "").",
          evidence: first.octets))
    }
  }
}
