internal import SMTPDialogue

extension CatalogueEntry {
  static let dotNotStuffed = CatalogueEntry(
    .dotNotStuffed, .warning, "a line with a dot ended the message too early",
    explanation: """
      A line of the message that begins with a dot needs a second one in front. The client left that out, so that a \
      line of one dot was taken for the end, and the rest of the text for commands. The mail was delivered cut off.
      """,
    seenWhen: """
      after the end of the data the client sends lines that are no commands, and the server answers them with 500 or \
      502; an error where it refuses the message for them
      """,
    whatToDo: """
      correct the client: double each dot at the beginning of a line; use a mail library instead of writing to the \
      socket
      """,
    references: ["RFC 5321 section 4.5.2"])
}

enum DotNotStuffed: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.traits.isSuperset(of: [.unknown, .behindEnd]) else { return }
    let exchanges = evidence.exchanges
    let protocolRefusal = evidence.refusalOfProtocol
    for (index, end) in exchanges.enumerated() where end.step == .endOfData {
      // The client went on with its text, without waiting for the answer to an end that it had not meant.
      let text = exchanges[(index + 1)...].prefix {
        $0.traits.contains(.unknown) && $0.traits.contains(.behindEnd) && ($0.reply?.refusesUnknown ?? true)
      }
      // OpenSMTPD refuses the message for it, takes it for pipelining and hangs up.
      let refusal = protocolRefusal.flatMap { $0.frame == end.reply?.frame ? $0 : nil }
      guard text.count >= 2, let first = text.first(where: { !$0.line.isEmpty }),
        let reply = text.first(where: { $0.reply != nil })?.reply ?? refusal
      else { continue }
      findings.add(
        Finding(
          .dotNotStuffed, severity: refusal == nil ? nil : .error, transaction: end.transaction, at: first.commandPlace,
          message:
            "A line of one dot ended the message, and its text went on: \(visible(first.line.prefix(80))) was taken for a command: \(reply.quoted).",
          evidence: first.line))
    }
  }
}
