internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let commandSyntax = CatalogueEntry(
    .commandSyntax, .warning, "a command is written wrongly",
    explanation: """
      The command is known but its arguments do not follow the grammar: no angle brackets, a blank after the colon, a \
      blank at the end, a malformed path or parameter. One server takes it, the next answers 501.
      """,
    seenWhen: "the arguments of a command do not fit the grammar; the right form is shown beside it",
    whatToDo: """
      correct the client to the form shown: `MAIL FROM:<ann@example.org>`, `RCPT TO:<bob@example.org>`, one blank \
      before each parameter
      """,
    references: ["RFC 5321 section 4.1.1", "RFC 5321 section 4.1.2"])
}

enum CommandSyntax: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    if evidence.traits.contains(.refused) { lookAtParameters(evidence, &findings) }
    guard evidence.traits.contains(.malformed) else { return }
    var borne: (first: Exchange, fault: CommandFault, count: Int)?
    var wereTaken = true
    var refused = Refused()
    for exchange in evidence.exchanges where exchange.traits.contains(.malformed) && !exchange.hasHole {
      guard let fault = exchange.fault else { continue }
      if exchange.reply.map({ $0.isPermanent && $0.code != 503 && isAboutForm($0) }) ?? false {
        refused.add(exchange, fault, evidence, &findings)
      } else if !(exchange.reply?.isNegative ?? false) {
        wereTaken = wereTaken && exchange.wasTaken
        // A blank at the end is nothing beside the others.
        let isWorse = borne.map { $0.fault == .blankAtEnd && fault != .blankAtEnd } ?? true
        borne = isWorse ? (exchange, fault, (borne?.count ?? 0) + 1) : borne.map { ($0.first, $0.fault, $0.count + 1) }
      }
    }
    guard let (first, fault, count) = borne else { return }
    let others = count > 1 ? "; \(count - 1) more command\(count == 2 ? " has" : "s have") such faults" : ""
    let taken = first.reply == nil ? "" : "; the server took it all the same"
    var finding = Finding(
      .commandSyntax, severity: fault == .blankAtEnd ? .info : nil, at: first.commandPlace,
      message: "\(visible(first.line.prefix(120))) \(words(fault, first))\(taken)\(others).", evidence: first.line)
    finding.isBorne = wereTaken
    findings.add(finding)
  }

  /// A parameter that follows the grammar and has a value that it cannot have (`NOTIFY=NEVER,FAILURE`), by the server's words:
  /// 5.5.4 (RFC 3463 section 3.6) is about the arguments of a command, and those that have no code of their own.
  private static func lookAtParameters(_ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector) {
    for exchange in evidence.exchanges where exchange.verb == .mail || exchange.verb == .rcpt {
      guard let reply = exchange.reply, reply.code == 501, reply.enhanced == EnhancedStatus("5.5.4"), !exchange.hasHole,
        !exchange.isClipped, exchange.traits.isDisjoint(with: [.malformed, .notOffered]), exchange.hasParameters
      else { continue }
      let decided = evidence.transactionDecided(by: exchange) != nil
      findings.add(
        Finding(
          .commandSyntax, severity: decided ? .error : nil, transaction: exchange.transaction,
          at: exchange.commandPlace,
          message:
            "\(visible(exchange.line.prefix(120))) has a parameter that the server does not take as it is: \(reply.quoted).",
          evidence: exchange.line))
    }
  }

  /// Those that were refused for their form. All exchanges are looked at once for them: a client may send as many.
  private struct Refused {
    /// Commands of a kind in one transaction.
    private struct Kind: Hashable {
      var transaction: Int?
      var verb: Verb?
    }

    /// Where others of the kind were refused for other reasons; nil before anybody asks.
    private var elsewhere: Set<Kind>?

    mutating func add(
      _ exchange: Exchange, _ fault: CommandFault, _ evidence: borrowing SessionEvidence,
      _ findings: inout FindingCollector
    ) {
      guard let reply = exchange.reply else { return }
      let decided = evidence.transactionDecided(by: exchange) != nil
      if !hasOtherRefusals(exchange, evidence) {
        findings.withdraw(
          [.senderRefused, .recipientRefused, .mailboxUnknown], at: reply.frame, of: exchange.transaction)
      }
      findings.add(
        Finding(
          .commandSyntax, severity: decided ? .error : nil, transaction: exchange.transaction,
          at: exchange.commandPlace,
          message: "\(visible(exchange.line.prefix(120))) \(words(fault, exchange)): \(reply.quoted).",
          evidence: exchange.line))
    }

    private mutating func hasOtherRefusals(_ exchange: Exchange, _ evidence: borrowing SessionEvidence) -> Bool {
      let kinds = elsewhere ?? Self.othersRefused(evidence)
      elsewhere = kinds
      return kinds.contains(Kind(transaction: exchange.transaction, verb: exchange.verb))
    }

    private static func othersRefused(_ evidence: borrowing SessionEvidence) -> Set<Kind> {
      var kinds: Set<Kind> = []
      for exchange in evidence.exchanges
      where exchange.reply?.isNegative ?? false && !exchange.traits.contains(.malformed) {
        kinds.insert(Kind(transaction: exchange.transaction, verb: exchange.verb))
      }
      return kinds
    }
  }

  /// Whether a refusal speaks of how the command is written, by its codes (RFC 3463 section 3.6 and 3.2: bad syntax of an
  /// address, invalid command or arguments) or its words.
  private static func isAboutForm(_ reply: ReplyRecord) -> Bool {
    if [500, 501, 502, 504, 555].contains(reply.code) { return true }
    switch (reply.enhanced?.subject, reply.enhanced?.detail) {
    case (1, 3), (1, 7), (5, 1), (5, 2), (5, 4): return true
    default: break
    }
    let words = reply.lines.joined(separator: [0x20]).map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    return words.span.holds("syntax") || words.span.holds("malformed") || words.span.holds("bad address")
  }

  private static func words(_ fault: CommandFault, _ exchange: Exchange) -> String {
    let form = exchange.verb == .rcpt ? "RCPT TO:<bob@example.org>" : "MAIL FROM:<ann@example.org>"
    return switch fault {
    case .keyword: "is malformed: \(form) is the form"
    case .blankAtColon: "has a blank beside the colon: \(form) is the form"
    case .noBrackets: "has no angle brackets around the address: \(form) is the form"
    case .openBracket: "has no closing angle bracket: \(form) is the form"
    case .noAddress: "names no address"
    case .noDomain: "names an address without a domain"
    case .localPart: "has a malformed address: what stands before its @ is no local part"
    case .domain: "has a malformed address: what stands behind its @ is no domain"
    case .parameter: "has a malformed parameter: one blank, KEYWORD=value is the form"
    case .blankAtEnd: "has a blank at its end"
    case .argumentMissing: "lacks its argument"
    case .argumentUnwanted: "has an argument, which it cannot have"
    case .chunk: "is malformed: BDAT 1000 or BDAT 1000 LAST is the form"
    }
  }
}
