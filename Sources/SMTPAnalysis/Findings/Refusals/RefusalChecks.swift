internal import SMTPDialogue
internal import Wire

/// What the server's refusals say of why: of the greeting, HELO, MAIL, RCPT, DATA and the message.
enum RefusalChecks: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    lookAtGreeting(evidence, &findings)
    lookAtHello(evidence, &findings)
    for draft in evidence.drafts { look(at: draft.transaction, evidence, &findings) }
    lookAtOtherCommands(evidence, &findings)
    lookAtFarewells(evidence, &findings)
  }

  // MARK: Before the mail

  private static func lookAtGreeting(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    guard let reply = evidence.session.greeting?.reply, reply.isNegative else { return }
    let id: FindingID =
      switch ReplyMeaning(reply, to: .greeting) {
      case .tooManyConnections: .tooManyConnections
      case .rateLimited: .rateLimited
      case .blocklisted: .blocklisted
      case .clientRefused: .clientRefused
      case .shuttingDown: .serverShuttingDown
      default: reply.isPermanent ? .greetingRefused : .greetingDeferred
      }
    findings.add(
      Finding(
        id, at: reply.place, message: "The server turned the client away with its greeting: \(reply.quoted).",
        evidence: said(in: reply)))
  }

  private static func lookAtHello(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    guard let last = evidence.exchanges.last(where: { $0.verb?.isHello == true }), let reply = last.reply,
      reply.isNegative,
      !evidence.exchanges.contains(where: { $0.verb?.isHello == true && ($0.reply?.code ?? 999) < 400 })
    else { return }
    switch ReplyMeaning(reply, to: .hello) {
    case .tooManyConnections:
      add(.tooManyConnections, reply, "to \(word(last))", &findings)
    case .blocklisted:
      add(.blocklisted, reply, "to \(word(last))", &findings)
    case .timeout, .shuttingDown, .tooManyErrors:
      break  // a farewell: told there
    default:
      findings.add(
        Finding(
          .heloRefused, at: reply.place,
          message: "The server refused \(visible(last.line)): \(reply.quoted). No other greeting of the client worked.",
          evidence: last.line))
    }
  }

  // MARK: The mail

  private static func look(
    at transaction: Transaction, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    if let reply = transaction.mailReply, reply.isNegative {
      addMailRefusal(reply, transaction, evidence, &findings)
      return
    }
    addRecipientRefusals(transaction, evidence, &findings)
    let recipientsDecided =
      !transaction.recipients.isEmpty && transaction.recipients.allSatisfy { $0.reply?.isNegative == true }
    if let reply = transaction.dataReply, reply.isNegative, !recipientsDecided {
      addDataRefusal(reply, .data, transaction, &findings)
    }
    guard let reply = transaction.endReply, reply.isNegative else {
      addLMTPRefusals(transaction, &findings)
      return
    }
    if transaction.recipients.contains(where: { $0.dataReply != nil }) {
      addLMTPRefusals(transaction, &findings)
    } else {
      addDataRefusal(reply, .endOfData, transaction, &findings)
    }
  }

  private static func addMailRefusal(
    _ reply: ReplyRecord, _ transaction: Transaction, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    let sender = visible(transaction.reversePath ?? [])
    let id: FindingID
    switch ReplyMeaning(reply, to: .mail) {
    case .tooManyConnections: id = .tooManyConnections
    case .rateLimited: id = .rateLimited
    case .greylisted: id = .greylisted
    case .blocklisted: id = .blocklisted
    case .sizeExceeded: id = .sizeExceeded
    case .serverStorage: id = .serverStorage
    case .authRequired: id = .authRequired
    case .tlsRequired: id = .tlsRequired
    case .clientRefused: id = .clientRefused
    case .policy where reply.isPermanent: id = .policyRefused
    case .tooManyErrors, .timeout, .shuttingDown: return
    case .badSequence, .notUnderstood: return  // the dialogue's own findings say it
    default: id = reply.isPermanent ? .senderRefused : .senderDeferred
    }
    findings.add(
      Finding(
        id, transaction: transaction.id, at: reply.place,
        message:
          "The server refused the sender \(sender.isEmpty ? "<>" : sender): \(reply.quoted) (\(what(follows: reply))).",
        evidence: said(in: reply)))
  }

  private static func addRecipientRefusals(
    _ transaction: Transaction, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    var groups: [(id: FindingID, reply: ReplyRecord, addresses: [[UInt8]])] = []
    let accepted = transaction.recipients.count { ($0.reply?.code ?? 999) < 400 }
    for recipient in transaction.recipients {
      guard let reply = recipient.reply, reply.isNegative,
        let id = finding(of: reply, accepted: accepted)
      else { continue }
      if let index = groups.firstIndex(where: { $0.id == id }) {
        groups[index].addresses.append(recipient.address)
      } else {
        groups.append((id, reply, [recipient.address]))
      }
    }
    for group in groups {
      let first = visible(group.addresses.first ?? [])
      let who = group.addresses.count == 1 ? first : "\(first) and \(group.addresses.count - 1) more"
      let verb = group.reply.isPermanent ? "refused" : "put off"
      findings.add(
        Finding(
          group.id, transaction: transaction.id, at: group.reply.place,
          message: "The server \(verb) \(who): \(group.reply.quoted) (\(what(follows: group.reply))).",
          evidence: said(in: group.reply)))
    }
  }

  /// The finding for a refused RCPT; nil where the dialogue's own findings say it.
  private static func finding(of reply: ReplyRecord, accepted: Int) -> FindingID? {
    switch ReplyMeaning(reply, to: .rcpt) {
    case .greylisted where !reply.isPermanent: .greylisted
    case .blocklisted: .blocklisted
    case .relayDenied: .relayDenied
    case .mailboxUnknown: reply.isPermanent ? .mailboxUnknown : .recipientDeferred
    case .mailboxFull: .mailboxFull
    case .userMoved: .userMoved
    case .tooManyRecipients: .tooManyRecipients
    case .rateLimited, .tooManyConnections: .rateLimited
    case .serverStorage: .serverStorage
    case .authRequired: .authRequired
    case .tlsRequired: .tlsRequired
    case .clientRefused: .clientRefused
    case .senderUnknown: reply.isPermanent ? .senderRefused : .senderDeferred
    case .policy where reply.isPermanent: .policyRefused
    case .contentRefused: .policyRefused
    case .sizeExceeded: .sizeExceeded
    case .badSequence, .tooManyErrors, .timeout, .shuttingDown, .protocolError: nil
    case .notUnderstood: nil
    default: reply.isPermanent ? .recipientRefused : .recipientDeferred
    }
  }

  private static func addDataRefusal(
    _ reply: ReplyRecord, _ step: ReplyMeaning.Step, _ transaction: Transaction, _ findings: inout FindingCollector
  ) {
    let id: FindingID
    switch ReplyMeaning(reply, to: step) {
    case .greylisted where !reply.isPermanent: id = .greylisted
    case .blocklisted: id = .blocklisted
    case .sizeExceeded: id = .sizeExceeded
    case .contentRefused: id = .contentRefused
    case .rateLimited: id = .rateLimited
    case .mailboxFull: id = .mailboxFull
    case .serverStorage: id = .serverStorage
    case .relayDenied: id = .relayDenied
    case .authRequired: id = .authRequired
    case .tlsRequired: id = .tlsRequired
    case .policy where reply.isPermanent: id = .policyRefused
    case .timeout, .shuttingDown, .tooManyErrors: return
    case .badSequence where step == .data, .noValidRecipients where step == .data: return
    case .protocolError: return
    default: id = reply.isPermanent ? .messageRefused : .messageDeferred
    }
    let bytes = transaction.message.map { " of \($0.byteCount) bytes" } ?? ""
    let what = step == .data ? "the transfer of the message" : "the message\(bytes) after it was sent whole"
    findings.add(
      Finding(
        id, transaction: transaction.id, at: reply.place,
        message:
          "The server \(reply.isPermanent ? "refused" : "put off") \(what): \(reply.quoted) (\(Self.what(follows: reply))).",
        evidence: said(in: reply)))
  }

  /// RFC 2033 section 4.2: a reply for each recipient after the data.
  private static func addLMTPRefusals(_ transaction: Transaction, _ findings: inout FindingCollector) {
    for recipient in transaction.recipients {
      guard let reply = recipient.dataReply, reply.isNegative else { continue }
      let id: FindingID =
        switch ReplyMeaning(reply, to: .rcpt) {
        case .mailboxFull: .mailboxFull
        case .mailboxUnknown where reply.isPermanent: .mailboxUnknown
        case .serverStorage: .serverStorage
        case .sizeExceeded: .sizeExceeded
        case .contentRefused: .contentRefused
        case .rateLimited: .rateLimited
        default: reply.isPermanent ? .recipientRefused : .recipientDeferred
        }
      findings.add(
        Finding(
          id, transaction: transaction.id, at: reply.place,
          message:
            "After the message \(visible(recipient.address)) did not get it: \(reply.quoted) (\(what(follows: reply))).",
          evidence: said(in: reply)))
    }
  }

  // MARK: Other commands

  private static func lookAtOtherCommands(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    let attempts = evidence.session.authentications
    if let failed = attempts.last(where: { $0.outcome == .refused }),
      !attempts.contains(where: { $0.outcome == .accepted }),
      let exchange = evidence.exchanges.last(where: {
        ($0.verb == .auth || $0.verb == .xExps) && $0.reply?.isNegative == true
      }), let reply = exchange.reply
    {
      let who = failed.username.map { " for \(visible($0))" } ?? ""
      let mechanism = visible(failed.mechanism)
      switch ReplyMeaning(reply, to: .auth) {
      case .tlsRequired:
        add(.tlsRequired, reply, "to AUTH", &findings)
      default:
        let isSyntax = [500, 501, 502, 504].contains(reply.code)
        findings.add(
          Finding(
            isSyntax ? .authSyntax : .authFailed, at: reply.place,
            message: "AUTH \(mechanism)\(who) failed: \(reply.quoted).", evidence: exchange.line))
      }
    }
    for exchange in evidence.exchanges {
      guard let verb = exchange.verb, let reply = exchange.reply, reply.isNegative else { continue }
      switch verb {
      case .starttls, .xAnonymousTLS:
        let gaveUp = evidence.session.transactions.isEmpty
        findings.add(
          Finding(
            .starttlsRefused, severity: gaveUp ? .error : .warning, at: reply.place,
            message: "STARTTLS was refused: \(reply.quoted)\(gaveUp ? "; the client gave up" : "").",
            evidence: exchange.line))
      case .auth where [501, 504].contains(reply.code):
        findings.add(
          Finding(
            .authSyntax, at: reply.place,
            message: "\(visible(exchange.line)) was not understood: \(reply.quoted).", evidence: exchange.line))
      default:
        break
      }
    }
  }

  /// Replies with which the server takes leave, whatever they answer.
  private static func lookAtFarewells(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    for exchange in evidence.exchanges {
      if let reply = exchange.reply, reply.isNegative { lookAtFarewell(reply, &findings) }
    }
    for extra in evidence.unsolicited where extra.reply.isNegative { lookAtFarewell(extra.reply, &findings) }
  }

  private static func lookAtFarewell(_ reply: ReplyRecord, _ findings: inout FindingCollector) {
    guard reply.code == 421 || reply.isPermanent else { return }
    switch ReplyMeaning(reply, to: .other) {
    case .tooManyErrors where reply.code == 421 || reply.isPermanent:
      findings.add(
        Finding(
          .tooManyErrors, at: reply.place,
          message: "The server ended the session for too many errors: \(reply.quoted).",
          evidence: said(in: reply)))
    case .shuttingDown where reply.code == 421:
      findings.add(
        Finding(
          .serverShuttingDown, at: reply.place, message: "The server is going down: \(reply.quoted).",
          evidence: said(in: reply)))
    case .tooManyConnections where reply.code == 421:
      add(.tooManyConnections, reply, "", &findings)
    case .rateLimited where reply.code == 421:
      add(.rateLimited, reply, "", &findings)
    default:
      break
    }
  }

  // MARK: Words

  private static func add(
    _ id: FindingID, _ reply: ReplyRecord, _ answering: String, _ findings: inout FindingCollector
  ) {
    let step = answering.isEmpty ? "" : " \(answering)"
    findings.add(
      Finding(
        id, at: reply.place, message: "The server answered\(step): \(reply.quoted).", evidence: said(in: reply)))
  }

  private static func word(_ exchange: Exchange) -> String {
    visible(exchange.line.prefix { $0 != 0x20 })
  }

  private static func what(follows reply: ReplyRecord) -> String {
    reply.isPermanent ? "permanent: the sender gets a bounce" : "temporary: the sender will try again"
  }

  private static func said(in reply: ReplyRecord) -> [UInt8] {
    Array(String(reply.code).utf8) + [0x20] + (reply.lines.first ?? [])
  }
}
