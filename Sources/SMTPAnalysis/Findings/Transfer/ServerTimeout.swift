internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let serverTimeout = CatalogueEntry(
    .serverTimeout, .error, "one side ran out of patience",
    explanation: """
      One side had been silent for so long that the other ended the session, with a 421 reply or without. A client \
      that stops in the middle hangs itself (disk, look-ups, a person who types); a connection that is kept open for \
      reuse may simply have been kept too long.
      """,
    seenWhen: """
      the server closes, mostly with 421 (4.4.2 and the like), after the client had its turn and was silent; or the \
      client closes after the server was, beyond the standard's wait; the silence is told
      """,
    whatToDo: """
      look at what the silent side did in that time; keep reused connections for a shorter time than the server's idle \
      limit; a server should wait at least 5 minutes for a command
      """,
    references: ["RFC 5321 section 4.5.3.2.7", "RFC 5321 section 3.8"])
}

enum ServerTimeout: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.isReadable, !evidence.isOneSided, evidence.session.greeting != nil,
      !findings.contains(
        .endOfDataMissing, .pathMTUBlackhole, .pathLostAfterIdle, .connectionSilent, .receiverStalled, .replyLost,
        .connectionResetByMiddlebox, .chunkSizeMismatch)
    else { return }
    let transaction = evidence.openDraft?.transaction.id
    if let farewell = evidence.timeoutFarewell {
      let wait = evidence.clientSilence(until: farewell.time)
      // A connection that was kept for the next mail ends so, and no mail is lost.
      let isHarmless = evidence.session.verdict.outcome == .delivered
      findings.add(
        Finding(
          .serverTimeout, severity: isHarmless ? .info : nil, transaction: transaction, at: farewell.place,
          message:
            "\(evidence.storyOfTimeout(farewell, wait))\(timer(wait)): \(farewell.quoted).",
          evidence: Array("\(farewell.code) ".utf8) + (farewell.lines.first ?? [])))
      return
    }
    guard evidence.isUnfinished, !evidence.hasHoles, !evidence.isClipped else { return }
    if evidence.closing == .finished(by: .server), evidence.unanswered.isEmpty, evidence.clientSilence >= serverPatience
    {
      let wait = evidence.clientSilence
      findings.add(
        Finding(
          .serverTimeout, transaction: transaction, at: evidence.end,
          message:
            "The server closed without a word after the client had sent nothing for \(spoken(wait)) at \(evidence.idleStep(until: evidence.serverLeft?.time))\(timer(wait))."
        ))
    } else if evidence.closing == .finished(by: .client), let asked = evidence.unanswered.first,
      let sent = evidence.answerIsDue(to: asked)
    {
      let wait = evidence.clientLeft.map { $0.time.nanoseconds(since: sent.time) } ?? 0
      guard wait >= asked.patienceDue else { return }
      findings.add(
        Finding(
          .serverTimeout, transaction: transaction, at: asked.commandPlace ?? evidence.end,
          message: "The server did not answer \(asked.name) in \(spoken(wait)), and the client gave up."))
    }
  }

  /// A wait that is a usual timer, named.
  private static func timer(_ wait: Int64) -> String {
    let seconds = Double(wait) / 1e9
    let timers: [(Double, String)] = [
      (300, "five minutes, which RFC 5321 section 4.5.3.2.7 asks of a server"),
      (600, "ten minutes, the usual limit of Exchange"),
    ]
    for (length, name) in timers where abs(seconds - length) <= length / 60 { return " (\(name))" }
    return ""
  }

  /// Shorter than any server's timer, longer than a client thinks between two commands.
  static let serverPatience: Int64 = 5_000_000_000
}

extension SessionEvidence {
  /// Since when the server owes its answer to a command that it did not answer: with AUTH since the client's last response,
  /// and never while it is the client that owes one (RFC 4954 section 4).
  func answerIsDue(to asked: Exchange) -> Moment? {
    guard asked.verb == .auth || asked.verb == .xExps, let lastChallenge else { return asked.sent }
    guard let last = lastClientBytes, last.time > lastChallenge else { return nil }
    guard let quit = unanswered.last, quit.verb == .quit, let sent = quit.sent else { return last }
    // The response came at some time between the two.
    return sent.time > lastChallenge ? Moment(time: lastChallenge, frame: last.frame) : nil
  }

  /// A farewell of the server that says that it has waited too long (RFC 5321 section 3.8).
  var timeoutFarewell: ReplyRecord? {
    var last: ReplyRecord?
    for exchange in exchanges.suffix(2) {
      guard let reply = exchange.reply, reply.code == 421 || reply.code == 451 else { continue }
      // `451 4.4.3 DNS timeout` and `421 LDAP timed out` put off the command that they answer: the client had not been silent.
      guard exchange.step == .greeting || wasIdle(before: exchange, reply) else { continue }
      last = reply
    }
    // A farewell answers nothing, unless a command had crossed it.
    if last == nil { last = unsolicited.last { [421, 451, 221].contains($0.reply.code) }?.reply }
    // What is said to a client that has left says only that.
    guard let last, clientLeft.map({ isBefore(last.place, $0.place) }) ?? true else { return nil }
    let words = last.smallLetters
    let phrases: [StaticString] = ["timeout", "timed out", "time out", "time-out", "idle", "inactiv", "waiting for"]
    let says = phrases.contains { words.span.holds($0) }
    // 4.4.2 is "bad connection" (RFC 3463): servers say it of their own timeout.
    return says || last.enhanced == EnhancedStatus("4.4.2") ? last : nil
  }

  /// Whether the client had been silent before a reply, or before a command that crossed it.
  private func wasIdle(before exchange: Exchange, _ reply: ReplyRecord) -> Bool {
    if clientSilence(until: reply.time) >= ServerTimeout.serverPatience { return true }
    guard let sent = exchange.sent else { return true }
    let earlier = exchanges.last { other in
      other.reply.map { $0.frame != reply.frame && isBefore($0.place, sent.place) } ?? false
    }
    return earlier?.reply.map { sent.time.nanoseconds(since: $0.time) >= ServerTimeout.serverPatience } ?? false
  }

  /// Who had waited for whom.
  fileprivate func storyOfTimeout(_ farewell: ReplyRecord, _ wait: Int64) -> String {
    // It stands in the place of the answer that the client waited for all the time.
    let owed = exchanges.last { $0.reply?.frame == farewell.frame && $0.reply?.code == farewell.code }
    guard let owed, wait >= ServerTimeout.serverPatience || owed.step == .greeting else {
      return
        "The server gave up after the client had sent nothing for \(spoken(wait)) at \(idleStep(until: farewell.time))"
    }
    switch owed.step {
    case .greeting: return "The server gave up before it had greeted"
    case .endOfData, .chunk: return "The server gave up \(spoken(wait)) after the message was sent"
    case .command, .unseen:
      return "The server gave up \(spoken(wait)) after \(owed.name), which it had not answered until then"
    }
  }

  /// How long the client had been silent when the connection ended.
  var clientSilence: Int64 { clientSilence(until: (serverLeft ?? clientLeft)?.time ?? facts.lastFrame.time) }

  /// One that never said anything had its turn since the greeting. What it says when the server has given up breaks no silence.
  func clientSilence(until end: CaptureTime) -> Int64 {
    let last = lastClientBytes.flatMap { $0.time <= end ? $0 : lastCommand(until: end)?.sent }
    guard let begin = last?.time ?? session.greeting?.reply.time else { return 0 }
    return max(0, end.nanoseconds(since: begin))
  }

  private func lastCommand(until end: CaptureTime) -> Exchange? {
    exchanges.last { $0.sent.map { $0.time <= end } ?? false }
  }

  /// The step that the client left off at: inside a message, or behind the last command that it had sent by then.
  func idleStep(until end: CaptureTime?) -> String {
    if let draft = openDraft, draft.messageEnd == .unfinished {
      return "\(draft.transaction.transfer == .bdat ? "BDAT" : "DATA")\(progress)"
    }
    let last = end.map { lastCommand(until: $0) } ?? exchanges.last { $0.sent != nil }
    return last.map { "the step behind \($0.name)" } ?? "the step behind the greeting"
  }
}

extension Exchange {
  /// RFC 5321 section 4.5.3.2: how long a client must be ready to wait for the answer.
  var patienceDue: Int64 {
    switch step {
    case .endOfData, .chunk(isLast: true): 600_000_000_000
    case .command(.data): 120_000_000_000
    case .chunk: 180_000_000_000
    case .greeting, .command, .unseen: 300_000_000_000
    }
  }
}
