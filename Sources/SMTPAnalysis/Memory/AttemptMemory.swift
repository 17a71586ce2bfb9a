internal import MailMessages
internal import TCPStreams
internal import Wire

/// Remembers who did not get a mail yet, and tells it when they do: greylisting (RFC 6647) and every other retry.
///
/// Greylists go by client, sender and recipient; here sender and recipient are the key and the client is compared, so that
/// a sender whose address changes with each attempt can be told.
struct AttemptMemory: Sendable {
  private var waiting: RecentMap<PutOff>
  /// How many of a session's recipients are still without their mail, by the session's number.
  private var missing: RecentMap<Int>
  private let limits: MemoryLimits

  private struct PutOff: Sendable {
    var sender: [UInt8]
    var recipient: [UInt8]
    var isGreylisted: Bool
    var attemptCount = 0
    var firstTime: CaptureTime
    var lastTime: CaptureTime
    /// The first ones, a session's together, at most so many as the limits say.
    var attempts: [Attempt] = []
    /// The networks that they came from, each once.
    var networks: [IPAddress] = []
    /// What tells one mail of this sender to this recipient from another.
    var identity: Identity

    /// Whether no two attempts came from the same network.
    func isMoving(_ limits: MemoryLimits) -> Bool {
      attemptCount > 1 && networks.count >= min(attemptCount, limits.attempts)
    }
  }

  /// A session that tried in vain.
  private struct Attempt: Sendable {
    var session: Int
    /// When it was told so, first.
    var time: CaptureTime
    /// What will be said of it when the mail is delivered.
    var kind: Hindsight.Kind
  }

  /// What an attempt shows of its mail, even one that came no further than RCPT.
  private struct Identity: Sendable {
    var messageID: UInt64?
    var subject: UInt64?
    var date: UInt64?
    var size: UInt64?

    /// The key of a field that a whole header section has not.
    private static let none = MemoryKey.of("".utf8.span)

    init(_ transaction: Transaction) {
      if let header = transaction.message?.header {
        // What a whole header section has not is told too; of one that was cut the last field may be cut as well.
        let isWhole = header.form.contains(.whole)
        func key(_ field: String?) -> UInt64? { (field ?? (isWhole ? "" : nil)).map { MemoryKey.of($0.utf8.span) } }
        messageID = key(header.messageID)
        subject = isWhole ? key(header.subject) : nil
        date = isWhole ? key(header.date) : nil
      }
      size = transaction.parameters.first { $0.count > 5 && $0[4] == 0x3d && ($0[0] | 0x20) == 0x73 }
        .map { MemoryKey.of($0) }
    }

    func mayBe(_ other: Identity) -> Bool {
      if let messageID, let theirs = other.messageID, messageID != theirs || messageID != Self.none {
        return messageID == theirs
      }
      if let subject, let theirs = other.subject, subject != theirs { return false }
      if let date, let theirs = other.date, date != theirs { return false }
      if let size, let theirs = other.size { return size == theirs }
      return true
    }
  }

  init(limits: MemoryLimits) {
    self.limits = limits
    waiting = RecentMap(limit: limits.putOff)
    missing = RecentMap(limit: limits.putOff)
  }

  mutating func observe(_ session: inout Session) {
    // What was made good while this connection lingered waits for nothing.
    guard !session.hindsight.contains(where: { $0.session == session.id }) else { return }
    for index in session.transactions.indices {
      switch session.transactions[index].outcome {
      case .accepted:
        take(index, of: &session)
      case .partiallyAccepted:
        take(index, of: &session)
        putOff(index, of: &session)
      case .deferred, .lost, .aborted:
        putOff(index, of: &session)
      case .refused:
        let recipients = session.transactions[index].recipients
        if recipients.indices.contains(where: { recipients[$0].outcome == .deferred }) { putOff(index, of: &session) }
      case .unknown:
        break
      }
    }
  }

  // MARK: Not taken

  private mutating func putOff(_ index: Int, of session: inout Session) {
    let transaction = session.transactions[index]
    guard let sender = transaction.reversePath else { return }
    let finding = session.findings.firstIndex { $0.id == .greylisted && $0.transaction == transaction.id }
    let reading = finding.flatMap { at in
      let frame = session.findings[at].frame
      return transaction.recipients.compactMap(\.reply).first { $0.frame == frame && $0.code >= 400 && $0.code < 500 }
    }
    let senderKey = MemoryKey.of(sender)
    let identity = Identity(transaction)
    var open = 0
    var isTold = false
    for recipient in transaction.recipients.prefix(limits.recipients) {
      switch recipient.outcome {
      case .accepted: continue
      case .refused,
        .unanswered where transaction.outcome == .refused:
        open += 1  // it stays without the mail, so that the session is never said to be made good
        continue
      case .deferred, .unanswered: break
      }
      let wasTold = recipient.reply.map { $0.code >= 400 } ?? false
      let isGreylisted =
        finding != nil
        && (!wasTold
          || reading.map { $0.code == recipient.reply?.code && $0.enhanced == recipient.reply?.enhanced } ?? true)
      let key = MemoryKey.envelope(from: senderKey, to: MemoryKey.of(recipient.address))
      let time = recipient.dataReply?.time ?? recipient.reply?.time ?? transaction.end
      var entry =
        waiting[key]
        ?? PutOff(
          sender: sender, recipient: recipient.address, isGreylisted: isGreylisted, firstTime: time,
          lastTime: time, identity: identity)
      if !entry.identity.mayBe(identity), !isGreylisted || !entry.isGreylisted {
        // Another mail of the same two: the older one is no longer waited for.
        entry = PutOff(
          sender: sender, recipient: recipient.address, isGreylisted: isGreylisted, firstTime: time,
          lastTime: time, identity: identity)
      }
      let isCounted = entry.attempts.last?.session == session.id
      if !isCounted { open += 1 }
      entry.attemptCount += 1
      entry.isGreylisted = isGreylisted
      let kind: Hindsight.Kind =
        isGreylisted
        ? .deliveredAfterGreylisting
        : recipient.outcome == .deferred
          ? .deliveredAfterDeferral : transaction.message?.isComplete == true ? .deliveredAgain : .deliveredAfterLoss
      entry.lastTime = time
      entry.identity = identity
      if isCounted {
        entry.attempts[entry.attempts.count - 1].kind = kind
      } else if entry.attempts.count < limits.attempts {
        entry.attempts.append(Attempt(session: session.id, time: time, kind: kind))
      }
      let network = session.connection.client.address.network
      if !entry.networks.contains(network), entry.networks.count < limits.attempts { entry.networks.append(network) }
      waiting.set(entry, for: key)
      if let finding, isGreylisted, !isTold, let first = entry.attempts.first?.session,
        first != session.id
      {
        tellAgain(entry, since: first, finding, &session)
        isTold = true
      }
    }
    if transaction.recipients.count > limits.recipients { open += 1 }
    guard open > 0 else { return }
    let number = UInt64(truncatingIfNeeded: session.id)
    missing.set((missing[number] ?? 0) + open, for: number)
  }

  /// This was not the first attempt, and greylisting put it off again.
  private func tellAgain(_ entry: PutOff, since first: Int, _ finding: Int, _ session: inout Session) {
    let span = spoken(entry.lastTime.nanoseconds(since: entry.firstTime))
    session.findings[finding].message +=
      " It was first put off in session \(first), \(span) before; this is attempt \(entry.attemptCount)."
    guard entry.attemptCount >= 3, entry.isMoving(limits) else { return }
    let moving =
      " Each attempt came from another network: a greylist that goes by the client's address may never let it pass."
    session.findings[finding].message += moving
    if session.verdict.cause == .greylisted { session.verdict.message += moving }
  }

  // MARK: Taken

  private mutating func take(_ index: Int, of session: inout Session) {
    guard !waiting.isEmpty, let sender = session.transactions[index].reversePath else { return }
    let senderKey = MemoryKey.of(sender)
    var greylisted: [PutOff] = []
    // Fields are read where they lie: a copy of a recipient counts references of all that is in it.
    for recipient in 0..<min(session.transactions[index].recipients.count, limits.recipients) {
      guard session.transactions[index].recipients[recipient].outcome == .accepted else { continue }
      let address = MemoryKey.of(session.transactions[index].recipients[recipient].address)
      let key = MemoryKey.envelope(from: senderKey, to: address)
      guard let entry = waiting[key] else { continue }
      let isSameMail = entry.identity.mayBe(Identity(session.transactions[index]))
      guard isSameMail || entry.isGreylisted else { continue }
      waiting.remove(key)
      if entry.isGreylisted, entry.attempts.first?.session != session.id { greylisted.append(entry) }
      if isSameMail { makeGood(entry, session.transactions[index], recipient, &session) }
    }
    if let first = greylisted.first { tellPassed(first, of: greylisted.count, session.transactions[index], &session) }
  }

  /// Of the sessions in which the recipient was put off, those to which nothing else is open are made good.
  private mutating func makeGood(
    _ entry: PutOff, _ transaction: Transaction, _ recipient: Int, _ session: inout Session
  ) {
    let time = transaction.recipients[recipient].dataReply?.time ?? transaction.endReply?.time ?? transaction.end
    for attempt in entry.attempts {
      let key = UInt64(truncatingIfNeeded: attempt.session)
      guard let left = missing[key] else { continue }
      if left > 1 {
        missing.set(left - 1, for: key)
        continue
      }
      missing.remove(key)
      guard attempt.session != session.id else { continue }
      session.hindsight.append(
        Hindsight(
          session: attempt.session, kind: attempt.kind, elapsed: max(0, time.nanoseconds(since: attempt.time)),
          by: session.id))
    }
  }

  private func tellPassed(_ entry: PutOff, of count: Int, _ transaction: Transaction, _ session: inout Session) {
    guard
      let recipient = transaction.recipients.first(where: { $0.address == entry.recipient })
        ?? transaction.recipients.first,
      let first = entry.attempts.first?.session
    else { return }
    let reply = recipient.dataReply ?? recipient.reply
    let passed = reply?.time ?? transaction.end
    let others = count > 1 ? " and \(count - 1) more" : ""
    let tries = entry.attemptCount > 1 ? " and \(entry.attemptCount) attempts" : ""
    let client = session.connection.client.address
    let moved =
      entry.networks.contains(client.network) ? "" : "; what was put off came from other networks than \(client)"
    session.findings.append(
      Finding(
        .greylisted, severity: .info, transaction: transaction.id,
        at: reply.map { ($0.frame, $0.time) } ?? (transaction.firstFrame, transaction.end),
        message:
          "\(visible(recipient.address))\(others) was put off by greylisting in session \(first) and is taken now, \(spoken(max(0, passed.nanoseconds(since: entry.firstTime))))\(tries) later\(moved)."
      ))
  }

  // MARK: The end

  /// What never passed although it was tried more than once.
  func notes() -> [AnalysisSummary.Note] {
    guard !waiting.isEmpty else { return [] }
    var notes: [AnalysisSummary.Note] = []
    for entry in waiting.values where entry.isGreylisted && entry.attemptCount > 1 {
      guard notes.count < limits.notes else { break }
      let since = spoken(entry.lastTime.nanoseconds(since: entry.firstTime))
      let why =
        entry.isMoving(limits)
        ? "; each attempt came from another network, so that a greylist that goes by the client's address may never let it pass"
        : ""
      let sender = entry.sender.isEmpty ? "<>" : visible(entry.sender)
      notes.append(
        AnalysisSummary.Note(
          .greylisted,
          "\(sender) to \(visible(entry.recipient)): put off by greylisting \(entry.attemptCount) times in \(since) and never taken in what was read\(why)."
        ))
    }
    return notes
  }
}
