internal import SMTPDialogue
internal import Wire

/// Every exchange of a session, in the order of the commands, with what was known when each was sent.
struct ExchangeLog {
  private(set) var exchanges: [Exchange] = []
  /// Replies that answered nothing, with how many exchanges stood before each.
  private(set) var unsolicited: [(reply: ReplyRecord, oddities: Reply.Oddities, behind: Int)] = []
  /// Sent and not answered yet; the first is the next that a reply answers.
  private var sent: [SentCommand] = []
  private var head = 0
  private var greeted = false
  private var greetingIsDue = true
  /// Whether the server offers PIPELINING (RFC 2920), as far as it has said by now.
  private var mayPipeline = false

  /// Exchanges kept of one session: a client may go on for ever.
  static let limit = 20_000
  /// Unsolicited replies kept of one session.
  static let unsolicitedLimit = 256

  /// The server listed its service extensions.
  mutating func offered(_ extensions: [[UInt8]]) {
    mayPipeline = extensions.contains { equalsIgnoringCase($0, "PIPELINING".utf8) }
  }

  mutating func commanded(_ command: Command, options: AnalysisOptions) {
    guard sent.count - head < ExchangeLog.limit else { return }
    var entry = SentCommand()
    entry.verb = command.verb
    entry.line =
      command.line.count <= Exchange.lineLimit ? command.line : Array(command.line.prefix(Exchange.lineLimit))
    if !options.revealsSecrets { entry.mask(command) }
    entry.lineLength = command.length
    entry.lineEnding = command.ending
    entry.isClipped = command.isClipped
    entry.sent = command.moment
    entry.sentBehind = head < sent.count ? sent[sent.count - 1].verb : nil
    entry.precedesGreeting = !greeted && greetingIsDue
    entry.mayPipeline = mayPipeline
    sent.append(entry)
  }

  /// - Parameter record: The reply as it is reported.
  mutating func exchanged(_ awaited: Awaited, with reply: Reply?, as record: ReplyRecord?, transaction: Int?) {
    let step: Exchange.Step
    var command = SentCommand()
    switch awaited {
    case .greeting:
      greeted = reply != nil
      greetingIsDue = reply == nil
      step = .greeting
    case .command(let answered):
      // 334 asks for more; the exchange is over with the reply behind it.
      if reply?.code == 334, answered.verb == .auth || answered.verb == .xExps { return }
      command = takeSent() ?? command
      step = .command(command.verb ?? answered.verb)
    case .chunk(_, _, let isLast, _):
      command = takeSent() ?? command
      step = .chunk(isLast: isLast)
    case .endOfData(_, let moment):
      command.sent = moment
      step = .endOfData
    case .unseen:
      step = .unseen
    }
    guard exchanges.count < ExchangeLog.limit else { return }
    if exchanges.isEmpty { exchanges.reserveCapacity(8) }
    exchanges.append(
      Exchange(
        step, command, reply: record, oddities: reply?.oddities ?? Reply.Oddities(), transaction: transaction))
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

  private mutating func takeSent() -> SentCommand? {
    guard head < sent.count else { return nil }
    // Mostly one waits, and needs not be copied.
    if head == 0, sent.count == 1 { return sent.popLast() }
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

extension SentCommand {
  /// Writes over what is a secret, or may be one.
  fileprivate mutating func mask(_ command: Command) {
    if let start = command.secretStart, start < line.count {
      line.replaceSubrange(start..., with: Array("********".utf8))
    }
    // A SASL response may be sent where no AUTH waits for it: what looks like one is never quoted.
    // So many X are no secret: a firewall wrote them over a command.
    if command.verb == .unknown, Base64.mayHold(command.line), !command.line.allSatisfy({ $0 == 0x58 }) {
      line = Array("********".utf8)
    }
  }
}
