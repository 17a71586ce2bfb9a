internal import MailMessages
internal import TCPStreams
internal import Wire

/// Remembers the messages that were taken, or sent whole without an answer, and tells when one comes again.
///
/// A hop is no duplicate: a mail that travels on through the capture, through a content filter beside the server, or is
/// seen on both sides of a proxy or of a NAT, arrives once.
struct MessageMemory: Sendable {
  private var messages: RecentMap<Taken>
  private let limits: MemoryLimits

  /// There are many of them: all that is long is kept as a key.
  private struct Taken: Sendable {
    var session: Int
    var start: CaptureTime
    var time: CaptureTime
    /// The two hosts' addresses.
    var client: UInt64
    var server: UInt64
    /// What the two call themselves, to know them by another address.
    var clientName: UInt64
    var serverName: UInt64
    var recipients: Recipients
    /// The first 64 bits of the hash of the contents, where there is one.
    var digest: UInt64?
    var port: UInt16
    var kind: Session.ProtocolKind
    var handsOver: Bool
    /// The client's address is one of its own host.
    var isLocal: Bool
    /// The answer to the end of the data was never seen.
    var wasLost: Bool
  }

  /// Those that were to get a mail, as keys. Most have one, which needs no memory of its own.
  private struct Recipients: Sendable {
    private var others: [UInt64] = []
    private var first: UInt64?

    var count: Int { first == nil ? 0 : 1 + others.count }

    mutating func append(_ key: UInt64) {
      if first == nil { first = key } else { others.append(key) }
    }

    func contains(_ key: UInt64) -> Bool { first == key || others.contains(key) }

    func contains(where predicate: (UInt64) -> Bool) -> Bool {
      first.map(predicate) ?? false || others.contains(where: predicate)
    }

    func allSatisfy(_ predicate: (UInt64) -> Bool) -> Bool {
      first.map(predicate) ?? true && others.allSatisfy(predicate)
    }
  }

  init(limits: MemoryLimits) {
    self.limits = limits
    messages = RecentMap(limit: limits.messages)
  }

  mutating func observe(_ session: inout Session) {
    let transactions = session.transactions
    for index in transactions.indices {
      guard let message = transactions.span[index].message else { continue }
      let mayBeTaken: Bool
      switch transactions.span[index].outcome {
      case .accepted, .partiallyAccepted, .lost: mayBeTaken = message.isComplete
      case .aborted: mayBeTaken = false
      case .refused, .deferred, .unknown: continue
      }
      guard mayBeTaken || !messages.isEmpty, let key = Self.key(of: message) else { continue }
      let new = taken(index, session)
      if let old = messages[key], old.session != session.id {
        if mayBeTaken, isAgain(new, old) {
          tell(new, old, transactions[index], &session)
        } else if new.wasLost, !old.wasLost, isAgain(old, new) {
          tellMadeGood(new, old, transactions[index], &session)
          continue
        }
      }
      if mayBeTaken { messages.set(new, for: key) }
    }
  }

  /// By its Message-ID; by its contents where it has none.
  private static func key(of message: Message) -> UInt64? {
    var key = MemoryKey(4)
    if let messageID = message.messageID, !messageID.isEmpty {
      key.add(messageID.utf8.span)
    } else if let hash = message.sha256 {
      key.add(hash.utf8.span)
    } else {
      return nil
    }
    return key.value
  }

  /// Fields are read where they lie: a copy of a transaction or a recipient counts references of all that is in it.
  private func taken(_ index: Int, _ session: Session) -> Taken {
    let count = min(session.transactions[index].recipients.count, limits.recipients)
    let outcome = session.transactions[index].outcome
    var recipients = Recipients()
    for recipient in 0..<count {
      switch session.transactions[index].recipients[recipient].outcome {
      case .accepted: break
      case .unanswered where outcome != .accepted: break
      case .unanswered, .refused, .deferred: continue
      }
      recipients.append(MemoryKey.of(session.transactions[index].recipients[recipient].address))
    }
    return Taken(
      session: session.id, start: session.transactions[index].start, time: session.transactions[index].end,
      client: MemoryKey.of(session.connection.client.address),
      server: MemoryKey.of(session.connection.server.address), clientName: session.clientNameKey,
      serverName: session.serverNameKey, recipients: recipients,
      digest: Self.digest(session.transactions[index].message?.sha256), port: session.connection.server.port,
      kind: session.kind, handsOver: session.requests.contains(.handsOver),
      isLocal: session.connection.client.address.isLoopback, wasLost: outcome == .lost || outcome == .aborted)
  }

  /// The first 64 bits of a hash in hexadecimal.
  private static func digest(_ text: String?) -> UInt64? {
    guard let text, text.utf8.count >= 16 else { return nil }
    let digits = text.utf8.span
    var value: UInt64 = 0
    for index in 0..<16 {
      let digit = digits[index]
      value = value << 4 | UInt64(digit & 15) &+ (digit >= 0x61 ? 9 : 0)
    }
    return value
  }

  /// Whether `new` is another try of what `old` had sent, not the next hop of it.
  private func isAgain(_ new: Taken, _ old: Taken) -> Bool {
    // What overlaps is one transfer seen at two places, or a proxy that passes on while it receives.
    guard old.time <= new.start, new.start.nanoseconds(since: old.time) <= limits.messageSpan else { return false }
    guard new.recipients.contains(where: old.recipients.contains) else { return false }
    let isOtherServer = old.server != new.server || old.port != new.port
    let isHop =
      new.kind != old.kind || new.handsOver != old.handsOver || (old.server == new.client && isOtherServer)
      || (old.serverName != 0 && old.serverName == new.clientName && isOtherServer) || new.isLocal != old.isLocal
    guard !isHop else { return false }
    return new.client == old.client || (new.clientName != 0 && new.clientName == old.clientName)
      || new.server == old.server
  }

  private func tell(_ new: Taken, _ old: Taken, _ transaction: Transaction, _ session: inout Session) {
    guard let message = transaction.message else { return }
    let since = spoken(new.start.nanoseconds(since: old.time))
    let before =
      old.wasLost
      ? "was sent whole in session \(old.session), where its reply was lost, so the client sent it again \(since) later"
      : "had been taken in session \(old.session), \(since) before"
    add(
      "The same \(Self.name(of: message, new, old)) \(before)", isSure: !old.wasLost && !new.wasLost,
      common(transaction, old), transaction, &session)
  }

  /// The connection lingered on, and what it had lost was sent again and taken meanwhile.
  private func tellMadeGood(_ lost: Taken, _ again: Taken, _ transaction: Transaction, _ session: inout Session) {
    guard let message = transaction.message else { return }
    let since = again.start.nanoseconds(since: lost.time)
    if message.isComplete {
      add(
        "The \(Self.name(of: message, lost, again)) was sent again in session \(again.session), \(spoken(since)) later, and taken there",
        isSure: false, common(transaction, again), transaction, &session)
    }
    let missing = transaction.recipients.count { $0.outcome != .accepted }
    guard session.transactions.count == 1, lost.recipients.count == missing,
      lost.recipients.allSatisfy(again.recipients.contains)
    else { return }
    session.hindsight.append(
      Hindsight(
        session: session.id, kind: message.isComplete ? .deliveredAgain : .deliveredAfterLoss, elapsed: since,
        by: again.session))
  }

  private func add(
    _ what: String, isSure: Bool, _ common: [Recipient], _ transaction: Transaction, _ session: inout Session
  ) {
    let who = common.first.map { visible($0.address) } ?? ""
    let others = common.count > 1 ? " and \(common.count - 1) more" : ""
    let have = isSure ? common.count > 1 ? "have" : "has" : "may have"
    session.findings.append(
      Finding(
        .duplicateMessage, transaction: transaction.id,
        at: transaction.endReply.map { ($0.frame, $0.time) } ?? (transaction.firstFrame, transaction.start),
        message: "\(what): \(who)\(others) \(have) it twice."))
  }

  private func common(_ transaction: Transaction, _ other: Taken) -> [Recipient] {
    transaction.recipients.filter { other.recipients.contains(MemoryKey.of($0.address)) }
  }

  private static func name(of message: Message, _ one: Taken, _ other: Taken) -> String {
    guard let id = message.header.messageID, !id.isEmpty else { return "message (the same contents)" }
    guard let digest = one.digest, let theirs = other.digest else { return "message (Message-ID \(visible(id.utf8)))" }
    return "message (Message-ID \(visible(id.utf8)), \(digest == theirs ? "the same" : "other") contents)"
  }
}
