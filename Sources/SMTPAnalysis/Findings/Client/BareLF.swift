internal import SMTPDialogue

extension CatalogueEntry {
  static let bareLF = CatalogueEntry(
    .bareLF, .warning, "line feeds without carriage return",
    explanation: """
      Lines in SMTP end with CR LF, and LF must not stand alone. Servers differ in what they make of it: some repair \
      it, some refuse the message, and some can be tricked by it (SMTP smuggling).
      """,
    seenWhen: """
      LF without CR before it in commands or in the data (BDAT chunks of BINARYMIME excepted); how many, and the first \
      place, is told
      """,
    whatToDo: """
      correct the client or the script that makes the messages (`unix2dos`, the mail library's own line ends); do not \
      send files with bare line feeds as they are
      """,
    references: ["RFC 5321 section 2.3.8", "RFC 5321 section 4.1.1.4"])
}

enum BareLF: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    // What is left over of a chunk is no command line, whatever it ends with.
    if evidence.traits.contains(.bareLF), !findings.contains(.chunkSizeMismatch) { lookAtCommands(evidence, &findings) }
    guard evidence.marks.contains(.bareLF) else { return }
    for draft in evidence.drafts where draft.census.bareLF > 0 && !draft.isBinary {
      guard let first = draft.census.firstBareLF else { continue }
      let count = draft.census.bareLF
      let refusal = evidence.refusal(of: draft) { words in words.holdsBareLineEnd }
      findings.add(
        Finding(
          .bareLF, severity: refusal == nil ? nil : .error, transaction: draft.transaction.id,
          at: (first.moment.frame, first.moment.time),
          message:
            "\(count) line\(count == 1 ? "" : "s") of the message end\(count == 1 ? "s" : "") with LF without CR\(refusal.map { ", and the server refused it: \($0.quoted)" } ?? "").",
          evidence: first.octets))
    }
  }

  private static func lookAtCommands(_ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector) {
    let lines = evidence.exchanges.filter { $0.traits.contains(.bareLF) && !$0.isClipped }
    guard let first = lines.first else { return }
    // postscreen refuses the recipients for it (`550 5.5.1 Protocol error`).
    let isBlamed = !findings.contains(.earlyTalker, .pipeliningPastBarrier, .pipeliningNotOffered)
    let refusal = isBlamed && evidence.session.verdict.outcome != .delivered ? evidence.refusalOfProtocol : nil
    findings.add(
      Finding(
        .bareLF, severity: refusal == nil ? nil : .error, at: first.commandPlace,
        message:
          "\(lines.count) command line\(lines.count == 1 ? "" : "s") of the client ended with LF without CR\(refusal.map { ": \($0.quoted)" } ?? first.answer).",
        evidence: first.line + [0x0a]))
  }
}
