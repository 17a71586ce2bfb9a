internal import SMTPDialogue

extension CatalogueEntry {
  static let nonstandardEndOfData = CatalogueEntry(
    .nonstandardEndOfData, .error, "an end of data that only some servers see",
    explanation: """
      Inside the message stands a dot between line ends that are not CR LF. A server that takes this for the end of \
      the message sees commands in what follows: that is SMTP smuggling, with which mail is forged past SPF and DMARC. \
      Without an attack it is a program with wrong line ends.
      """,
    seenWhen: "LF . LF, LF . CRLF, CR . CR, CRLF . LF, CRLF . CR and the like within the data; what follows is shown",
    whatToDo: """
      sending side: normalize line ends before sending; receiving side: refuse bare line ends \
      (`smtpd_forbid_bare_newline = normalize` in Postfix 3.9, and fixed versions of the others); see whether commands \
      follow the dot
      """,
    references: [
      "RFC 5321 section 4.1.1.4",
      "RFC 5321 section 2.3.8",
      "CVE-2023-51764",
      "CVE-2023-51765",
      "CVE-2023-51766",
    ])
}

/// The two readings of the end of the data: where a strict and a lenient reader split the bytes differently, and which of
/// them the server was.
enum NonstandardEndOfData: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.loneDots.isEmpty else { return }
    for draft in evidence.drafts {
      guard let number = draft.message else { continue }
      let dots = evidence.loneDots.filter { $0.message == number }
      guard let told = dots.first(where: { $0.fate == .end }) ?? dots.first else { continue }
      add(told, others: dots.count - 1, draft, evidence, &findings)
    }
  }

  private static func add(
    _ dot: LoneDotRecord, others: Int, _ draft: TransactionDraft, _ evidence: borrowing SessionEvidence,
    _ findings: inout FindingCollector
  ) {
    let id = draft.transaction.id
    let place = (dot.moment.frame, dot.moment.time)
    // What followed in the same breath and was carried out stood in the message.
    let smuggled = dot.fate == .end ? commandsBehind(draft, evidence) : []
    let what = dot.dot.map { "\($0.name) stands in the message" } ?? "No end of the data was sent"
    let line = dot.rest.prefix { $0 != 0x0d && $0 != 0x0a }.prefix(80)
    let rest = line.isEmpty ? "" : ", before \(visible(line))"
    let more = others > 0 ? " (\(others) more such place\(others == 1 ? "" : "s"))" : ""
    let isPlain = dot.fate == .end && smuggled.isEmpty
    findings.add(
      Finding(
        .nonstandardEndOfData, severity: isPlain ? .warning : nil, transaction: id, at: place,
        message: "\(what)\(more)\(rest). \(reading(dot.fate))", evidence: dot.evidence))
    guard let first = smuggled.first, !speaksLFOnly(draft, evidence) else { return }
    let mail = smuggled.first { $0.verb?.beginsTransaction ?? false } ?? first
    findings.add(
      Finding(
        .smuggledTransaction, transaction: id, at: place,
        message:
          "A second mail was smuggled inside this one: the server took \(dot.dot?.name ?? "a place in the text") for the end of the data, and \(visible(mail.line.prefix(120))) behind it for a command that it answered \(mail.reply?.quoted ?? "").",
        evidence: dot.evidence))
  }

  private static func reading(_ fate: LoneDot.Fate) -> String {
    switch fate {
    case .end: "A strict reader goes on there; the server's replies prove that it took it for the end of the data."
    case .text: "A lenient reader takes it for the end of the data; the server's replies prove that it read on."
    case .unknown:
      "A lenient reader takes it for the end of the data, a strict one goes on; the replies do not tell which the server was, and it is read strictly here."
    }
  }

  /// Transactions, and what belongs to them, that the client had sent before the server answered this end.
  private static func commandsBehind(_ draft: TransactionDraft, _ evidence: borrowing SessionEvidence) -> [Exchange] {
    guard let reply = draft.transaction.endReply,
      let end = evidence.exchanges.lastIndex(where: {
        $0.step == .endOfData && $0.transaction == draft.transaction.id && $0.reply?.frame == reply.frame
      })
    else { return [] }
    return evidence.exchanges[(end + 1)...].prefix { $0.traits.contains(.behindEnd) }.filter {
      $0.reply != nil && !$0.traits.contains(.unknown) && $0.verb != .quit && $0.verb != .noop && $0.verb != .rset
    }
  }

  /// A client whose commands all end with LF means its lone dot, and pipelines.
  private static func speaksLFOnly(_ draft: TransactionDraft, _ evidence: borrowing SessionEvidence) -> Bool {
    evidence.exchanges.lazy.filter { $0.verb != nil && $0.verb != .bdat }.prefix(3).allSatisfy { $0.lineEnding == .lf }
  }
}

extension LoneDotRecord {
  /// The dot with its line ends and what follows.
  fileprivate var evidence: [UInt8]? {
    guard let dot else { return nil }
    let start: [UInt8] =
      switch dot.start {
      case .crlf: [0x0d, 0x0a]
      case .bareLF: [0x0a]
      case .bareCR: [0x0d]
      case .crlfNUL: [0x0d, 0x0a, 0]
      }
    let end: [UInt8] =
      switch dot.end {
      case .crlf: [0x0d, 0x0a]
      case .bareLF: [0x0a]
      case .bareCR: [0x0d]
      }
    return start + [0x2e] + end + rest.prefix(120)
  }
}
