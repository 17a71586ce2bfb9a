internal import SMTPDialogue

extension CatalogueEntry {
  static let earlyTalker = CatalogueEntry(
    .earlyTalker, .warning, "the client spoke before the greeting",
    explanation: """
      A client has to wait for the greeting. Programs that send spam often don't, and servers test for that by waiting \
      before they greet; some refuse such clients.
      """,
    seenWhen: """
      bytes of the client arrive before the last line of the greeting was sent, by more than the time the path takes; \
      proxies' preambles and TLS hellos do not count
      """,
    whatToDo: """
      correct the client: read the whole greeting (all lines of it) before EHLO; let nothing between send ahead of \
      time
      """,
    references: ["RFC 5321 section 4.3.1", "RFC 5321 section 3.1"])
}

enum EarlyTalker: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.traits.isDisjoint(with: [.early, .withinGreeting]), !evidence.isOneSided,
      let greeting = evidence.session.greeting?.reply,
      let early = evidence.exchanges.first(where: { exchange in
        // A greeting without a line end is over when the client says so.
        exchange.traits.contains(.withinGreeting)
          || exchange.traits.contains(.early) && exchange.sent.map { $0.frame < greeting.frame } ?? false
      })
    else { return }
    let refusal = evidence.refusalOfProtocol
    if let refusal { findings.withdraw([.greetingRefused, .greetingDeferred], at: refusal.frame, of: nil) }
    findings.add(
      Finding(
        .earlyTalker, severity: refusal == nil ? nil : .error, at: early.commandPlace,
        message:
          "The client said \(visible(early.line)) before the server's greeting was complete\(refusal.map { ", and was refused for it: \($0.quoted)" } ?? "").",
        evidence: early.line))
  }
}
