internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// What the client says out of turn or out of form (RFC 5321 section 4, RFC 2920).
enum ClientDialogueChecks: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    lookAtTurns(evidence, &findings)
    lookAtForm(evidence, &findings)
    lookAtEnding(evidence, &findings)
    lookAtSecrets(evidence, &findings)
  }

  private static func lookAtTurns(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    if !evidence.isOneSided, let early = evidence.exchanges.first(where: \.precedesGreeting) {
      let refused = evidence.exchanges.last {
        $0.reply.map { $0.isPermanent && ReplyMeaning($0, to: .rcpt) == .protocolError } ?? false
      }
      findings.add(
        Finding(
          .earlyTalker, severity: refused == nil ? nil : .error, at: early.commandPlace,
          message:
            "The client said \(visible(early.line)) before the server's greeting was complete\(refused?.reply.map { ", and was refused for it: \($0.quoted)" } ?? "").",
          evidence: early.line))
    }
    var seenHello = evidence.hasHoles
    for exchange in evidence.exchanges {
      guard let verb = exchange.verb else { continue }
      if verb.isHello { seenHello = true }
      if verb.beginsTransaction, !seenHello {
        findings.add(
          Finding(
            .missingHELO, transaction: exchange.transaction, at: exchange.commandPlace,
            message: "\(visible(exchange.line)) came with no HELO or EHLO before it.", evidence: exchange.line))
      }
      if let reply = exchange.reply, reply.isPermanent,
        [.mail, .rcpt, .data, .bdat, .auth].contains(verb) || verb.beginsTransaction,
        ReplyMeaning(reply, to: .other) == .badSequence
      {
        findings.add(
          Finding(
            .commandOutOfOrder, at: exchange.commandPlace,
            message: "\(visible(exchange.line)) came out of order: \(reply.quoted).", evidence: exchange.line))
      }
      lookAtPipelining(exchange, verb, evidence, &findings)
    }
  }

  private static func lookAtPipelining(
    _ exchange: Exchange, _ verb: Verb, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    guard let behind = exchange.sentBehind, !evidence.isOneSided, !exchange.hasHole else { return }
    switch behind {
    case .ehlo, .lhlo, .data, .starttls, .auth, .vrfy, .expn, .turn, .quit, .noop, .helo:
      guard verb != .quit || behind != .data else { return }
      findings.add(
        Finding(
          .pipeliningPastBarrier, at: exchange.commandPlace,
          message:
            "\(visible(exchange.line)) was sent before the reply to \(String(describing: behind).uppercased()), which must be the last of a group.",
          evidence: exchange.line))
    default:
      guard !exchange.mayPipeline else { return }
      findings.add(
        Finding(
          .pipeliningNotOffered, at: exchange.commandPlace,
          message:
            "\(visible(exchange.line)) was sent before the reply to the command before it, and the server does not offer PIPELINING.",
          evidence: exchange.line))
    }
  }

  private static func lookAtForm(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    var bareLF: (count: Int, first: Exchange)?
    for exchange in evidence.exchanges {
      guard let verb = exchange.verb, !exchange.isClipped else { continue }
      if exchange.lineEnding == .lf { bareLF = (((bareLF?.count) ?? 0) + 1, bareLF?.first ?? exchange) }
      if verb == .unknown, !exchange.line.isEmpty {
        if let reply = exchange.reply, reply.code >= 500 {
          findings.add(
            Finding(
              .commandUnknown, at: exchange.commandPlace,
              message: "\(visible(exchange.line.prefix(80))) is no command that the server knows: \(reply.quoted).",
              evidence: exchange.line))
        }
      }
      lookAtSyntax(exchange, verb, &findings)
      let limit = 512 + (verb == .mail ? 500 : verb == .rcpt ? 500 : verb == .auth ? 11_776 : 0)
      if exchange.lineLength > limit {
        findings.add(
          Finding(
            .commandTooLong, at: exchange.commandPlace,
            message:
              "A command line of \(exchange.lineLength) octets; 512 are the limit, more only where an extension adds to it.",
            evidence: Array(exchange.line.prefix(80))))
      }
    }
    if let bareLF {
      findings.add(
        Finding(
          .bareLF, at: bareLF.first.commandPlace,
          message:
            "\(bareLF.count) command line\(bareLF.count == 1 ? "" : "s") of the client ended with LF without CR.",
          evidence: bareLF.first.line))
    }
  }

  private static func lookAtSyntax(_ exchange: Exchange, _ verb: Verb, _ findings: inout FindingCollector) {
    guard verb == .mail || verb == .rcpt else { return }
    let line = exchange.line
    let keyword = verb == .mail ? "FROM:" : "TO:"
    let rest = line.dropFirst(5)
    let add = { (what: String, findings: inout FindingCollector) in
      findings.add(
        Finding(
          .commandSyntax, transaction: exchange.transaction, at: exchange.commandPlace,
          message:
            "\(visible(line)) \(what)\(exchange.reply.map { $0.isNegative ? ": \($0.quoted)" : "; the server took it all the same" } ?? "").",
          evidence: line))
    }
    guard equalsIgnoringCase(rest.prefix(keyword.utf8.count), keyword.utf8) else {
      add("is malformed: \(verb == .mail ? "MAIL FROM:<path>" : "RCPT TO:<path>") is the form", &findings)
      return
    }
    let path = rest.dropFirst(keyword.utf8.count)
    if path.first == 0x20 { return add("has a blank behind the colon", &findings) }
    if path.first != 0x3c { return add("has no angle brackets around the address", &findings) }
    if !path.contains(0x3e) { return add("has no closing angle bracket", &findings) }
    if line.last == 0x20 { return }
    let address = path.dropFirst().prefix { $0 != 0x3e }
    if address.count > 254 || (address.lastIndex(of: 0x40).map { address[..<$0].count > 64 } ?? false) {
      findings.add(
        Finding(
          .pathTooLong, transaction: exchange.transaction, at: exchange.commandPlace,
          message: "The address in \(visible(line.prefix(80))) is longer than 64 octets before the @ or 254 in all.",
          evidence: line))
    }
  }

  private static func lookAtEnding(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    let session = evidence.session
    for draft in evidence.drafts where draft.transaction.outcome == .aborted {
      let how: String
      switch draft.ending {
      case .reset: how = "RSET"
      case .hello: how = "a new EHLO"
      case .newMail: how = "a new MAIL"
      case .quit: how = "QUIT"
      default: continue
      }
      findings.add(
        Finding(
          .transactionAbandoned, transaction: draft.transaction.id,
          at: (draft.transaction.firstFrame, draft.transaction.start),
          message: "The client gave the mail from \(visible(draft.transaction.reversePath ?? [])) up with \(how)."))
    }
    guard !session.hasQuit, session.greeting != nil, session.greeting?.reply.isNegative != true, !evidence.hasHoles,
      !evidence.isClipped, session.tls == nil, session.connection.closing == .finished(by: .client)
    else { return }
    findings.add(Finding(.noQUIT, at: evidence.end, message: "The client closed the connection without QUIT."))
  }

  private static func lookAtSecrets(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    guard let shown = evidence.session.authentications.first(where: { $0.isInClear && $0.outcome != .cancelled }),
      let exchange = evidence.exchange(.auth) ?? evidence.exchange(.xExps)
    else { return }
    let mechanism = visible(shown.mechanism)
    let who = shown.username.map { " of \(visible($0))" } ?? ""
    guard ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"].contains(mechanism), exchange.reply?.code != 503,
      exchange.reply?.code != 504, shown.username != nil
    else { return }
    findings.add(
      Finding(
        .credentialsInClear, at: exchange.commandPlace,
        message: "AUTH \(mechanism) showed the password\(who) outside TLS.", evidence: exchange.line))
  }
}
