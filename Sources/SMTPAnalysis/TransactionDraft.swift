internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// A transaction while it is followed: what the record will say, and how it came to its end.
///
/// A class, for many checks go through all of them: as a structure each would be copied, reference by reference. No two
/// sessions share one.
final class TransactionDraft {
  var transaction: Transaction
  /// The number of the message that it transferred.
  var message: Int?
  var messageEnd: MessageEnd?
  /// What the message's octets were.
  var census = TextCensus()
  var ending: Ending?
  /// Bytes are missing in which a reply or a command of it may have stood.
  var hasHole = false
  /// From where on the client heard nothing of what the server said.
  private var unheardSince: Moment?
  /// Recipients of LMTP that have their reply to the data, or await none: each search goes on where the last one ended.
  private var answeredRecipients = 0
  /// A recipient has its own reply to the data: asked for with each exchange, of which there may be as many as recipients.
  private(set) var hasDataReplies = false
  /// A command behind the data was answered, whether or not all recipients had their replies.
  var dialogueWentOn = false
  /// Exim's PRDR: what was said of single recipients behind a 353. It counts when the message was answered too.
  private var individualReplies: [ReplyRecord]?
  /// How many of those are due, counted when the 353 came: counting for each of them would take the square of their number.
  private var individualRepliesDue = 0
  /// Whether none of its recipients was accepted, looked at once: checks ask when the session has ended, for each exchange.
  private(set) lazy var hasRefusedAllRecipients = transaction.recipients.allSatisfy { $0.reply?.isNegative ?? false }

  /// Whether MAIL was refused, or each recipient: what is said to the data follows from that. Looked at once, when a chunk
  /// is refused: there may be as many chunks as recipients.
  private(set) lazy var isRefusedBeforeData: Bool =
    TransactionDraft.refusal(transaction.mailReply?.code) != nil || refusalOfAllRecipients != nil

  /// A transaction of which its first command was seen.
  init(id: Int, reversePath: [UInt8]?, at moment: Moment) {
    transaction = Transaction(id: id, reversePath: reversePath, firstFrame: moment.frame, start: moment.time)
  }

  /// The same, to be looked at as if the session ended now.
  init(copying other: TransactionDraft) {
    transaction = other.transaction
    message = other.message
    messageEnd = other.messageEnd
    census = other.census
    ending = other.ending
    hasHole = other.hasHole
    answeredRecipients = other.answeredRecipients
    hasDataReplies = other.hasDataReplies
    dialogueWentOn = other.dialogueWentOn
    individualReplies = other.individualReplies
    individualRepliesDue = other.individualRepliesDue
  }

  /// From there on the client heard nothing. It sent no text behind a 354 that it did not hear.
  func forgetHeard(since moment: Moment) {
    unheardSince = moment
    if messageEnd == .unfinished, let reply = transaction.dataReply, !isHeard(reply),
      transaction.message?.byteCount == 0
    {
      messageEnd = nil
      transaction.message = nil
    }
  }

  /// Whether the client was there to hear it.
  func isHeard(_ reply: ReplyRecord) -> Bool { reply.isHeard(before: unheardSince) }

  private func heard(_ reply: ReplyRecord?) -> ReplyRecord? { reply.flatMap { isHeard($0) ? $0 : nil } }

  /// Names one recipient more.
  func add(_ recipient: Recipient) {
    changeRecipients { $0.append(recipient) }
  }

  /// Changes the recipients in a place of their own. Nothing is called while a property of this class is being changed, so
  /// the compiler proves that no two accesses meet, where else the program would look at each access whether they do.
  @inline(__always)
  private func changeRecipients(_ change: (inout [Recipient]) -> Void) {
    var recipients: [Recipient] = []
    swap(&recipients, &transaction.recipients)
    change(&recipients)
    swap(&recipients, &transaction.recipients)
  }

  /// Gives a reply to the end of the data to the next recipient that was accepted (RFC 2033 section 4.2).
  func answerNextRecipient(with reply: ReplyRecord) {
    while answeredRecipients < transaction.recipients.count {
      let index = answeredRecipients
      answeredRecipients += 1
      guard let code = transaction.recipients[index].reply?.code, (200..<300).contains(code) else { continue }
      changeRecipients { $0[index].dataReply = reply }
      hasDataReplies = true
      return
    }
  }

  /// Whether a recipient that was accepted has no reply of its own to the data yet.
  var awaitsRecipientReply: Bool {
    while answeredRecipients < transaction.recipients.count {
      if let code = transaction.recipients[answeredRecipients].reply?.code, (200..<300).contains(code) { return true }
      answeredRecipients += 1
    }
    return false
  }

  /// Takes a reply to the end of the data that does not decide yet: PRDR's 353 and those for single recipients.
  func keepsForLater(_ reply: ReplyRecord) -> Bool {
    guard individualReplies != nil else {
      guard reply.code == 353 else { return false }
      individualReplies = []
      individualRepliesDue = transaction.recipients.count { $0.reply.map { (200..<300).contains($0.code) } ?? false }
      return true
    }
    // Taken out, as the recipients are.
    var kept: [ReplyRecord]?
    swap(&kept, &individualReplies)
    if individualRepliesDue > 0, reply.code != 421 {
      individualRepliesDue -= 1
      kept?.append(reply)
      swap(&kept, &individualReplies)
      return true
    }
    // A message that is refused as a whole is so for those that would have had it.
    let isRefused = Self.refusal(reply.code) != nil
    for single in kept ?? [] {
      answerNextRecipient(with: isRefused && Self.refusal(single.code) == nil ? reply : single)
    }
    return false
  }

  /// LMTP: the server takes its leave, whoever still waits for a reply.
  func answerAllRecipients(with reply: ReplyRecord) {
    while answeredRecipients < transaction.recipients.count { answerNextRecipient(with: reply) }
  }

  /// Whether MAIL bears the parameter.
  func declares(_ parameter: String) -> Bool {
    transaction.parameters.contains { equalsIgnoringCase($0, parameter.utf8) }
  }

  /// Whether the message may hold any octets (RFC 3030 section 3).
  var isBinary: Bool { transaction.transfer == .bdat && declares("BODY=BINARYMIME") }

  /// What ended a transaction (RFC 5321 section 4.1.4).
  enum Ending: Sendable {
    /// The reply to the end of the data.
    case answered
    case reset
    case hello
    case newMail
    case quit
    case turnedToTLS
  }

  /// What the connection's end means for what was still open.
  struct ConnectionEnd {
    var closing: ConnectionFacts.Closing
    /// One of the two was never seen.
    var isOneSided: Bool
    /// Commands or replies are missing, so that replies may be paired with others than those that they answer.
    var hasHoles = false
    /// The client left while bytes of it were not acknowledged: the path was dead, it did not choose to leave.
    var leftUnacknowledged: Bool
    /// Nobody closed it, but what was sent again and again was never acknowledged: it had fallen silent.
    var isDead = false
    /// When the client closed its half of the connection, where the other half stayed open to the end of the capture.
    var halfClosed: CaptureTime?

    /// Whether the answer to what was sent then may have come behind the capture: a client that has no more to say than
    /// that may close its half and wait (RFC 9293 section 3.6), as Exim does.
    func isAwaited(behind sent: CaptureTime) -> Bool {
      closing == .captureEnd || halfClosed.map { ConnectionEnd.isHalfClose(at: $0, behind: sent) } ?? false
    }

    /// Whether the client closed with the end of its text. One that gives up has waited.
    static func isHalfClose(at time: CaptureTime, behind sent: CaptureTime) -> Bool {
      time.nanoseconds(since: sent) < shortestWait
    }

    private static let shortestWait: Int64 = 1_000_000_000
  }

  /// The outcome by the contract's table, read from the last step that was taken to the first.
  func outcome(at end: ConnectionEnd) -> Transaction.Outcome {
    // Of replies alone nobody knows what they answered.
    if end.isOneSided { return .unknown }
    if let outcome = outcomeOfData { return outcome }
    if let decided = Self.refusal(transaction.mailReply?.code) { return decided }
    // DATA behind nothing but refused recipients is refused for their sake, and always with 5xx: they decide.
    // Where MAIL is missing, so may be recipients that were accepted: a 354 shows that there were some.
    if transaction.reversePath != nil || transaction.dataReply?.code != 354, let decided = refusalOfAllRecipients {
      return decided
    }
    if let decided = Self.refusal(transaction.dataReply?.code) { return decided }
    if hasHole { return .unknown }
    if messageEnd == .sent || messageEnd == .sentNonstandard {
      if end.hasHoles { return .unknown }
      // QUIT may be sent ahead of the reply.
      let isOpen = end.isAwaited(behind: transaction.end) && !end.isDead
      return isOpen && (ending == nil || ending == .quit) ? .unknown : .lost
    }
    switch ending {
    case .answered, .reset, .hello, .newMail, .quit, .turnedToTLS:
      return .aborted
    case nil:
      return switch end.closing {
      case .captureEnd: end.isDead ? .lost : .unknown
      case .finished(by: .client) where !end.leftUnacknowledged: .aborted
      case .finished, .reset, .timeout: .lost
      }
    }
  }

  /// What the reply to the end of the data decided; in LMTP the replies (RFC 2033 section 4.2).
  private var outcomeOfData: Transaction.Outcome? {
    if eachIsAnswered {
      let recipients = transaction.recipients
      let got = recipients.count { heard($0.dataReply).map { Self.refusal($0.code) == nil } ?? false }
      if got > 0 { return got == recipients.count ? .accepted : .partiallyAccepted }
      // One that was accepted by RCPT and told nothing after the data may have it or not.
      // Where the dialogue went on, the server had nothing more to say: Cyrus answers once that a message is too large.
      guard
        dialogueWentOn || recipients.allSatisfy({ Self.refusal((heard($0.dataReply) ?? $0.reply)?.code) != nil })
      else { return nil }
      // The last that was said: behind the data, whatever RCPT was refused after it in the order of the recipients.
      let last = recipients.last { heard($0.dataReply) != nil } ?? recipients.last
      return Self.refusal((heard(last?.dataReply) ?? last?.reply)?.code)
    }
    // Contract: lost where the client had left before the reply, whatever that said.
    guard let code = heard(transaction.endReply)?.code else { return nil }
    guard code >= 200, code < 300 else { return Self.refusal(code) }
    let recipients = transaction.recipients
    for index in recipients.indices {
      let outcome = recipients[index].outcome
      if outcome == .refused || outcome == .deferred { return .partiallyAccepted }
    }
    return .accepted
  }

  /// LMTP: whether any recipient has its own reply to the data.
  private var eachIsAnswered: Bool {
    let recipients = transaction.recipients
    for index in recipients.indices where heard(recipients[index].dataReply) != nil { return true }
    return false
  }

  private var refusalOfAllRecipients: Transaction.Outcome? {
    let recipients = transaction.recipients
    // Behind a 421 nobody is answered any more, however many the client goes on to name.
    let tookLeave = recipients.contains { $0.reply?.code == 421 }
    guard !recipients.isEmpty,
      recipients.allSatisfy({ $0.reply.map { Self.refusal($0.code) != nil } ?? tookLeave })
    else { return nil }
    return Self.refusal(recipients.last { $0.reply != nil }?.reply?.code)
  }

  /// Who got the mail, as the end of the transaction decided: RCPT's reply alone delivers nothing.
  func settleRecipients() {
    let outcome = transaction.outcome
    let eachIsAnswered = eachIsAnswered
    // Taken out and put back: each would be copied where it lies.
    var recipients: [Recipient] = []
    swap(&recipients, &transaction.recipients)
    for index in recipients.indices {
      if let code = heard(recipients[index].dataReply)?.code {
        recipients[index].outcome =
          switch Self.refusal(code) {
          case .refused: .refused
          case .deferred: .deferred
          default: .accepted
          }
      } else if recipients[index].outcome == .accepted {
        recipients[index].outcome =
          switch outcome {
          case _ where eachIsAnswered: .unanswered  // RFC 2033 section 4.2: its own reply never came
          case .accepted, .partiallyAccepted: .accepted
          case .refused: .refused
          case .deferred: .deferred
          case .aborted, .lost, .unknown: .unanswered
          }
      }
    }
    swap(&recipients, &transaction.recipients)
  }

  /// What the code of a negative reply decides (section 4.2.1); nil for a positive one, or none.
  static func refusal(_ code: Int?) -> Transaction.Outcome? {
    switch code {
    case (400..<500)?: .deferred
    case (500..<600)?: .refused
    default: nil
    }
  }
}
