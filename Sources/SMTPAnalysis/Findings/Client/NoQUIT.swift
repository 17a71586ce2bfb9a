internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let noQUIT = CatalogueEntry(
    .noQUIT, .info, "the client left without QUIT",
    explanation: """
      The client closed the connection instead of taking its leave and waiting for 221. Delivered mail is delivered, \
      but the server may log a lost connection; where something was undone thereby, this is a warning.
      """,
    seenWhen: "the client closes or resets the connection after a reply, without QUIT, in a capture that shows the end",
    whatToDo: "correct the client: QUIT, wait for 221, then close; health checks too",
    references: ["RFC 5321 section 4.1.1.10", "RFC 5321 section 3.8"])
}

enum NoQUIT: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let session = evidence.session
    guard !session.hasQuit, session.connection.closing == .finished(by: .client), let greeting = session.greeting,
      !greeting.reply.isNegative, !evidence.hasHoles, !evidence.isClipped, session.tls.map(\.isReadable) ?? true
    else { return }
    // A server that has closed with 421 needs no leave, but what it says to a client that has left is none; one that still
    // owes a reply was not left but given up.
    let left = evidence.clientLeft?.time
    guard
      !evidence.unsolicited.contains(where: { extra in
        extra.reply.code == 421 && left.map { extra.reply.time < $0 } ?? true
      }),
      evidence.unanswered.isEmpty,
      evidence.exchanges.allSatisfy({ $0.reply != nil && $0.reply?.code != 421 && !$0.oddities.contains(.unfinished) }),
      // A client that leaves inside the data breaks off more than the manners.
      !evidence.drafts.contains(where: { $0.messageEnd == .unfinished })
    else { return }
    let open = evidence.drafts.last { $0.ending == nil && $0.transaction.outcome == .aborted }
    let undone = open.map { " and so undid the mail from \(visible($0.transaction.reversePath ?? []))" } ?? ""
    findings.add(
      Finding(
        .noQUIT, severity: open == nil ? nil : .warning, transaction: open?.transaction.id, at: evidence.end,
        message: "The client closed the connection without QUIT\(undone)."))
  }
}
