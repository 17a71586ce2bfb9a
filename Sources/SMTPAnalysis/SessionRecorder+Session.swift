internal import SMTPDialogue
internal import TCPStreams
internal import TLSHandshake
internal import Wire

// The end of a session: the drafts become the record.

extension SessionRecorder {
  /// The record of the session.
  mutating func session(
    facts: consuming ConnectionFacts, preamble: Preamble?, end: TransactionDraft.ConnectionEnd,
    first: (client: [UInt8], server: [UInt8])
  ) -> Session {
    settleRefusalInText()
    let unheardSince = leaveSaidInVain(facts) ?? self.unheardSince(facts)
    var end = end
    end.halfClosed = halfClosed(facts)
    var marks: MailMarks = []
    for index in drafts.indices {
      let draft = drafts[index]
      if let unheardSince { draft.forgetHeard(since: unheardSince) }
      draft.transaction.outcome = draft.outcome(at: end)
      draft.settleRecipients()
      marks.formUnion(draft.marks)
    }
    clock.finish(facts, tls: tlsInSession?.conversation.times, isAcknowledged: !end.leftUnacknowledged)
    // Filled in where it lies: it is much to copy.
    var evidence = SessionEvidence(
      session: Session(
        id: 0, connection: facts, kind: protocolKind, verdict: Verdict(outcome: .unknown, message: "")),
      exchanges: log.exchanges, traits: protocolKind == .unknown ? [] : log.traits, unsolicited: log.unsolicited,
      oddities: log.oddities, drafts: drafts, marks: marks,
      unfinishedChunk: log.waiting.flatMap { $0.verb == .bdat ? $0 : nil }, loneDots: loneDots,
      sentAhead: log.sentAhead, injected: injected, clearBehindTLS: clearBehindTLS, firstClientBytes: first.client,
      firstServerBytes: first.server, gaps: gaps, unfinishedTail: unfinishedTail, reader: shared.replies,
      slowReplies: clock.slowReplies,
      lastClientBytes: lastWords.clientHeard, lastChallenge: log.lastChallenge, clientLeft: left.client,
      serverLeft: left.server, unheardSince: unheardSince)
    fill(&evidence.session, preamble)
    // Exim answers a client that is gone too (`421 lost input connection`): that ends nothing any more.
    if let client = left.client, let reply = lastUnsolicited, client.time < reply.begin.time { lastUnsolicited = nil }
    let verdict = SessionVerdict(of: evidence, lastUnsolicited: lastUnsolicited)
    evidence.session.verdict.outcome = verdict.outcome
    evidence.refusals = SessionRefusals(of: evidence)
    evidence.session.findings = SessionFindings.of(evidence)
    settleVerdict(verdict, in: &evidence)
    return evidence.takeSession()
  }

  /// From where on nobody heard what the server said: the client had gone, which it showed with a reset, or nothing got
  /// to it any more. A client that only has no more to say (a half-close, RFC 9293 section 3.6) hears and acknowledges.
  private func unheardSince(_ facts: borrowing ConnectionFacts) -> Moment? {
    guard gaps.server == 0, facts.clientToServer.packets > 0,
      let first = lastWords.start(ofLast: facts.serverPath.unacknowledged)
    else { return nil }
    if let stall = facts.pathStall, stall.peer == .server, stall.stall.isOpen { return first }
    guard let reset = facts.clientPath.trouble?.reset?.frame.place else { return nil }
    let hadClosed = left.client.map { isBefore($0.place, first.place) } ?? false
    return hadClosed || isBefore(reset, first.place) ? first : nil
  }

  /// When the client said QUIT because the answer to its data, or to a command, did not come. It has given the mail up by
  /// then (RFC 5321 section 4.5.3.2): that its host acknowledges the late answer, or that it takes it for the answer to QUIT,
  /// changes nothing. QUIT that is sent ahead with what it ends gives up nothing.
  private func leaveSaidInVain(_ facts: borrowing ConnectionFacts) -> Moment? {
    guard hasQuit, gaps.first == nil, !facts.isOneSided,
      let place = log.exchanges.lastIndex(where: { $0.verb == .quit }), place > 0,
      let quit = log.exchanges[place].sent
    else { return nil }
    let end = log.exchanges[place - 1]
    guard let reply = end.reply, isBefore(quit.place, reply.place), let sent = end.wholeSent ?? end.commandSent,
      quit.time.nanoseconds(since: sent.time) >= Self.shortestLeave
    else { return nil }
    return quit
  }

  /// A client that waits for less before it says QUIT may not have waited at all: a lost segment is sent again within that.
  private static let shortestLeave: Int64 = 5_000_000_000

  /// When the client closed its half, where the server was to say something yet and the capture ends first.
  private func halfClosed(_ facts: borrowing ConnectionFacts) -> CaptureTime? {
    guard facts.closing == .finished(by: .client), left.server == nil, facts.clientPath.trouble?.reset == nil,
      facts.serverPath.trouble?.reset == nil, facts.silence.afterwards < Self.patience
    else { return nil }
    return left.client?.time
  }

  /// RFC 5321 section 4.5.3.2.6: how long an answer to the end of the data may take.
  private static let patience: Int64 = 600_000_000_000

  /// Puts into a new record what the dialogue told: it is moved there, for nothing comes behind the end.
  private mutating func fill(_ session: inout Session, _ preamble: Preamble?) {
    session.requests = requests
    session.proxy = preamble.map(ProxyPreamble.init)
    session.phases = clock.phases
    let delay = greetingDelay(session.connection)
    swap(&session.greeting, &greeting)
    session.greeting?.delay = delay
    if options.keepsDialogue { session.dialogue = transcript.asSaid(with: tls?.details) }
    swap(&session.helo, &helo)
    swap(&session.extensions, &extensions)
    swap(&session.tls, &tls)
    swap(&session.authentications, &authentications)
    session.transactions = drafts.map(\.transaction)
    session.hasQuit = hasQuit
    swap(&session.quitReply, &quitReply)
    session.speaksForAnother = speaksForAnother
    session.omitted = omitted
    session.omitted.dialogueLines = transcript.omitted
  }

  /// The sentence of the session and of each of its mails: a finding's where one explains it.
  private func settleVerdict(_ verdict: SessionVerdict, in evidence: inout SessionEvidence) {
    let farewell = lastUnsolicited.map { $0.record(since: nil) }.flatMap { evidence.isLeave($0) ? $0 : nil }
    var message: String?
    let cause = evidence.bestCause
    if let cause {
      evidence.session.verdict.cause = cause.id
      switch verdict.outcome {
      case .unknown where cause.id.isOfCapture:
        message = [cause.message, evidence.repliesToUnseen].compactMap(\.self).joined(separator: " ")
      case _ where cause.id == .smuggledTransaction, .failed, .unknown, .nothingSent:
        message = cause.message
      case .refused, .deferred:
        // Where one thing was refused it is the whole story, and the finding tells it with its reason; so does one that
        // is the reason of a refusal, and one that came before all mails.
        let isRefusal = evidence.refusals.holds(cause.id)
        let isOfGreeting = cause.transaction == nil && evidence.session.greeting?.reply.isNegative == true
        if !isRefusal || isOfGreeting || evidence.refusals.all.count == 1 { message = cause.message }
      case .partial where cause.id == .tooManyRecipients && TooManyRecipients.wasMadeGood(cause.transaction, evidence):
        message =
          verdict.message(of: evidence.session, farewell: farewell, cause: cause)
          + " They got it with another mail of this session."
      case .delivered, .partial:
        break
      }
      // A server that hangs up on a client that had only begun has failed it.
      let hasNoMail =
        verdict.outcome == .nothingSent
        || verdict.outcome == .unknown && drafts.isEmpty && evidence.isOneSided
      if hasNoMail, cause.severity == .error || cause.id == .serverClosedWithout421 {
        // One that refuses it for what it did has turned it away, as with a greeting.
        let isTurnedAway = cause.id == .earlyTalker && evidence.exchanges.contains { $0.reply?.isPermanent == true }
        evidence.session.verdict.outcome = isTurnedAway ? .refused : .failed
      }
    }
    evidence.session.verdict.message = Finding.bounded(
      message ?? verdict.message(of: evidence.session, farewell: farewell, cause: cause))
    for index in evidence.session.transactions.indices
    where evidence.session.transactions[index].outcome != .accepted {
      let cause = evidence.cause(ofTransactionAt: index)
      evidence.session.transactions[index].cause = cause?.id
      evidence.session.transactions[index].explanation =
        cause?.message ?? evidence.sentence(ofTransactionAt: index, farewell: farewell)
    }
  }

  /// From the end of the handshake to the greeting; it may have been captured before the ACK that ends the handshake.
  private func greetingDelay(_ facts: borrowing ConnectionFacts) -> Int64? {
    guard let greeting else { return nil }
    let ready = facts.firstFrame.time.advanced(byNanoseconds: facts.handshakeDuration ?? 0)
    return max(0, greeting.reply.time.nanoseconds(since: ready))
  }
}

extension ProxyPreamble {
  init(_ preamble: Preamble) {
    self.init(
      kind: Kind(rawValue: preamble.kind.rawValue) ?? .proxyV1, source: preamble.source,
      destination: preamble.destination)
  }
}
