package import SMTPAnalysis
internal import TCPStreams
package import Wire

/// Mail counted by whom and what it passed: what log summarizers tell from logs, from sessions.
///
/// A mail is a transaction (RFC 5321 section 3.3), also one that was refused before its text was sent. What is counted by a
/// name from the wire is bounded (``StatisticsLimits``), and what the bound cut is counted. How long servers took stands in
/// `AnalysisSummary.servers`.
package struct MailStatistics: Sendable {
  private let limits: StatisticsLimits
  /// Everything together.
  package private(set) var whole = Traffic()
  package private(set) var verdicts: [Verdict.Outcome: Int] = [:]
  package private(set) var tls: [TLSUse.Outcome: Int] = [:]
  package private(set) var sessionsWithoutTLS = 0
  package private(set) var authentications: [Authentication.Outcome: Int] = [:]
  /// Of messages that were captured whole.
  package private(set) var sizes = SizeSketch()
  /// By the hours since 1970-01-01 00:00 UTC in which sessions and mails began.
  package private(set) var hours: NameTable<Int, Traffic>
  package private(set) var servers: NameTable<Endpoint, Traffic>
  package private(set) var clients: NameTable<IPAddress, Traffic>
  package private(set) var senderDomains: NameTable<MailName, Traffic>
  package private(set) var recipientDomains: NameTable<MailName, Traffic>
  package private(set) var senders: NameTable<MailName, Traffic>
  package private(set) var recipients: NameTable<MailName, Traffic>
  /// Replies that open a session, decide a mail or end it, by code.
  package private(set) var codes: NameTable<Int, CodeCounts>
  package private(set) var refusals: NameTable<RefusalKind, RefusalCounts>

  package init(limits: StatisticsLimits = StatisticsLimits()) {
    self.limits = limits
    hours = NameTable(limit: limits.hours)
    servers = NameTable(limit: limits.names)
    clients = NameTable(limit: limits.names)
    senderDomains = NameTable(limit: limits.names)
    recipientDomains = NameTable(limit: limits.names)
    senders = NameTable(limit: limits.names)
    recipients = NameTable(limit: limits.names)
    codes = NameTable(limit: 1000)
    refusals = NameTable(limit: limits.names)
  }

  /// Counts a session that has ended.
  package mutating func count(_ session: Session) {
    let connection = session.connection
    whole.sessions += 1
    verdicts[session.verdict.outcome, default: 0] += 1
    if let outcome = session.tls?.outcome { tls[outcome, default: 0] += 1 } else { sessionsWithoutTLS += 1 }
    for authentication in session.authentications { authentications[authentication.outcome, default: 0] += 1 }
    hours.count(MailStatistics.hour(of: connection.firstFrame.time)) { $0.sessions += 1 }
    let serverName = session.ownNameOfServer
    servers.count(connection.server) {
      $0.sessions += 1
      if $0.name == nil { $0.name = serverName }
    }
    let clientName = session.ownNameOfClient
    clients.count(connection.client.address) {
      $0.sessions += 1
      if $0.name == nil { $0.name = clientName }
    }
    countReplies(of: session)
    // By index: a whole transaction is much to copy.
    let waits = session.waitsOfMails
    for index in session.transactions.indices {
      count(session.transactions[index], wait: waits[session.transactions[index].id], of: session)
    }
  }

  private mutating func count(_ transaction: Transaction, wait: Int64?, of session: Session) {
    let connection = session.connection
    let bytes = transaction.message?.byteCount
    if let message = transaction.message, message.isComplete { sizes.add(message.byteCount) }
    var mail = Traffic()
    mail.add(transaction.outcome)
    for recipient in transaction.recipients { mail.add(recipient.outcome) }
    if let bytes { mail.add(message: bytes) }

    whole.merge(mail)
    hours.count(MailStatistics.hour(of: transaction.start)) { $0.merge(mail) }
    clients.count(connection.client.address) { $0.merge(mail) }
    servers.count(connection.server) {
      $0.merge(mail)
      if let wait { $0.waits.add(wait) }
    }
    senderDomains.count(MailName(domainOf: transaction.reversePath, limit: limits.nameBytes)) { $0.merge(mail) }
    senders.count(MailName(address: transaction.reversePath, limit: limits.nameBytes)) { $0.merge(mail) }
    countRecipients(of: transaction)
  }

  /// A mail counts once for each domain that it was meant for, whoever of it got it.
  private mutating func countRecipients(of transaction: Transaction) {
    var domains: Set<MailName> = []
    for recipient in transaction.recipients {
      let domain = MailName(domainOf: recipient.address, limit: limits.nameBytes)
      let isNew = domains.insert(domain).inserted
      recipientDomains.count(domain) {
        $0.add(recipient.outcome)
        if isNew { $0.add(transaction) }
      }
      recipients.count(MailName(address: recipient.address, limit: limits.nameBytes)) {
        $0.add(recipient.outcome)
        $0.add(transaction)
      }
    }
  }

  private mutating func countReplies(of session: Session) {
    count(session.greeting?.reply, .greeting, in: session.id)
    for authentication in session.authentications {
      if let code = authentication.code { codes.count(code) { $0.add(.auth) } }
    }
    for index in session.transactions.indices {
      count(session.transactions[index].mailReply, .mail, in: session.id)
      count(session.transactions[index].dataReply, .data, in: session.id)
      var isAnsweredEach = false
      for recipient in session.transactions[index].recipients {
        count(recipient.reply, .recipient, in: session.id)
        guard let reply = recipient.dataReply else { continue }
        isAnsweredEach = true
        count(reply, .endOfData, in: session.id)
      }
      if !isAnsweredEach { count(session.transactions[index].endReply, .endOfData, in: session.id) }
    }
    count(session.quitReply, .quit, in: session.id)
  }

  private mutating func count(_ reply: ReplyRecord?, _ stage: ReplyStage, in session: Int) {
    guard let reply else { return }
    codes.count(reply.code) { $0.add(stage) }
    guard reply.code >= 400 else { return }
    let text = reply.text(limit: limits.refusalBytes)
    let kind = RefusalKind(
      stage: stage, code: reply.code, enhanced: reply.enhanced, shape: RefusalShape.shape(of: text))
    refusals.count(kind) { $0.add(reply, text: text, in: session) }
  }

  private static func hour(of time: CaptureTime) -> Int {
    let (hours, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 3_600_000_000_000)
    return Int(rest < 0 ? hours - 1 : hours)
  }
}

extension Traffic {
  fileprivate mutating func add(_ transaction: Transaction) {
    add(transaction.outcome)
    if let bytes = transaction.message?.byteCount { add(message: bytes) }
  }
}

extension ReplyRecord {
  /// The text of all lines, without the enhanced code, which each line may repeat.
  fileprivate func text(limit: Int) -> [UInt8] {
    var text: [UInt8] = []
    let code = enhanced.map { $0.octets + [0x20] }
    for line in lines where text.count < limit {
      var line = line[...]
      if let code, line.starts(with: code) { line = line.dropFirst(code.count) }
      if !text.isEmpty, !line.isEmpty { text.append(0x20) }
      text += line.prefix(limit - text.count)
    }
    return text
  }
}

extension Session {
  /// By name servers' answers in the capture, else what it gives itself in a greeting that welcomes (RFC 5321 section 4.2).
  fileprivate var ownNameOfServer: [UInt8]? {
    if let name = names?.server.names.first { return Array(name.utf8) }
    guard let reply = greeting?.reply, reply.code == 220, let line = reply.lines.first else { return nil }
    let name = line.prefix { $0 != 0x20 }
    return name.contains(0x2e) && name.count <= 255 ? Array(name) : nil
  }

  /// By name servers' answers in the capture, else what it says at HELO or EHLO.
  fileprivate var ownNameOfClient: [UInt8]? {
    if let name = names?.client.names.first { return Array(name.utf8) }
    guard let argument = helo?.argument, !argument.isEmpty, argument.count <= 255 else { return nil }
    return argument
  }

  /// What server and network had of each mail's time, by the transaction's id; none where nothing of it is known.
  fileprivate var waitsOfMails: [Int: Int64] {
    var waits: [Int: Int64] = [:]
    for phase in phases {
      guard let transaction = phase.transaction, phase.times.total > phase.times.client else { continue }
      waits[transaction, default: 0] &+= phase.times.total - phase.times.client
    }
    return waits
  }
}
