internal import SMTPDialogue
internal import Wire

/// Every exchange of a session, in the order of the commands, with what was known when each was sent.
struct ExchangeLog {
  private(set) var exchanges: [Exchange] = []
  /// Replies that answered nothing, with how many exchanges stood before each.
  private(set) var unsolicited: [(reply: ReplyRecord, oddities: Reply.Oddities, behind: Int)] = []
  /// Sent and not answered yet; the first is the next that a reply answers.
  private var sent: [Exchange] = []
  private var head = 0
  private var greeted = false
  private var greetingIsDue = true

  /// Exchanges kept of one session: a client may go on for ever.
  static let limit = 20_000
  /// Unsolicited replies kept of one session.
  static let unsolicitedLimit = 256

  mutating func commanded(_ command: Command, offers extensions: [[UInt8]], options: AnalysisOptions) {
    var exchange = Exchange(.command(command.verb))
    exchange.line = Array(command.line.prefix(Exchange.lineLimit))
    if let start = command.secretStart, start < exchange.line.count, !options.revealsSecrets {
      exchange.line.replaceSubrange(start..., with: Array("********".utf8))
    }
    // A SASL response may be sent where no AUTH waits for it: what looks like one is never quoted.
    if command.verb == .unknown, !options.revealsSecrets, Base64.mayHold(command.line) {
      exchange.line = Array("********".utf8)
    }
    exchange.lineLength = command.length
    exchange.lineEnding = command.ending
    exchange.isClipped = command.isClipped
    exchange.sent = command.moment
    exchange.sentBehind = head < sent.count ? sent.last?.verb : nil
    exchange.precedesGreeting = !greeted && greetingIsDue
    exchange.mayPipeline = extensions.contains { equalsIgnoringCase($0, "PIPELINING".utf8) }
    if sent.count - head < ExchangeLog.limit { sent.append(exchange) }
  }

  mutating func exchanged(_ awaited: Awaited, with reply: Reply?, transaction: Int?) {
    var exchange: Exchange
    switch awaited {
    case .greeting:
      greeted = reply != nil
      greetingIsDue = reply == nil
      exchange = Exchange(.greeting)
      exchange.finish(reply, since: nil)
    case .command(let command):
      // 334 asks for more; the exchange is over with the reply behind it.
      if reply?.code == 334, command.verb == .auth || command.verb == .xExps { return }
      exchange = takeSent() ?? Exchange(.command(command.verb))
      exchange.finish(reply, since: command.moment)
    case .chunk(_, _, let isLast, let moment):
      exchange = takeSent() ?? Exchange(.chunk(isLast: isLast))
      exchange.step = .chunk(isLast: isLast)
      exchange.finish(reply, since: moment)
    case .endOfData(_, let moment):
      exchange = Exchange(.endOfData)
      exchange.sent = moment
      exchange.finish(reply, since: moment)
    case .unseen:
      exchange = Exchange(.unseen)
      exchange.finish(reply, since: nil)
    }
    exchange.transaction = transaction
    if exchanges.count < ExchangeLog.limit { exchanges.append(exchange) }
  }

  mutating func unsolicited(_ reply: Reply) {
    guard unsolicited.count < ExchangeLog.unsolicitedLimit else { return }
    unsolicited.append((ReplyRecord(reply, since: nil), reply.oddities, exchanges.count))
  }

  /// What waits may have been answered in bytes that the capture does not have.
  mutating func noteHole() {
    greetingIsDue = false
    for index in head..<sent.count { sent[index].hasHole = true }
  }

  private mutating func takeSent() -> Exchange? {
    guard head < sent.count else { return nil }
    let first = sent[head]
    head += 1
    if head == sent.count {
      sent.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 64, head * 2 >= sent.count {
      sent.removeFirst(head)
      head = 0
    }
    return first
  }
}

extension Exchange {
  fileprivate mutating func finish(_ reply: Reply?, since moment: Moment?) {
    self.reply = reply.map { ReplyRecord($0, since: moment?.time) }
    oddities = reply?.oddities ?? Reply.Oddities()
  }
}
