internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// What became of a session, derived from its record: the contract's word and one plain sentence.
struct SessionVerdict {
  let outcome: Verdict.Outcome
  /// Of a session that tried no mail. Its sentence, as that of another, is made when it is asked for: most often a finding
  /// has a better one.
  private let ending: Ending?

  init(of evidence: borrowing SessionEvidence, lastUnsolicited: Reply?) {
    let transactions = evidence.session.transactions
    guard !transactions.isEmpty else {
      let ending = Self.withoutTransaction(evidence, lastUnsolicited)
      outcome = ending.outcome
      self.ending = ending
      return
    }
    ending = nil
    var tally = Tally()
    // By index: a whole transaction is much to copy.
    for index in transactions.indices { tally.add(transactions[index].outcome) }
    outcome = tally.outcome
  }

  /// The sentence; where only some recipients got the mail, it names one of those that the cause is about.
  ///
  /// - Parameter farewell: What the server said to no command when it took its leave.
  func message(of session: borrowing Session, farewell: ReplyRecord?, cause: Finding?) -> String {
    if let ending { return ending.reply.map { "\(ending.message): \(Self.words(of: $0))." } ?? ending.message }
    let transactions = session.transactions
    let accepted = transactions.indices.count { transactions[$0].outcome == .accepted }
    if outcome == .delivered {
      return accepted == 1
        ? "The server accepted the mail." : "The server accepted \(accepted == 2 ? "both" : "all \(accepted)") mails."
    }
    // The mail that the cause is about, where it is about one.
    let blamed = cause?.transaction.flatMap { id in transactions.lastIndex { $0.id == id && $0.outcome != .accepted } }
    let telling = blamed ?? transactions.lastIndex { $0.outcome != .accepted } ?? 0
    guard transactions.indices.contains(telling) else { return "" }
    let sentence = transactions.span.lend(telling) { Self.sentence(of: $0, because: cause, farewell: farewell) }
    return outcome == .partial && transactions.count > 1 && accepted > 0
      ? "\(accepted) of \(transactions.count) mails \(accepted == 1 ? "was" : "were") accepted. \(sentence)" : sentence
  }

  /// How many mails came to what.
  private struct Tally {
    private var all = 0
    private var accepted = 0
    private var partial = 0
    private var refused = 0
    private var deferred = 0
    private var aborted = 0
    private var lost = 0

    mutating func add(_ outcome: Transaction.Outcome) {
      all += 1
      switch outcome {
      case .accepted: accepted += 1
      case .partiallyAccepted: partial += 1
      case .refused: refused += 1
      case .deferred: deferred += 1
      case .aborted: aborted += 1
      case .lost: lost += 1
      case .unknown: break
      }
    }

    /// What they come to together.
    var outcome: Verdict.Outcome {
      if accepted == all { return .delivered }
      if accepted > 0 || partial > 0 { return .partial }
      if refused > 0, refused + aborted == all { return .refused }
      if deferred > 0, refused + deferred + aborted == all { return .deferred }
      return lost > 0 || aborted == all ? .failed : .unknown
    }
  }

  // MARK: Sessions that tried a mail

  /// What became of one mail, without the findings.
  static func sentence(
    of transaction: borrowing Transaction, because cause: Finding? = nil, farewell: ReplyRecord? = nil
  ) -> String {
    let recipients = transaction.recipients
    let missed = recipients.filter { $0.outcome == .refused || $0.outcome == .deferred }
    switch transaction.outcome {
    case .accepted:
      return "The server accepted the mail."
    case .partiallyAccepted:
      // In LMTP some may never have been told of.
      let blamed = missed.first { recipient in
        (recipient.dataReply ?? recipient.reply).map { $0.frame == cause?.frame } ?? false
      }
      guard let first = blamed ?? missed.first else {
        let untold = recipients.filter { $0.outcome != .accepted }
        let names = untold.prefix(3).map { visible($0.address) }.joined(separator: ", ")
        let got = recipients.count - untold.count
        let told = "The server accepted the mail for \(got) of \(recipients.count) recipients"
        return cause?.id.isOfCapture == true
          ? "\(told); the capture does not show what it said of \(names)." : "\(told) and said nothing of \(names)."
      }
      // Those who got it are not in the capture where all that are did not.
      let who =
        missed.count == recipients.count
        ? "The server accepted the mail, but not for all"
        : "\(missed.count) of \(recipients.count) recipients did not get the mail"
      let sentence = "\(who): \(reasons(of: missed, first: first))"
      return sentence.hasSuffix(".") ? sentence : sentence + "."
    case .refused, .deferred:
      let isRefused = transaction.outcome == .refused
      let verb = isRefused ? "refused" : "put off"
      let then = isRefused ? "permanent: the sender gets a bounce" : "temporary: the sender will try again"
      guard let (step, reply) = deciding(transaction) else { return "The server \(verb) the mail." }
      return "The server \(verb) \(step): \(words(of: reply)) (\(then))."
    case .aborted:
      return "The client gave the mail up before its end was sent; nothing had been decided against it."
    case .lost:
      if transaction.message?.isComplete == true {
        return
          "The whole message was sent and the connection ended before the server's answer: it may have been delivered, and may come twice."
      }
      let sent = transaction.message.map { " after \($0.byteCount) bytes of the message" } ?? ""
      if let farewell, farewell.time > transaction.start {
        return "The server ended the session\(sent), before the outcome was told: \(words(of: farewell))."
      }
      return "The connection was lost\(sent), before the outcome was told."
    case .unknown:
      return "The capture does not show what became of the mail."
    }
  }

  /// `ann@example.org and 2 more: 550 5.1.1 User unknown; bob@example.org, deferred: 450 4.2.1 Busy`: those who were told the
  /// same together.
  private static func reasons(of missed: [Recipient], first: Recipient) -> String {
    struct Reason: Hashable {
      var code: Int?
      var enhanced: EnhancedStatus?

      init(_ recipient: Recipient) {
        let reply = recipient.dataReply ?? recipient.reply
        (code, enhanced) = (reply?.code, reply?.enhanced)
      }
    }
    let leading = Reason(first)
    var groups = [(reason: leading, example: first, count: 0)]
    var places = [leading: 0]
    for recipient in missed {
      let reason = Reason(recipient)
      if let place = places[reason] {
        groups[place].count += 1
      } else {
        places[reason] = groups.count
        groups.append((reason, recipient, 1))
      }
    }
    let shown = groups.prefix(3)
    let areAlike = groups.allSatisfy { $0.example.outcome == first.outcome }
    let words = shown.map { group in
      let others = group.count > 1 ? " and \(group.count - 1) more" : ""
      let fate = !areAlike && group.example.outcome == .deferred ? ", deferred" : ""
      let why = (group.example.dataReply ?? group.example.reply).map { ": " + Self.words(of: $0) } ?? ""
      return visible(group.example.address) + others + fate + why
    }
    let untold = missed.count - shown.reduce(0) { $0 + $1.count }
    return words.joined(separator: "; ") + (untold > 0 ? "; and \(untold) more for other reasons" : "")
  }

  /// The reply that decided against a transaction, with what it answered.
  private static func deciding(_ transaction: borrowing Transaction) -> (String, ReplyRecord)? {
    if let reply = transaction.endReply { return ("the message", reply) }
    if let reply = transaction.mailReply, reply.code >= 400 {
      let sender = visible(transaction.reversePath ?? [])
      return ("the sender \(sender.isEmpty ? "<>" : sender)", reply)
    }
    if let last = transaction.recipients.last(where: { ($0.reply?.code ?? 0) >= 400 }), let reply = last.reply,
      transaction.recipients.allSatisfy({ ($0.reply?.code ?? 0) >= 400 })
    {
      return (
        transaction.recipients.count == 1
          ? "the recipient \(visible(last.address))" : "all \(transaction.recipients.count) recipients", reply
      )
    }
    return transaction.dataReply.map { ("the data", $0) }
  }

  // MARK: Sessions that did not

  /// What became of such a session, and what a sentence says of it.
  private struct Ending {
    var outcome: Verdict.Outcome
    var message: String
    /// What the server said, if the sentence quotes it.
    var reply: ReplyRecord?
  }

  private static func withoutTransaction(_ evidence: borrowing SessionEvidence, _ lastUnsolicited: Reply?) -> Ending {
    switch evidence.facts.opening {
    case .refused:
      return Ending(
        outcome: .failed, message: "The connection was refused: nothing listens there, or a firewall resets.")
    case .unanswered where evidence.facts.endedInOpening:
      return captureEnded
    case .unanswered:
      return Ending(outcome: .failed, message: "The server never answered the connection attempt.")
    case .handshake, .midstream:
      break
    }
    if let greeting = evidence.session.greeting, greeting.reply.code >= 400 {
      return Ending(
        outcome: greeting.reply.code >= 500 ? .refused : .deferred,
        message: greeting.reply.code >= 500
          ? "The server turned the client away with its greeting" : "The server put the client off with its greeting",
        reply: greeting.reply)
    }
    if let authentication = evidence.session.authentications.last, authentication.outcome == .refused {
      return Ending(
        outcome: .failed, message: "Authentication failed\(authentication.code.map { " (\($0))" } ?? "").")
    }
    if let tls = evidence.session.tls {
      switch tls.outcome {
      case .failed:
        return Ending(
          outcome: .failed,
          message: tls.isUnanswered
            ? "The server never answered STARTTLS." : "The TLS handshake did not come to its end.")
      case .refused:
        return Ending(outcome: .failed, message: "The server refused STARTTLS.")
      case .unknown where tls.isUnanswered:
        return Ending(
          outcome: .unknown, message: "The capture does not show what the server answered to STARTTLS.")
      case .established where evidence.session.leftTLSUnsaid:
        return Ending(
          outcome: .nothingSent, message: "The client left right behind the TLS handshake: no mail was sent.")
      case .established where !tls.isReadable, .unknown where !tls.isReadable:
        return Ending(outcome: .unknown, message: "What followed is encrypted; the capture does not show it.")
      case .established, .unknown:
        break
      }
    }
    // What the commands were, or the replies to them, is not known: they may have been a mail's.
    if evidence.isOneSided || evidence.hasHoles && evidence.refusedUnseen, lastUnsolicited?.code != 421 {
      return Ending(outcome: .unknown, message: "The capture shows no mail.")
    }
    if let reply = lastUnsolicited, reply.code >= 400 {
      return Ending(outcome: .failed, message: "The server closed", reply: reply.record(since: nil))
    }
    if evidence.session.greeting == nil {
      let server = evidence.facts.serverToClient
      let isMissing = server.clippedSegments > 0 || server.missingBytes > 0
      return isMissing || evidence.facts.closing == .captureEnd || evidence.facts.opening == .midstream
        ? Ending(outcome: .unknown, message: "The capture shows no mail.")
        : Ending(outcome: .failed, message: "The connection ended before the server greeted.")
    }
    // What it came for may stand behind the end of the capture.
    if evidence.facts.closing == .captureEnd, !evidence.session.hasQuit, !evidence.facts.isDead { return captureEnded }
    return Ending(outcome: .nothingSent, message: "No mail was sent.")
  }

  private static var captureEnded: Ending {
    Ending(outcome: .unknown, message: "The capture ended before the connection did.")
  }

  private static func words(of reply: ReplyRecord) -> String {
    // The record has all of what may be thousands of long lines.
    var text = ""
    for line in reply.lines where text.utf8.count < Finding.longest {
      text += (text.isEmpty ? "" : " ") + visible(line)
    }
    return text.isEmpty ? "\(reply.code)" : "\(reply.code) \(text)"
  }

  private static func visible(_ bytes: [UInt8]) -> String {
    String(visible: bytes.span)
  }
}

extension Transaction {
  /// The reply that decided about the mail as a whole; nil where the recipients were refused one by one.
  var decidingReply: ReplyRecord? {
    if let endReply { return endReply }
    if let mailReply, mailReply.isNegative { return mailReply }
    return recipients.allSatisfy { $0.reply?.isNegative ?? false } ? nil : dataReply
  }
}
