internal import SMTPDialogue
internal import TCPStreams
internal import Wire

// The end of a session: the drafts become the record.

extension SessionRecorder {
  /// What TLS came to, from the records that passed.
  mutating func settleTLS(_ watch: TLSWatch, wasClosed: Bool) {
    guard var use = tls, use.outcome == .unknown else { return }
    if watch.isActive {
      use.outcome =
        watch.isRefused
        ? .failed : watch.isEstablished ? .established : wasClosed && !watch.hasHoles ? .failed : .unknown
    } else if readsOnBehindTLS {
      use.outcome = .established
      use.isReadable = true
    } else if wasClosed {
      use.outcome = .failed
    }
    tls = use
  }

  /// The record of the session.
  mutating func session(
    facts: ConnectionFacts, preamble: Preamble?, end: TransactionDraft.ConnectionEnd, tls watch: TLSWatch,
    first: (client: [UInt8], server: [UInt8])
  ) -> Session {
    for index in drafts.indices {
      drafts[index].transaction.outcome = drafts[index].outcome(at: end)
      settleRecipients(of: index)
    }
    var session = Session(
      id: 0, connection: facts, kind: protocolKind, verdict: Verdict(outcome: .unknown, message: ""))
    session.requests = requests
    session.proxy = preamble.map(ProxyPreamble.init)
    session.greeting = greeting
    session.helo = helo
    session.extensions = extensions
    session.tls = tls
    session.authentications = authentications
    session.transactions = drafts.map(\.transaction)
    session.hasQuit = hasQuit
    session.quitReply = quitReply
    session.dialogue = dialogue
    session.verdict = SessionVerdict(of: session, lastUnsolicited: lastUnsolicited).verdict
    session.findings = SessionFindings.of(
      SessionEvidence(
        session: session, exchanges: log.exchanges, unsolicited: log.unsolicited, drafts: drafts, tls: watch,
        injected: injected, clearBehindTLS: clearBehindTLS, firstClientBytes: first.client,
        firstServerBytes: first.server, gaps: gaps, unfinishedTail: unfinishedTail))
    if let cause = SessionFindings.cause(of: session, among: session.findings) {
      session.verdict.cause = cause.id
      if session.verdict.outcome == .failed || session.verdict.outcome == .unknown
        || session.verdict.outcome == .nothingSent
      {
        session.verdict.message = cause.message
      }
      if session.verdict.outcome == .nothingSent, cause.severity == .error { session.verdict.outcome = .failed }
    }
    return session
  }

  /// Who got the mail, as the end of the transaction decided: RCPT's reply alone delivers nothing.
  private mutating func settleRecipients(of index: Int) {
    let outcome = drafts[index].transaction.outcome
    let eachIsAnswered = drafts[index].transaction.recipients.contains { $0.dataReply != nil }
    for recipient in drafts[index].transaction.recipients.indices {
      let current = drafts[index].transaction.recipients[recipient]
      if let reply = current.dataReply {
        drafts[index].transaction.recipients[recipient].outcome =
          switch TransactionDraft.refusal(reply) {
          case .refused: .refused
          case .deferred: .deferred
          default: .accepted
          }
      } else if current.outcome == .accepted {
        drafts[index].transaction.recipients[recipient].outcome =
          switch outcome {
          case _ where eachIsAnswered: .unanswered  // RFC 2033 section 4.2: its own reply never came
          case .accepted, .partiallyAccepted: .accepted
          case .refused: .refused
          case .deferred: .deferred
          case .aborted, .lost, .unknown: .unanswered
          }
      }
    }
  }
}

extension ProxyPreamble {
  init(_ preamble: Preamble) {
    self.init(
      kind: Kind(rawValue: preamble.kind.rawValue) ?? .proxyV1, source: preamble.source,
      destination: preamble.destination)
  }
}
