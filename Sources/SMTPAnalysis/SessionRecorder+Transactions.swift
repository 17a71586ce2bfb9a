internal import SMTPDialogue
internal import Wire

// The transactions (RFC 5321 section 3.3): which there are, what their replies decide and what ends them.

extension SessionRecorder {
  /// Whether a transaction begins. A mistyped MAIL that the server did not understand is none, nor one of RFC 821's other
  /// three verbs at a server that does not know them.
  func isTransaction(_ command: Command, with reply: ReplyRecord?) -> Bool {
    guard let reply, TransactionDraft.refusal(reply.code) != nil else { return true }
    guard command.verb == .mail else { return reply.code != 500 && reply.code != 502 }
    return command.isClipped || equalsIgnoringCase(command.argument.prefix(4), "FROM".utf8)
  }

  mutating func begin(_ command: Command, with reply: ReplyRecord?) {
    let isRefused = TransactionDraft.refusal(reply?.code) != nil
    // A nested MAIL that is refused leaves the open transaction as it is (section 4.1.4).
    if !isRefused { close(.newMail) }
    let path = command.path
    // One of which the capture has nothing is no null reverse-path.
    let isUnseen = command.isClipped && path.address.isEmpty && !command.line.contains(0x3e)
    guard let index = addDraft(reversePath: isUnseen ? nil : path.address, at: command.moment) else { return }
    let draft = drafts[index]
    draft.transaction.parameters = path.parameters
    draft.transaction.mailReply = reply
    touch(index, at: reply?.time)
    if !isRefused { open = index }
  }

  mutating func addRecipient(_ command: Command, with reply: ReplyRecord?) {
    let path = command.path
    var recipient = Recipient(address: path.address, parameters: path.parameters, reply: reply)
    switch reply?.code {
    case (200..<300)?: recipient.outcome = .accepted
    case (400..<500)?: recipient.outcome = .deferred
    case (500..<600)?: recipient.outcome = .refused
    default: recipient.outcome = .unanswered
    }
    var index = open ?? refusedDraft
    // 503 says that there was no MAIL (RFC 5321 section 4.1.4).
    if index == nil, recipient.outcome == .accepted || mayLackMail && reply.map({ $0.code != 503 }) == true {
      index = openTransaction(at: command.moment)
    }
    guard let index else { return }
    let draft = drafts[index]
    guard draft.transaction.recipients.count < options.limits.recipientsPerTransaction,
      keptRecipients < options.limits.recipientsPerSession
    else {
      omitted.recipients += 1
      return
    }
    keptRecipients += 1
    draft.add(recipient)
    touch(index, at: reply?.time ?? command.moment.time)
  }

  /// Whether a MAIL may stand in a hole, or before the capture's beginning.
  var mayLackMail: Bool { gaps.first != nil || greeting == nil && helo == nil && drafts.isEmpty }

  /// The transaction whose MAIL was refused just now: a pipelining client's RCPTs are about it.
  var refusedDraft: Int? {
    guard let last = drafts.last, last.ending == nil,
      TransactionDraft.refusal(last.transaction.mailReply?.code) != nil
    else { return nil }
    return drafts.count - 1
  }

  mutating func exchangedData(_ command: Command, with reply: ReplyRecord?) {
    dataExchanges += 1
    let number = messageOfData.isEmpty ? nil : messageOfData.removeValue(forKey: dataExchanges)
    let textFollows = reply?.code == 354 || reply == nil && number != nil
    guard let index = textFollows ? openTransaction(at: command.moment) : open ?? refusedDraft else { return }
    let draft = drafts[index]
    if textFollows { draft.transaction.transfer = .data }
    draft.transaction.dataReply = reply
    if let number { draft.message = number }
    touch(index, at: reply?.time ?? command.moment.time)
  }

  mutating func exchangedChunk(
    _ command: Command, _ number: Int, isLast: Bool, with record: ReplyRecord?, sent: Moment
  ) {
    // A pipelining client's chunks behind a MAIL that was refused are about that one, and decide nothing; nor do those
    // behind recipients of whom none was accepted (RFC 5321 section 3.3).
    let isRefused = TransactionDraft.refusal(record?.code) != nil
    let refused = isRefused && open == nil ? refusedDraft : nil
    guard let index = draft(ofMessage: number) ?? refused ?? openTransaction(at: command.moment) else { return }
    let draft = drafts[index]
    draft.message = number
    draft.transaction.transfer = .bdat
    if isRefused, draft.isRefusedBeforeData {
      if draft.transaction.dataReply == nil { draft.transaction.dataReply = record }
    } else if isLast {
      answerEnd(of: index, with: record, sent: sent)
    } else if TransactionDraft.refusal(record?.code) != nil, draft.transaction.dataReply == nil {
      draft.transaction.dataReply = record
    }
    touch(index, at: record?.time ?? sent.time)
  }

  mutating func answerEnd(of index: Int, with reply: ReplyRecord?, sent: Moment) {
    touch(index, at: reply?.time ?? sent.time)
    // Without a reply it stays open: whether that is lost or only not captured, the end of the connection tells.
    let draft = drafts[index]
    guard let reply, protocolKind == .lmtp || !draft.keepsForLater(reply) else { return }
    // A second reply shows that it is LMTP, and that the first one was for the first recipient.
    if protocolKind != .lmtp, let first = draft.transaction.endReply {
      recognize(.lmtp)
      draft.answerNextRecipient(with: first)
    }
    draft.transaction.endReply = reply
    // RFC 2033 section 4.2: the replies come in the order of the accepted RCPTs.
    if protocolKind == .lmtp {
      if reply.code == 421 {
        draft.answerAllRecipients(with: reply)
      } else {
        draft.answerNextRecipient(with: reply)
      }
    }
    draft.ending = .answered
    if open == index { open = nil }
  }

  /// The transaction of a message: one of the last, for messages come in the order of the dialogue. A client may begin so many
  /// that looking at all of them for each message would cost their square.
  func draft(ofMessage number: Int) -> Int? {
    drafts.suffix(Self.pipelinedTransactions).lastIndex { $0.message == number }
  }

  /// Transactions whose replies may be due at the same time; real clients have a handful.
  private static let pipelinedTransactions = 1000

  /// The open transaction; one whose MAIL the capture or the server does not show, where something proves that there is.
  mutating func openTransaction(at moment: Moment?) -> Int? {
    if let open { return open }
    open = addDraft(reversePath: nil, at: moment ?? Moment(time: start, frame: 0))
    // Its MAIL stands in the hole, and maybe more of it.
    if let open, gaps.first != nil { drafts[open].hasHole = true }
    return open
  }

  private mutating func addDraft(reversePath: consuming [UInt8]?, at moment: Moment) -> Int? {
    guard drafts.count < options.limits.transactionsPerSession else {
      // Once for its MAIL; what follows asks again.
      if reversePath != nil { omitted.transactions += 1 }
      return nil
    }
    drafts.append(TransactionDraft(id: drafts.count + 1, reversePath: reversePath, at: moment))
    return drafts.count - 1
  }

  mutating func close(_ ending: TransactionDraft.Ending) {
    if let open { drafts[open].ending = ending } else if let refusedDraft { drafts[refusedDraft].ending = ending }
    open = nil
  }

  private mutating func touch(_ index: Int, at time: CaptureTime?) {
    lastTouched = index + 1
    guard let time else { return }
    let draft = drafts[index]
    if draft.transaction.end < time { draft.transaction.end = time }
  }
}
