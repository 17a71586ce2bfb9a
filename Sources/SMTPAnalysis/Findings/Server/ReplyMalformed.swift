internal import SMTPDialogue

enum ReplyMalformed: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    // Where nothing has a code, it is no mail server: another finding says so.
    guard evidence.oddities.contains(.malformed), evidence.repliesAreWhole, anyCode(evidence) else { return }
    for exchange in evidence.exchanges where exchange.oddities.contains(.malformed) {
      if let reply = exchange.reply { add(reply, to: exchange.asked, &findings) }
    }
    for extra in evidence.unsolicited where extra.oddities.contains(.malformed) {
      add(extra.reply, to: nil, &findings)
    }
  }

  private static func anyCode(_ evidence: borrowing SessionEvidence) -> Bool {
    evidence.exchanges.contains { ($0.reply?.code ?? 0) > 0 } || evidence.unsolicited.contains { $0.reply.code > 0 }
  }

  private static func add(_ reply: ReplyRecord, to asked: String?, _ findings: inout FindingCollector) {
    guard reply.code == 0 else {
      findings.add(
        Finding(
          .replyMalformed, at: reply.place,
          message: "The reply\(asked.map { " to \($0)" } ?? "") has a line without a code: \(reply.quotedBriefly)."))
      return
    }
    let line = reply.lines.first ?? []
    guard !TLSSigns.looksLikeRecord(line.span) else { return }
    findings.add(
      Finding(
        .replyMalformed, at: reply.place,
        message:
          "The server sent \(line.isEmpty ? "an empty line" : visible(line.prefix(80))), which is no reply: three digits and a blank or hyphen are due.",
        evidence: line))
  }
}

extension CatalogueEntry {
  static let replyMalformed = CatalogueEntry(
    .replyMalformed, .warning, "a reply that is none",
    explanation: """
      A reply line begins with three digits and a blank or a hyphen. This one does not, so that a client cannot tell \
      what it means; some take it for an error, some hang.
      """,
    seenWhen: """
      a line of the server that does not begin with a reply code and its separator, outside TLS, with nothing missing \
      before it
      """,
    whatToDo: """
      find the program that answers: a content filter, a proxy, an error message of the operating system; correct or \
      update it
      """,
    references: ["RFC 5321 section 4.2", "RFC 5321 section 4.2.1"])
}
