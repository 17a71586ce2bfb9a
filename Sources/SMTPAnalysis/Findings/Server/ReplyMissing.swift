internal import SMTPDialogue
internal import Wire

enum ReplyMissing: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let all = evidence.exchanges.span
    guard evidence.pairingIsSure, let last = all.indices.last(where: { all.lend($0) { $0.reply != nil } }),
      let index = (0..<last).first(where: { all.lend($0) { isMissing($0, evidence) } })
    else { return }
    let missing = evidence.exchanges[index]
    let next = evidence.exchanges[(index + 1)...].first { $0.reply != nil } ?? evidence.exchanges[last]
    let sentence =
      missing.step == .greeting
      ? "The server never greeted, and answered \(next.asked) all the same."
      : untold(missing, evidence)
        ?? "\(missing.asked) was never answered; the next reply, \(next.reply?.code ?? 0), is that to \(next.asked)."
    findings.add(
      Finding(
        .replyMissing, transaction: missing.transaction, at: missing.commandPlace ?? next.place,
        message: sentence.prefix(1).uppercased() + sentence.dropFirst(),
        evidence: missing.line.isEmpty ? nil : missing.line))
  }

  /// LMTP: some recipients had their reply to the data (RFC 2033 section 4.2).
  private static func untold(_ missing: Exchange, _ evidence: borrowing SessionEvidence) -> String? {
    guard missing.step == .endOfData || missing.step == .chunk(isLast: true),
      let transaction = missing.transaction.flatMap({ evidence.transaction($0) })
    else { return nil }
    let told = transaction.recipients.count { $0.dataReply != nil }
    let untold = transaction.recipients.filter { $0.outcome == .unanswered }
    guard told > 0, let first = untold.first else { return nil }
    let others = untold.count > 1 ? " and \(untold.count - 1) more" : ""
    return
      "Behind the data the server answered for \(told) of \(told + untold.count) recipients, and never for \(visible(first.address))\(others)."
  }

  private static func isMissing(_ exchange: borrowing Exchange, _ evidence: borrowing SessionEvidence) -> Bool {
    guard exchange.reply == nil, !exchange.hasHole else { return false }
    switch exchange.step {
    case .unseen: return false
    // Lost with the connection is a finding of its own.
    case .endOfData, .chunk(isLast: true):
      // So is one that came before the end was sent.
      let transaction = exchange.transaction.flatMap({ evidence.transaction($0) })
      if let reply = transaction?.endReply, let sent = exchange.sent, isBefore(reply.place, sent.place) { return false }
      return transaction?.outcome != .lost
    case .greeting, .chunk(isLast: false): return true
    // What is sent before the greeting, or behind what nothing may follow, a server may throw away.
    case .command(let verb): return verb != .unknown && !exchange.traits.contains(.early) && !isBehindBarrier(exchange)
    }
  }

  /// RFC 2920 section 3.1.
  private static func isBehindBarrier(_ exchange: borrowing Exchange) -> Bool {
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
