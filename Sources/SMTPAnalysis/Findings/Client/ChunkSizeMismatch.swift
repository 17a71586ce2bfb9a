internal import SMTPDialogue

extension CatalogueEntry {
  static let chunkSizeMismatch = CatalogueEntry(
    .chunkSizeMismatch, .error, "a chunk is not as long as it said",
    explanation: """
      BDAT announces how many octets follow. Where the number is wrong, the server takes text for commands or commands \
      for text. Mixing DATA and BDAT, or BDAT to a server that did not offer CHUNKING, belongs here as well.
      """,
    seenWhen: """
      fewer or more octets than announced stand between a BDAT and the next command; DATA after BDAT in a transaction; \
      BDAT without CHUNKING in the EHLO reply
      """,
    whatToDo: """
      correct the client's count: octets after all conversions, with CR LF as two, no dot-stuffing; as a way out let \
      the server not offer CHUNKING (`smtpd_discard_ehlo_keywords = chunking`)
      """,
    references: ["RFC 3030 section 2"])
}

extension Exchange {
  /// BDAT at a server that did not offer CHUNKING and does not know it: it takes the chunk's octets for commands
  /// (RFC 3030 section 2).
  var isUnknownChunk: Bool {
    guard case .chunk = step, let offers, !offers.contains(.chunking), let reply else { return false }
    return reply.code == 500 || reply.code == 502
  }
}

enum ChunkSizeMismatch: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.traits.contains(.chunk), !evidence.hasHoles, !evidence.isClipped else { return }
    for (index, exchange) in evidence.exchanges.enumerated() {
      guard case .chunk = exchange.step else { continue }
      if let offers = exchange.offers, !offers.contains(.chunking) {
        let answer = exchange.answer
        add(exchange, "BDAT was sent, and the server does not offer CHUNKING\(answer).", exchange.line, &findings)
      }
      lookBehind(index, exchange, evidence, &findings)
    }
    lookAtUnfinished(evidence, &findings)
  }

  private static func add(
    _ exchange: Exchange, _ message: String, _ evidence: [UInt8]?, _ findings: inout FindingCollector
  ) {
    findings.add(
      Finding(
        .chunkSizeMismatch, transaction: exchange.transaction, at: exchange.commandPlace, message: message,
        evidence: evidence))
  }

  /// More octets than announced are read as a command, and it is none.
  private static func lookBehind(
    _ index: Int, _ chunk: Exchange, _ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector
  ) {
    guard index + 1 < evidence.exchanges.count else { return }
    let next = evidence.exchanges[index + 1]
    if next.verb == .data, next.transaction == chunk.transaction, chunk.step == .chunk(isLast: false) {
      add(next, "DATA came after BDAT in one transaction\(next.answer).", next.line, &findings)
    }
    guard next.traits.contains(.unknown), next.traits.contains(.ahead) || next.sent?.frame == chunk.sent?.frame,
      next.reply?.isNegative ?? false
    else { return }
    add(
      chunk,
      "\(visible(chunk.line)) was followed by more octets than that: \(quotation(next.line)) stood where a command was due\(next.answer).",
      next.line, &findings)
  }

  private static func quotation(_ line: [UInt8]) -> String {
    line.isEmpty ? "an empty line" : "\"\(visible(line.prefix(80)))\""
  }

  /// Fewer octets than announced: the chunk takes in the commands behind it, or both sides wait until the server has enough.
  private static func lookAtUnfinished(_ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector) {
    guard let chunk = evidence.unfinishedChunk, let draft = evidence.drafts.last, draft.messageEnd == .unfinished,
      let message = draft.transaction.message
    else { return }
    let endings = ["\r\nQUIT\r\n", "\r\nRSET\r\n", "\r\nNOOP\r\n"].map { Array($0.utf8) }
    let holdsCommand = endings.contains { evidence.unfinishedTail.suffix($0.count).elementsEqual($0) }
    let farewell = evidence.unsolicited.last { $0.reply.code == 421 || $0.reply.code == 451 }?.reply
    let waited = farewell.map { ReplyMeaning($0, to: .other) == .timeout } ?? false
    guard holdsCommand || waited else { return }
    let end =
      holdsCommand
      ? "they end with a command" : "both sides waited then, until the server said \(farewell?.quoted ?? "")"
    findings.add(
      Finding(
        .chunkSizeMismatch, transaction: draft.transaction.id, at: chunk.commandPlace,
        message:
          "\(visible(chunk.line)) announced more octets than came: \(message.byteCount) bytes of the message are there, and \(end).",
        evidence: evidence.unfinishedTail))
  }
}
