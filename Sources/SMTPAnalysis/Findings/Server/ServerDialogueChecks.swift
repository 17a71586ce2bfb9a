internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// What the server says out of form or out of turn (RFC 5321 sections 4.2 and 4.3).
enum ServerDialogueChecks: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    if let greeting = evidence.session.greeting, let delay = greeting.delay, delay > 10_000_000_000 {
      findings.add(
        Finding(
          .greetingDelayed, severity: delay >= 30_000_000_000 ? .warning : .info, at: greeting.reply.place,
          message: "The server took \(spoken(delay)) for its greeting\(hint(delay))."))
    }
    for exchange in evidence.exchanges {
      guard let reply = exchange.reply else { continue }
      lookAtForm(reply, exchange, evidence, &findings)
      lookAtMeaning(reply, exchange, evidence, &findings)
    }
    for extra in evidence.unsolicited where !evidence.hasHoles && extra.reply.code != 421 && extra.reply.code != 451 {
      if extra.oddities.contains(.malformed), extra.reply.code == 0 {
        addMalformed(extra.reply, &findings)
      } else {
        findings.add(
          Finding(
            .replyUnexpected, at: extra.reply.place,
            message: "The server said \(extra.reply.quoted), which answers nothing."))
      }
    }
    if !evidence.hasHoles, !evidence.isClipped, case .finished(by: .server)? = evidence.session.connection.closing,
      !evidence.session.hasQuit, evidence.session.tls == nil, let last = evidence.last,
      last.reply?.code != 421, !evidence.unsolicited.contains(where: { $0.reply.code == 421 }),
      evidence.session.greeting?.reply.isNegative != true
    {
      findings.add(
        Finding(
          .serverClosedWithout421, at: evidence.end,
          message: "The server closed the connection with the dialogue unfinished and said nothing."))
    }
  }

  private static func lookAtForm(
    _ reply: ReplyRecord, _ exchange: Exchange, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    if exchange.oddities.contains(.codeChanged) {
      findings.add(
        Finding(
          .replyCodeChanged, at: reply.place,
          message:
            "The lines of the reply to \(name(exchange)) have different codes; the last one, \(reply.code), counts."))
    }
    if exchange.oddities.contains(.unfinished), evidence.gaps.server == 0, !evidence.isClipped {
      findings.add(
        Finding(
          .replyIncomplete, severity: evidence.session.transactions.isEmpty ? .error : .warning, at: reply.place,
          message:
            "The reply to \(name(exchange)) announces more lines and has no last one: its lines all have a hyphen behind the code."
        ))
    }
    if exchange.oddities.contains(.malformed) { addMalformed(reply, &findings) }
    if exchange.oddities.contains(.tooLong) {
      findings.add(
        Finding(
          .replyTooLong, at: reply.place, message: "A line of the reply to \(name(exchange)) is longer than 512 octets."
        ))
    }
    if let enhanced = reply.enhanced, let digit = enhanced.utf8.first, Int(digit) - 0x30 != reply.code / 100 {
      findings.add(
        Finding(
          .enhancedStatusMismatch, transaction: exchange.transaction, at: reply.place,
          message: "The reply to \(name(exchange)) says \(reply.code) and \(enhanced): the classes differ."))
    }
  }

  private static func lookAtMeaning(
    _ reply: ReplyRecord, _ exchange: Exchange, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    if let verb = exchange.verb, case .command = exchange.step, reply.code > 0, reply.code < 400,
      isInvalid(reply.code, to: verb)
    {
      findings.add(
        Finding(
          .replyInvalidForCommand, transaction: exchange.transaction, at: reply.place,
          message:
            "\(verb == .data ? "DATA" : visible(exchange.line.prefix(60))) was answered \(reply.code), which it cannot have."
        ))
    }
    guard let delay = reply.delay, exchange.step != .greeting, !exchange.hasHole else { return }
    // A reply to one of several commands sent together waits for those before it: only the first is measured.
    guard delay > 5_000_000_000 else { return }
    findings.add(
      Finding(
        .replySlow, severity: delay > minimum(of: exchange) ? .warning : .info, transaction: exchange.transaction,
        at: reply.place, message: "The server took \(spoken(delay)) to answer \(name(exchange))\(hint(delay))."))
  }

  private static func isInvalid(_ code: Int, to verb: Verb) -> Bool {
    switch verb {
    case .data: code != 354
    case .mail, .rcpt, .rset, .helo, .ehlo, .lhlo: code >= 300 || code == 221 || code == 220
    case .quit: code != 221 && code != 250
    default: false
    }
  }

  /// RFC 5321 section 4.5.3.2: how long a client must be ready to wait.
  private static func minimum(of exchange: Exchange) -> Int64 {
    switch exchange.step {
    case .endOfData, .chunk(isLast: true): 600_000_000_000
    case .command(.data): 120_000_000_000
    default: 300_000_000_000
    }
  }

  /// Round waits are timers: of a resolver, a callout, a tarpit.
  private static func hint(_ delay: Int64) -> String {
    let seconds = Double(delay) / 1e9
    for timer in [5.0, 10, 15, 20, 30] where abs(seconds - timer) < 0.25 {
      return " (\(Int(timer)) s are a usual timer: a name server that does not answer, or a deliberate pause)"
    }
    return ""
  }

  private static func name(_ exchange: Exchange) -> String {
    switch exchange.step {
    case .greeting: "the connection"
    case .command: visible(exchange.line.prefix(60))
    case .chunk: "a chunk"
    case .endOfData: "the end of the data"
    case .unseen: "a command that was not captured"
    }
  }

  private static func addMalformed(_ reply: ReplyRecord, _ findings: inout FindingCollector) {
    findings.add(
      Finding(
        .replyMalformed, at: reply.place,
        message:
          "The server sent \(visible((reply.lines.first ?? []).prefix(80))), which is no reply: three digits and a blank or hyphen are due.",
        evidence: reply.lines.first))
  }
}
