internal import SMTPDialogue
internal import TCPStreams
internal import Wire

enum ServerClosedWithout421: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard case .finished(by: .server)? = evidence.facts.closing, evidence.pairingIsSure,
      evidence.isReadable, isUnfinished(evidence),
      !(evidence.session.hasQuit && evidence.exchanges.contains { $0.verb == .quit && wasHeard($0, evidence) }),
      let last = evidence.exchanges.last(where: { wasHeard($0, evidence) }), !saidWhy(evidence)
    else { return }
    let lastReply = evidence.exchanges.last { $0.reply != nil }
    let step =
      last.reply == nil ? "while \(last.asked) waited for its answer" : "after its reply to \(last.asked)"
    // The client may close its side long after.
    let left = evidence.serverLeft?.time ?? evidence.end.time
    let silence = lastReply?.reply.map { left.nanoseconds(since: $0.time) } ?? 0
    let idle = last.reply != nil && silence >= long ? ", when nothing had been said for \(spoken(silence))" : ""
    findings.add(
      Finding(
        .serverClosedWithout421, transaction: last.transaction, at: evidence.end,
        message: "The server closed the connection \(step)\(idle), with the dialogue unfinished, and said nothing."))
  }

  /// Whether it had begun when the server closed: what a client says to nobody changes nothing.
  private static func wasHeard(_ exchange: Exchange, _ evidence: borrowing SessionEvidence) -> Bool {
    guard let sent = exchange.sent, let left = evidence.serverLeft else { return true }
    return isBefore(sent.place, left.place)
  }

  /// Something is open, or nothing was done yet.
  private static func isUnfinished(_ evidence: borrowing SessionEvidence) -> Bool {
    if evidence.drafts.isEmpty { return true }
    if let last = evidence.last, last.reply == nil { return true }
    return evidence.drafts.contains { $0.ending == nil }
  }

  private static func saidWhy(_ evidence: borrowing SessionEvidence) -> Bool {
    // 221 without QUIT is a farewell too: some say it to those that speak HTTP.
    if evidence.unsolicited.contains(where: {
      $0.reply.code == 421 || $0.reply.code == 221 || evidence.isFarewell($0.reply)
    }) {
      return true
    }
    // RFC 5321 section 3.1: after a greeting of 554 nothing but QUIT is due.
    if evidence.session.greeting?.reply.isNegative ?? true { return true }
    guard let reply = evidence.exchanges.last(where: { $0.reply != nil })?.reply else { return true }
    return reply.code == 421 || reply.code == 221 || evidence.isFarewell(reply)
  }

  private static let long: Int64 = 10_000_000_000
}

extension CatalogueEntry {
  static let serverClosedWithout421 = CatalogueEntry(
    .serverClosedWithout421, .warning, "the server hung up without a word",
    explanation: """
      The server closed the connection in the middle of the dialogue. It should say 421 first; as it is, the client \
      cannot tell a crash from a policy and tries again.
      """,
    seenWhen: """
      FIN of the server while the client had not said QUIT, a transaction or a command is open (or none was begun), and \
      neither 421 nor another refusal just before
      """,
    whatToDo: "look in the server's log at that time: a crashed process, a drop rule, a proxy's timeout",
    references: ["RFC 5321 section 3.8", "RFC 5321 section 4.2.2"])
}
