import MIMEParts
import MailMessages
import SMTPAnalysis
import TCPStreams
import Wire

extension ZeekLog {
  static let smtpColumns =
    [("ts", "time")] + connectionColumns + [
      ("trans_depth", "count"), ("helo", "string"), ("mailfrom", "string"), ("rcptto", "set[string]"),
      ("date", "string"), ("from", "string"), ("to", "set[string]"), ("cc", "set[string]"), ("reply_to", "string"),
      ("msg_id", "string"), ("in_reply_to", "string"), ("subject", "string"), ("x_originating_ip", "addr"),
      ("first_received", "string"), ("second_received", "string"), ("last_reply", "string"), ("path", "vector[addr]"),
      ("user_agent", "string"), ("tls", "bool"), ("fuids", "vector[string]"),
      ("community_id", "string"), ("smtpscope.session", "count"), ("smtpscope.transaction", "count"),
      ("smtpscope.mail_ts", "time"), ("smtpscope.protocol", "string"), ("smtpscope.outcome", "string"),
      ("smtpscope.cause", "string"), ("smtpscope.rcptto_refused", "set[string]"),
      ("smtpscope.rcptto_delivered", "set[string]"), ("smtpscope.explanation", "string"),
      ("smtpscope.user", "string"), ("smtpscope.size", "count"), ("smtpscope.complete", "bool"),
      ("smtpscope.sha256", "string"), ("smtpscope.findings", "set[string]"),
    ]
}

extension OutputBuffer {
  /// A line a transaction; one for a session that spoke and had none.
  mutating func appendSMTPLog(of session: Session, _ form: ZeekForm) {
    let identity = FlowIdentity(session.connection)
    if session.transactions.isEmpty {
      guard let start = session.dialogueStart else { return }
      appendSMTPLine(session, nil, identity, at: start, form)
    }
    var start = session.dialogueStart
    for transaction in session.transactions {
      // A line is of the time since the one before it ended, as Zeek counts it.
      appendSMTPLine(session, transaction, identity, at: min(start ?? transaction.start, transaction.start), form)
      start = transaction.endReply?.time ?? transaction.start
      if transaction.endReply == nil { start = nil }
    }
  }

  private mutating func appendSMTPLine(
    _ session: Session, _ transaction: Transaction?, _ identity: FlowIdentity, at time: CaptureTime, _ form: ZeekForm
  ) {
    let connection = session.connection
    let message = transaction?.message
    let header = message?.header
    beginZeekLine(form, at: time)
    zeek(form, identity, connection)
    zeek(form, "trans_depth", transaction?.id ?? 1)
    zeek(form, "helo", text: session.helo?.argument)
    zeek(form, "mailfrom", text: transaction?.reversePath)
    zeek(form, "rcptto", list: transaction.flatMap { Self.addresses($0.takenRecipients, of: $0) })
    zeek(form, "date", text: header?.date)
    zeek(form, "from", text: header?.from)
    zeek(form, "to", list: header?.further.mailboxes(of: .to)?.map { Array($0.text.utf8) })
    zeek(form, "cc", list: header?.further.mailboxes(of: .carbonCopy)?.map { Array($0.text.utf8) })
    zeek(form, "reply_to", text: header?.further.text(of: .replyTo))
    zeek(form, "msg_id", text: header?.messageID)
    zeek(form, "in_reply_to", text: header?.further.text(of: .inReplyTo))
    zeek(form, "subject", text: header?.subject)
    zeek(form, "x_originating_ip", address: header?.further.originatingAddress)
    let received = header?.trace.received ?? []
    zeek(form, "first_received", text: received.last)
    zeek(form, "second_received", text: received.dropLast().last)
    zeek(form, "last_reply", text: (transaction == nil ? session.lastReply : transaction?.lastReply)?.lastLine)
    zeek(form, "path", list: Self.path(of: message, connection).map(\.text))
    zeek(form, "user_agent", text: message?.trace.declaredSoftware)
    zeek(form, "tls", session.turnedToTLS)
    let parts = message?.contents?.parts ?? []
    zeek(form, "fuids", list: parts.map { identity.fuid(transaction: transaction?.id ?? 0, part: $0.path) })
    zeek(form, "community_id", text: Self.communityID(connection))
    zeek(form, "smtpscope.session", session.id)
    zeek(form, "smtpscope.transaction", transaction?.id)
    zeek(form, "smtpscope.mail_ts", interval: transaction?.start.nanoseconds)
    zeek(form, "smtpscope.protocol", text: session.kind.rawValue)
    zeek(form, "smtpscope.outcome", text: transaction?.outcome.rawValue ?? session.verdict.outcome.rawValue)
    zeek(form, "smtpscope.cause", text: (transaction == nil ? session.verdict.cause : transaction?.cause)?.rawValue)
    zeek(form, "smtpscope.rcptto_refused", list: transaction.map { $0.refusedRecipients.map(\.address) })
    zeek(
      form, "smtpscope.rcptto_delivered",
      list: transaction.map {
        $0.outcome.delivers ? $0.recipients.filter { $0.outcome == .accepted }.map(\.address) : []
      })
    zeek(form, "smtpscope.explanation", text: transaction == nil ? session.verdict.message : transaction?.explanation)
    zeek(form, "smtpscope.user", text: session.acceptedUser)
    zeek(form, "smtpscope.size", message?.byteCount)
    zeek(form, "smtpscope.complete", message?.isComplete)
    zeek(form, "smtpscope.sha256", text: message?.sha256)
    zeek(form, "smtpscope.findings", list: session.findingNames(about: transaction))
    endZeekLine(form)
  }

  /// Each address once; nil where the transaction had no RCPT.
  private static func addresses(_ recipients: [Recipient], of transaction: Transaction) -> [[UInt8]]? {
    guard !transaction.recipients.isEmpty else { return nil }
    var known: Set<[UInt8]> = []
    return recipients.map(\.address).filter { known.insert($0).inserted }
  }

  /// The hosts that had the message, the last one first, as its Received fields tell them.
  private static func path(of message: Message?, _ connection: ConnectionFacts) -> [IPAddress] {
    var path = [connection.server.address, connection.client.address]
    for hop in message?.trace.hops ?? [] {
      if let address = hop.address, address != path.last { path.append(address) }
    }
    return path
  }

  static func communityID(_ connection: ConnectionFacts) -> [UInt8] {
    var output = OutputBuffer(capacity: 40)
    output.appendCommunityID(connection.client, connection.server)
    return Array(output.bytes)
  }
}

extension Session {
  /// When the first of both said something of the protocol; nil where nobody did.
  fileprivate var dialogueStart: CaptureTime? {
    greeting?.reply.time ?? helo?.moment?.time ?? (tls?.details == nil ? nil : connection.firstFrame.time)
  }

  /// The ids of a transaction's findings and of the session's, each once.
  func findingNames(about transaction: Transaction?) -> [[UInt8]] {
    var known: Set<FindingID> = []
    return findings(about: transaction).map(\.id).filter { known.insert($0).inserted }.map { Array($0.rawValue.utf8) }
  }
}

extension Transaction.Outcome {
  /// Some recipient got the mail.
  var delivers: Bool { self == .accepted || self == .partiallyAccepted }
}

extension MessageTrace {
  /// The program that a field of its own names.
  var declaredSoftware: [UInt8]? {
    guard let software, software.source == .userAgent || software.source == .mailer else { return nil }
    return software.name
  }
}
