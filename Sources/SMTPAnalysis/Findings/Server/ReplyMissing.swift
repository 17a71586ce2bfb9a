internal import SMTPDialogue

enum ReplyMissing: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.pairingIsSure, let last = evidence.exchanges.lastIndex(where: { $0.reply != nil }),
      let index = evidence.exchanges[..<last].firstIndex(where: { isMissing($0, evidence) })
    else { return }
    let missing = evidence.exchanges[index]
    let next = evidence.exchanges[(index + 1)...].first { $0.reply != nil } ?? evidence.exchanges[last]
    let sentence =
      missing.step == .greeting
      ? "The server never greeted, and answered \(next.asked) all the same."
      : "\(missing.asked) was never answered; the next reply, \(next.reply?.code ?? 0), is that to \(next.asked)."
    findings.add(
      Finding(
        .replyMissing, transaction: missing.transaction, at: missing.commandPlace ?? next.place,
        message: sentence.prefix(1).uppercased() + sentence.dropFirst(),
        evidence: missing.line.isEmpty ? nil : missing.line))
  }

  private static func isMissing(_ exchange: Exchange, _ evidence: SessionEvidence) -> Bool {
    guard exchange.reply == nil, !exchange.hasHole else { return false }
    switch exchange.step {
    case .unseen: return false
    // Lost with the connection is a finding of its own.
    case .endOfData, .chunk(isLast: true):
      return exchange.transaction.flatMap(evidence.transaction)?.outcome != .lost
    case .greeting, .chunk(isLast: false): return true
    // What is sent before the greeting, or behind what nothing may follow, a server may throw away.
    case .command(let verb): return verb != .unknown && !exchange.traits.contains(.early) && !isBehindBarrier(exchange)
    }
  }

  /// RFC 2920 section 3.1.
  private static func isBehindBarrier(_ exchange: Exchange) -> Bool {
    switch exchange.sentBehind {
    case .ehlo, .helo, .lhlo, .data, .starttls, .auth, .quit, .vrfy, .expn, .noop, .turn: true
    default: false
    }
  }
}

extension CatalogueEntry {
  static let replyMissing = CatalogueEntry(
    .replyMissing, .warning, "a command was never answered",
    explanation: """
      The dialogue went on though a command had no reply. The client did not wait for it, or takes a later reply for \
      it.
      """,
    seenWhen: """
      a later command is answered and an earlier one is not, with nothing missing from the capture between them
      """,
    whatToDo: "look at the dialogue around it; update the server or the filter that swallows the reply",
    references: ["RFC 5321 section 4.3.1", "RFC 2920 section 3.2"])
}
