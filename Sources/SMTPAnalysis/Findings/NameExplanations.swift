internal import TCPStreams
internal import Wire

/// Adds to findings what name servers' answers in the capture say of their cause: to refusals for who the client or the
/// sender is, and to greetings that came late.
///
/// It looks at what was seen outside the session, and therefore when the session has ended.
enum NameExplanations {
  /// Returns whether it was said what is wrong with the client's names.
  static func amend(_ session: inout Session, with evidence: NameEvidence) -> Bool {
    var tellsOfClient = false
    let findings = session.findings
    for index in findings.indices {
      guard let explanation = findings.span.lend(index, { explanation(of: $0, in: session, evidence) }) else {
        continue
      }
      let finding = findings[index]
      if case .client(let flaw) = explanation, !flaw.isFailure { tellsOfClient = true }
      session.findings[index].message = finding.message + " " + explanation.sentence
      if session.verdict.cause == finding.id, session.verdict.message == finding.message {
        session.verdict.message = session.findings[index].message
      }
    }
    return tellsOfClient
  }

  private enum Explanation {
    case client(NameEvidence.Flaw)
    case sender(NameEvidence.Flaw)
    case waits([String])

    var sentence: String {
      switch self {
      case .client(let flaw), .sender(let flaw): "Name servers' answers in the capture: \(flaw.clause)."
      case .waits(let clauses): "Meanwhile \(clauses.joined(separator: "; "))."
      }
    }
  }

  private static func explanation(
    of finding: borrowing Finding, in session: borrowing Session, _ evidence: NameEvidence
  ) -> Explanation? {
    switch finding.id {
    case .clientRefused:
      let (helo, client) = (heloFlaw(session, evidence), evidence.clientFlaw)
      guard let helo else { return client.map { .client($0) } }
      // Where the server's words are about HELO, its name is the reason, else the address is.
      return .client(says(["helo"], finding) ? helo : client ?? helo)
    case .heloRefused:
      return (heloFlaw(session, evidence) ?? evidence.clientFlaw).map { .client($0) }
    case .senderRefused, .senderDeferred:
      return senderFlaw(finding, session, evidence).map { .sender($0) }
    case .greetingRefused, .greetingDeferred, .recipientRefused, .recipientDeferred, .policyRefused, .messageRefused,
      .messageDeferred:
      // Mostly nothing is wrong with any name, and nothing is to be read.
      let (client, sender) = (evidence.clientFlaw, senderFlaw(finding, session, evidence))
      guard client != nil || sender != nil else { return nil }
      // RFC 7372 section 3.3: x.7.25, the check of reverse DNS. RFC 7505 section 4.2: x.7.27, a sender with a null MX.
      if says(["reverse", "rdns", "ptr", "hostname", ".7.25"], finding) { return client.map { .client($0) } }
      guard says([".7.27", "null mx", "nullmx"], finding) else { return nil }
      return sender.map { .sender($0) }
    case .greetingDelayed:
      guard let greeting = session.greeting, let delay = greeting.delay else { return nil }
      let start = greeting.reply.time.advanced(byNanoseconds: -delay)
      return waits(evidence.waits(from: start, until: greeting.reply.time))
    case .greetingMissing:
      let connection = session.connection
      return waits(evidence.waits(from: connection.firstFrame.time, until: connection.lastFrame.time))
    default:
      return nil
    }
  }

  private static func heloFlaw(_ session: borrowing Session, _ evidence: NameEvidence) -> NameEvidence.Flaw? {
    session.helo.flatMap { evidence.heloFlaw($0.argument) }
  }

  private static func senderFlaw(
    _ finding: borrowing Finding, _ session: borrowing Session, _ evidence: NameEvidence
  ) -> NameEvidence.Flaw? {
    guard let id = finding.transaction,
      let index = session.transactions.indices.first(where: { session.transactions[$0].id == id })
    else { return nil }
    return session.transactions[index].reversePath.flatMap(evidence.senderFlaw)
  }

  private static func waits(_ clauses: [String]) -> Explanation? {
    clauses.isEmpty ? nil : .waits(clauses)
  }

  /// Whether the sentence holds one of the words, which are in lower case, in any case of letters.
  private static func says(_ words: [StaticString], _ finding: borrowing Finding) -> Bool {
    let message = finding.message.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    return words.contains { message.span.holds($0) }
  }
}
