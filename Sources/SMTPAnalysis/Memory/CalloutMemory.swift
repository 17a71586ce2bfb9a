internal import TCPStreams
internal import Wire

/// Knows callouts: while a server lets its client wait at MAIL or RCPT, it asks another server whether the sender or the
/// recipient exists, and its answer is that server's.
struct CalloutMemory: Sendable {
  /// The callouts of each host, by its address.
  private var callouts: RecentMap<[Callout]>
  private let limits: MemoryLimits

  private struct Callout: Sendable {
    var session: Int
    var server: Endpoint
    var start: CaptureTime
    var address: [UInt8]
    var answer: ReplyRecord
  }

  init(limits: MemoryLimits) {
    self.limits = limits
    callouts = RecentMap(limit: limits.callingHosts)
  }

  // MARK: The inner session

  /// Takes a session of that shape for a callout: somebody waits for an answer of the host that calls.
  mutating func classify(_ session: inout Session) {
    guard let last = session.transactions.last, let recipient = last.recipients.first, let answer = recipient.reply
    else {
      return
    }
    session.purpose = .callout
    // What it was told decides about another mail, and is told there.
    session.findings.removeAll { $0.id == .transactionAbandoned || $0.id == .noQUIT }
    for index in session.findings.indices where session.findings[index].severity > .info {
      if session.findings[index].transaction != nil { session.findings[index].severity = .info }
    }
    let asked = recipient.address
    session.verdict = Verdict(
      outcome: .nothingSent,
      message:
        "A callout: \(session.connection.client.address) asked whether \(visible(asked)) would be taken, and the answer was \(answer.quoted). No mail was meant to be sent."
    )
    let key = MemoryKey.of(session.connection.client.address)
    var known = callouts[key] ?? []
    known.append(
      Callout(
        session: session.id, server: session.connection.server, start: session.connection.firstFrame.time,
        address: asked, answer: answer))
    if known.count > limits.callouts { known.removeFirst() }
    callouts.set(known, for: key)
  }

  // MARK: The outer session

  /// Says of a refusal, or of a slow answer, that a callout is behind it.
  func explain(_ session: inout Session) {
    guard !callouts.isEmpty, session.purpose == .mail, !session.transactions.isEmpty,
      let known = callouts[MemoryKey.of(session.connection.server.address)]
    else { return }
    for transaction in session.transactions {
      if let reply = transaction.mailReply {
        explain(reply, to: "MAIL", transaction, known, &session)
      }
      for recipient in transaction.recipients.prefix(limits.recipients) {
        guard let reply = recipient.reply else { continue }
        explain(reply, to: "RCPT", transaction, known, &session, recipient: recipient.address)
      }
      if let reply = transaction.dataReply { explain(reply, to: "DATA", transaction, known, &session) }
      if let reply = transaction.endReply { explain(reply, to: "the message", transaction, known, &session) }
    }
  }

  private func explain(
    _ reply: ReplyRecord, to step: String, _ transaction: Transaction, _ known: [Callout], _ session: inout Session,
    recipient: [UInt8]? = nil
  ) {
    guard let delay = reply.delay else { return }
    let asked = reply.time.advanced(byNanoseconds: -delay)
    let callout = known.last { callout in
      guard callout.start >= asked, callout.answer.time <= reply.time else { return false }
      // The same address, or an answer of the same kind where it was rewritten on the way.
      return isSame(callout.address, transaction.reversePath) || isSame(callout.address, recipient)
        || (reply.code >= 400 && callout.answer.code / 100 == reply.code / 100)
    }
    guard let callout else { return }
    for index in session.findings.indices {
      let finding = session.findings[index]
      guard finding.frame == reply.frame, finding.transaction == transaction.id || finding.id == .replySlow,
        finding.id == .replySlow || reply.code >= 400, !finding.message.hasSuffix(Self.mark)
      else { continue }
      let took = spoken(callout.answer.time.nanoseconds(since: callout.start))
      let verb = reply.code >= 400 && callout.answer.code >= 400 ? "decided it" : "took \(took) of the wait"
      let told =
        " While the client waited for the answer to \(step), the server asked \(callout.server) about \(visible(callout.address)) (session \(callout.session)); its \(callout.answer.quoted) \(verb) (a callout)."
      session.findings[index].message += told
      if reply.code >= 400, session.verdict.cause == finding.id, !session.verdict.message.hasSuffix(Self.mark) {
        session.verdict.message += told
      }
    }
  }

  private static let mark = "(a callout)."

  private func isSame(_ address: [UInt8], _ other: [UInt8]?) -> Bool {
    other.map { MemoryKey.of(address) == MemoryKey.of($0) } ?? false
  }
}

extension Session {
  /// Whether it has the shape of a callout: envelopes and never a message.
  var hasShapeOfCallout: Bool {
    // A bounce that is refused at RCPT looks alike, but its client goes on to DATA, pipelined.
    guard !transactions.isEmpty, transactions.count <= 4, transactions[0].transfer == nil, authentications.isEmpty,
      connection.opening == .handshake
    else { return false }
    return transactions.indices.allSatisfy { transactions[$0].hasShapeOfCallout }
  }

  /// Whether one of that shape is a callout though nobody is seen to wait: a bounce that is taken by RCPT goes on to
  /// DATA, and who leaves then with QUIT had only asked.
  var isLoneCallout: Bool {
    hasQuit && connection.closing != .captureEnd && transactions.allSatisfy { $0.outcome == .aborted }
      && !findings.contains { $0.severity == .error }
  }
}

extension Transaction {
  fileprivate var hasShapeOfCallout: Bool {
    guard message == nil, transfer == nil, dataReply == nil, recipients.count == 1, let sender = reversePath,
      mailReply.map({ $0.code < 400 }) ?? false, recipients[0].reply != nil
    else { return false }
    switch outcome {
    case .aborted, .refused, .deferred: break
    case .accepted, .partiallyAccepted, .lost, .unknown: return false
    }
    return sender.isEmpty || Self.isVerifier(sender.span)
  }

  /// What Postfix, Exim and others call themselves where the null reverse-path does not serve.
  private static func isVerifier(_ sender: Span<UInt8>) -> Bool {
    let length = sender.firstIndex(of: 0x40) ?? sender.count
    let names: [StaticString] = [
      "postmaster", "double-bounce", "verify", "verifier", "sender-verify", "callout",
    ]
    return names.contains { $0.utf8CodeUnitCount == length && sender.hasBytesIgnoringCase($0) }
  }
}
