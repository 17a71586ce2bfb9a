internal import SMTPDialogue
internal import Wire

/// Every exchange of a session, in the order of the commands, with what was known when each was sent.
struct ExchangeLog {
  private(set) var exchanges: [Exchange] = []
  /// Replies that answered nothing, with how many exchanges stood before each.
  private(set) var unsolicited: [(reply: ReplyRecord, oddities: Reply.Oddities, behind: Int)] = []
  /// What is wrong with the form of any reply.
  private(set) var oddities = Reply.Oddities()
  /// Sent and not answered yet; the first is the next that a reply answers.
  private var sent = Queue<Exchange>()
  private var greeted = false
  private var greetingIsDue = true
  /// What the server offers, as far as it has said by now; nil where that was not seen whole.
  private var offers: ExtensionSet?
  /// The client took the greeting for finished although its lines announced more.
  private var greetingWasCut = false
  /// AUTH was said, or may have been said where the capture has a hole.
  private var mayHearSecrets = false
  private var saidHello = false
  /// EHLOs that wait for their replies.
  private var hellosDue = 0
  /// The end of a message was sent and its reply is due.
  private var endIsDue = false
  /// What any of the commands had.
  private(set) var traits: CommandTraits = []
  /// What the client sent behind DATA or AUTH without waiting for the reply, which could not be told from commands: the
  /// first such place.
  @Seldom private(set) var sentAhead: (behind: Verb, moment: Moment)?

  /// When the server last asked for a SASL response (RFC 4954 section 4).
  private(set) var lastChallenge: CaptureTime?

  /// Exchanges kept of one session: a client may go on for ever.
  static let limit = 20_000
  /// A word of four letters is a mistyped verb rather than three octets in base64.
  private static let shortestSecret = 8
  /// Unsolicited replies kept of one session.
  static let unsolicitedLimit = 256

  /// The server listed its service extensions.
  mutating func offered(_ extensions: TextLines, isWhole: Bool) {
    offers = isWhole ? ExtensionSet(extensions) : nil
  }

  mutating func forgetOffers() {
    offers = nil
  }

  /// - Parameter masks: Whether secrets are masked.
  mutating func commanded(_ command: Command, masks: Bool) {
    guard sent.count < ExchangeLog.limit else { return }
    if command.verb == .auth || command.verb == .xExps { mayHearSecrets = true }
    let traits = traits(of: command)
    self.traits.formUnion(traits)
    let mayBeSecret = mayHearSecrets || !greeted || command.line.count >= ExchangeLog.shortestSecret
    sent.append(
      Exchange(
        command, line: masks ? command.lineMasked(mayBeSecret: mayBeSecret) : command.keptLine,
        sentBehind: isSentAhead(command.moment) ? sent[sent.count - 1].verb : nil, offers: offers, traits: traits))
    if command.verb.isHello {
      saidHello = true
      hellosDue += 1
    }
  }

  /// Whether the command before was surely not answered yet: its reply does not stand in a hole. Who has waited for it in vain
  /// and goes on sends nothing ahead.
  private func isSentAhead(_ moment: Moment) -> Bool {
    guard !sent.isEmpty, !sent[sent.count - 1].hasHole else { return false }
    return sent[sent.count - 1].sent.map { moment.time.nanoseconds(since: $0.time) < Self.patience } ?? true
  }

  private static let patience: Int64 = 10_000_000_000

  private func traits(of command: Command) -> CommandTraits {
    var traits = CommandTraits(of: command, offers: offers)
    if !greeted, greetingIsDue { traits.insert(.early) }
    if isSentAhead(command.moment) { traits.insert(.ahead) }
    if endIsDue { traits.insert(.behindEnd) }
    if hellosDue > 0 { traits.insert(.behindHello) }
    if !saidHello, command.verb.beginsTransaction { traits.insert(.beforeHello) }
    return traits
  }

  /// - Parameter record: The reply as it is reported.
  mutating func exchanged(_ awaited: Awaited, with reply: Reply?, as record: consuming ReplyRecord?, transaction: Int?)
  {
    guard let exchange = exchange(of: awaited, with: reply) else { return }
    if reply?.isPermanentNegative ?? false { exchange.traits.insert(.refused) }
    traits.formUnion(exchange.traits)
    let replyOddities = reply?.oddities ?? Reply.Oddities()
    oddities.formUnion(replyOddities)
    guard exchanges.count < ExchangeLog.limit else { return }
    if exchanges.isEmpty { exchanges.reserveCapacity(8) }
    exchange.answer(with: record, oddities: replyOddities, transaction: transaction)
    exchanges.append(consume exchange)
  }

  /// What is answered now; nil where the exchange goes on.
  private mutating func exchange(of awaited: Awaited, with reply: Reply?) -> Exchange? {
    switch awaited {
    case .greeting:
      greeted = reply != nil
      // Where it stands in a hole, it is not due any more.
      if reply != nil { greetingIsDue = false }
      greetingWasCut = reply?.oddities.contains(.unfinished) ?? false
      return Exchange(.greeting)
    case .command(let answered):
      // 334 asks for more; the exchange is over with the reply behind it.
      if let reply, reply.code == 334, answered.verb == .auth || answered.verb == .xExps {
        lastChallenge = reply.begin.time
        return nil
      }
      if answered.verb.isHello { hellosDue = max(0, hellosDue - 1) }
      return sent.popFirst() ?? Exchange(.command(answered.verb))
    case .chunk(_, _, let isLast, let moment):
      if isLast { endIsDue = false }
      guard let command = sent.popFirst() else { return Exchange(.chunk(isLast: isLast)) }
      command.becomeChunk(isLast: isLast, sent: moment)
      return command
    case .endOfData(_, let moment):
      endIsDue = false
      return Exchange(.endOfData, sent: moment)
    case .unseen:
      return Exchange(.unseen)
    }
  }

  /// The command that waits: at the end of a session a BDAT whose octets never came.
  var waiting: Exchange? { sent.first }

  /// The end of a message's text was sent.
  mutating func textEnded() {
    endIsDue = true
  }

  /// Bytes came behind a command before the reply that says what they are.
  mutating func sentAhead(of verb: Verb, at moment: Moment) {
    if sentAhead == nil { sentAhead = (verb, moment) }
  }

  mutating func unsolicited(_ reply: Reply) {
    if greetingWasCut, reply.code == 220, let cutting = sent.first {
      // The last line of the greeting: what was sent before it was sent too early.
      greetingWasCut = false
      cutting.traits.insert(.withinGreeting)
      traits.insert(.withinGreeting)
      return
    }
    oddities.formUnion(reply.oddities)
    guard unsolicited.count < ExchangeLog.unsolicitedLimit else { return }
    unsolicited.append((reply.record(since: nil), reply.oddities, exchanges.count))
  }

  /// What waits may have been answered in bytes that the capture does not have.
  mutating func noteHole() {
    greetingIsDue = false
    endIsDue = false
    mayHearSecrets = true
    // What stands before one that waits behind a hole already does so too: a path may lose as much as it likes.
    for index in sent.indices.reversed() {
      guard !sent[index].hasHole else { break }
      sent[index].hasHole = true
    }
  }
}

extension Command {
  /// As much of the line as is kept.
  fileprivate var keptLine: [UInt8] {
    line.count <= Exchange.lineLimit ? line : Array(line.prefix(Exchange.lineLimit))
  }

  /// The same with what is a secret written over, or may be one.
  ///
  /// - Parameter mayBeSecret: Whether what looks like a SASL response may be one.
  fileprivate func lineMasked(mayBeSecret: Bool) -> [UInt8] {
    // A SASL response may be sent where no AUTH waits for it: what looks like one is never quoted.
    // So many X are no secret: a firewall wrote them over a command.
    if mayBeSecret, verb == .unknown, Base64.mayHold(line), !line.allSatisfy({ $0 == 0x58 }) {
      return Array("********".utf8)
    }
    guard let start = secretStart, start < min(line.count, Exchange.lineLimit) else { return keptLine }
    return line[..<start] + Array("********".utf8)
  }
}
