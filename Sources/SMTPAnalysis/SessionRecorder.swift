internal import SMTPDialogue
internal import Wire

/// Makes a session's record from what its dialogue tells.
///
/// The server's replies decide: a transaction is open from a MAIL that was not refused until the reply to the end of its
/// data, or a reset (RFC 5321 section 4.1.4).
struct SessionRecorder: DialogueSink {
  let shared: ShardContext
  let output: (any MessageOutput)?

  var protocolKind = Session.ProtocolKind.unknown
  /// LMTP is spoken where no hello is seen.
  private let assumesLMTP: Bool
  private(set) var requests: Session.Requests = []
  // Side by side, so that together they take the room of one: sessions wait by the hundred thousand.
  /// Whether QUIT was said.
  private(set) var hasQuit = false
  private var heloWasAccepted = false
  /// Whether the last command was a BDAT, and whether the open message began with one.
  var saidChunk = false
  var isInChunks = false
  var isEncrypted = false
  /// What is told was said inside TLS.
  var isInside = false
  /// The server went on in clear behind a STARTTLS that it had accepted: a mirror port had decrypted the traffic.
  var readsOnBehindTLS = false
  /// XCLIENT was accepted.
  private(set) var speaksForAnother = false
  var greeting: Greeting?
  var helo: Hello?
  var extensions = TextLines()
  var tls: TLSUse?
  /// What TLS shows; nil where there is none.
  var tlsInSession: SessionTLS?
  var authentications: [Authentication] = []
  var drafts: [TransactionDraft] = []
  /// The last reply that answered nothing: a server that closes says 421 so.
  @Seldom var lastUnsolicited: Reply?
  /// What the server answered to QUIT.
  var quitReply: ReplyRecord?
  private(set) var transcript = Transcript()
  private(set) var lastWords = LastWords()
  /// When each side closed.
  private(set) var left: (client: Moment?, server: Moment?)

  /// Clear text behind STARTTLS before its reply.
  @Seldom var injected: (bytes: [UInt8], moment: Moment)?
  /// Clear text where TLS was due.
  @Seldom var clearBehindTLS: SessionEvidence.ClearText?
  var gaps = SessionEvidence.Gaps()
  /// What the message text ended with, for the case that its end never comes.
  var unfinishedTail: [UInt8] = []
  /// Every command with its reply, for the checks.
  var log = ExchangeLog()
  /// The lone dots between odd line ends, the first ones.
  var loneDots: [LoneDotRecord] = []
  /// Whose turn it was, and for how long.
  var clock: PhaseClock
  /// The transaction that the exchange at hand belongs to, by its id.
  var lastTouched: Int?
  /// How many of `drafts` were told while the session goes on.
  var toldTransactions = 0
  /// Which of `drafts` is open.
  var open: Int?
  /// When the first packet passed.
  let start: CaptureTime
  /// The AUTH exchange that is going on.
  var sasl: SASLExchange?
  /// The message that is open, one at most: kept elsewhere, since few sessions have one at a time.
  var message: [MessageRecorder] = []
  /// In the order of their numbers.
  var finishedMessages: [(number: Int, message: Message?, end: MessageEnd, census: TextCensus)] = []
  /// DATA commands read and answered so far: they tie messages to the transactions whose DATA began them.
  var dataCommands = 0
  /// The first refusal that came before the end of a message's text, with the message's number.
  @Seldom private var refusalInText: (message: Int, reply: Reply)?
  var dataExchanges = 0
  var messageOfData: [Int: Int] = [:]
  /// Recipients of all transactions.
  var keptRecipients = 0
  /// What is over the limits.
  var omitted = Session.Omitted()

  var options: AnalysisOptions {
    _read { yield shared.options }
  }

  /// The recorder while bytes of a side are being read: lines of the other side that are told then were said before.
  subscript(hearing peer: Peer) -> SessionRecorder {
    @inline(__always)
    _read { yield self }
    @inline(__always)
    _modify {
      transcript.hears = peer
      yield &self
      transcript.hears = nil
    }
  }

  // MARK: Lines

  mutating func said(_ line: Span<UInt8>, from peer: Peer, secretStart: Int?, at moment: Moment) {
    if peer == .client { clock.clientSaid(at: moment.time) }
    guard options.keepsDialogue else { return }
    var bytes = Array(line)
    if let secretStart, secretStart < bytes.count, !options.revealsSecrets {
      // RFC 4954 section 4: a lone "*" cancels and "=" is empty; neither is a secret.
      let secret = bytes[secretStart...]
      if !secret.elementsEqual([0x2a]), !secret.elementsEqual([0x3d]) {
        bytes.replaceSubrange(secretStart..., with: Array("********".utf8))
      }
    }
    show(.line(bytes), from: peer, at: moment)
  }

  mutating func gap(_ count: Int, from peer: Peer, at moment: Moment) {
    show(.gap(bytes: count), from: peer, at: moment)
    if gaps.first == nil { gaps.first = moment }
    if peer == .client { gaps.client += count } else { gaps.server += count }
    noteHole()
  }

  /// So many bytes of a side's stream, whatever they are.
  mutating func passed(_ count: Int, from peer: Peer, at moment: Moment) {
    lastWords.passed(count, from: peer, at: moment)
  }

  /// A side closed its direction.
  mutating func closed(from peer: Peer, at moment: Moment) {
    switch peer {
    case .client: left.client = moment
    case .server: left.server = moment
    }
    show(.closed, from: peer, at: moment)
  }

  mutating func show(_ content: DialogueLine.Content, from peer: Peer, at moment: Moment) {
    guard options.keepsDialogue else { return }
    transcript.add(content, from: peer, at: moment, limit: options.limits.dialogueLines)
  }

  // MARK: Commands and replies

  mutating func commanded(_ command: Command) {
    clock.clientCommanded()
    log.commanded(command, masks: !options.revealsSecrets)
    if command.verb == .data { dataCommands += 1 }
    saidChunk = command.verb == .bdat
    switch command.verb {
    case .quit: hasQuit = true
    case .helo, .ehlo, .lhlo, .noop, .rset, .help: break
    case .xforward, .xclient: requests = [.handsOver, .beyondHello]
    default: requests.insert(.beyondHello)
    }
    if command.verb != .unknown {
      let isLMTP = command.verb == .lhlo || assumesLMTP && helo == nil && !command.verb.isHello
      recognize(isLMTP ? .lmtp : .smtp)
    }
    if command.verb.isHello, !heloWasAccepted { helo = Hello(command) }
  }

  mutating func exchanged(_ awaited: consuming Awaited, with reply: consuming Reply?) {
    lastTouched = nil
    // The reply's text goes to the record.
    let record = reply.takeRecord(since: awaited.sent?.time)
    answered(awaited, with: reply, as: record)
    clock.exchanged(awaited, with: reply, transaction: lastTouched, exchange: log.exchanges.count)
    log.exchanged(awaited, with: reply, as: consume record, transaction: lastTouched)
  }

  private mutating func answered(_ awaited: Awaited, with reply: Reply?, as record: ReplyRecord?) {
    switch awaited {
    case .greeting:
      greet(with: reply, as: record)
    case .command(let command):
      exchanged(command, with: reply, as: record)
    case .endOfData(let number, let sent):
      if let index = draft(ofMessage: number) {
        answerEnd(of: index, with: record, sent: sent)
      }
    case .chunk(let command, let number, let isLast, let sent):
      exchangedChunk(command, number, isLast: isLast, with: record, sent: sent)
    case .unseen:
      // It may have been said before the capture began; then nothing is missing from here on.
      if gaps.first != nil { noteHole() }
      if reply.map({ $0.code != 0 }) == true { recognize(.smtp) }
      if reply?.code == 354 { _ = openTransaction(at: reply?.begin) }
    }
  }

  private mutating func greet(with reply: Reply?, as record: ReplyRecord?) {
    guard let reply, let record else { return }
    if reply.code != 0 { recognize(.smtp) }
    greeting = Greeting(reply: record, delay: nil)
  }

  mutating func unsolicited(_ reply: Reply) {
    if let number = message.first?.number, !isInChunks, refusalInText == nil, refusesText(reply) {
      refusalInText = (number, reply)
      return
    }
    lastUnsolicited = reply
    clock.unsolicited(reply)
    log.unsolicited(reply)
    if reply.code != 0, greeting == nil, drafts.isEmpty { recognize(.smtp) }
  }

  /// Whether a reply within the text refuses the message: some servers do not wait for the end of what they will not take,
  /// or saw an end that is none. One that takes leave says nothing of the message.
  private func refusesText(_ reply: Reply) -> Bool {
    guard reply.isTransientNegative || reply.isPermanentNegative, reply.code != 421 else { return false }
    return switch ReplyMeaning(reply.record(since: nil), to: .endOfData) {
    case .timeout, .shuttingDown: false
    default: true
    }
  }

  /// Where no other reply came to the message, the one within its text decided.
  mutating func settleRefusalInText() {
    guard let (number, reply) = refusalInText else { return }
    // What is said to a client that is gone (`451 Incomplete DATA`) decides nothing.
    let isHeard = left.client.map { reply.begin.time <= $0.time } ?? true
    if isHeard, let index = draft(ofMessage: number), drafts[index].transaction.endReply == nil {
      let record = reply.record(since: nil)
      drafts[index].transaction.endReply = record
      drafts[index].ending = .answered
      log.exchanged(.endOfData(message: number, sent: reply.begin), with: reply, as: record, transaction: index + 1)
    } else {
      log.unsolicited(reply)
    }
  }

  private mutating func exchanged(_ command: Command, with reply: Reply?, as record: ReplyRecord?) {
    if tls?.method == .starttls, tls?.outcome == .unknown, !isEncrypted, reply?.isPositive == true {
      readsOnBehindTLS = true
    }
    if protocolKind == .lmtp, reply != nil, let last = drafts.last, last.hasDataReplies { last.dialogueWentOn = true }
    switch command.verb {
    case .helo, .ehlo, .lhlo:
      if reply == nil { log.forgetOffers() }
      guard let reply, reply.isPositive else { return }
      heloWasAccepted = true
      helo = Hello(command)
      extensions = record?.lines.behindFirst(limit: options.limits.extensions) ?? TextLines()
      log.offered(extensions, isWhole: reply.isComplete)
      close(.hello)  // section 4.1.4: an accepted EHLO resets as RSET does
    case .mail, .send, .soml, .saml:
      guard isTransaction(command, with: record) else { return }
      begin(command, with: record)
    case .rcpt:
      addRecipient(command, with: record)
    case .data:
      exchangedData(command, with: record)
    case .rset:
      if reply?.isPositive ?? !hadServerLeft(by: command.moment) { close(.reset) }
    case .quit:
      quitReply = record
      if reply != nil || !hadServerLeft(by: command.moment) { close(.quit) }
    case .auth, .xExps:
      exchangedAuth(command, with: reply)
    case .starttls where isInside, .xAnonymousTLS where isInside:
      break  // it says nothing of the TLS that it was said in
    case .starttls, .xAnonymousTLS:
      let outcome: TLSUse.Outcome = reply.map { $0.isPositive ? .unknown : .refused } ?? .unknown
      tls = TLSUse(method: .starttls, outcome: outcome, isReadable: false)
      tls?.reply = record
      if reply?.isPositive == true {
        close(.turnedToTLS)
        log.forgetOffers()  // RFC 3207 section 4.2: what was learned before is forgotten
      }
    case .xclient:
      if reply?.isPositive == true { speaksForAnother = true }
    default:
      break
    }
  }

  /// Whether the server had closed, or taken its leave unasked, before a command was sent: that command ends nothing any more.
  private func hadServerLeft(by moment: Moment) -> Bool {
    if let server = left.server, isBefore(server.place, moment.place) { return true }
    return lastUnsolicited.map { $0.code == 421 && isBefore($0.begin.place, moment.place) } ?? false
  }

  private mutating func noteHole() {
    log.noteHole()
    clock.noteHole()
    if let open { drafts[open].hasHole = true }
    if let last = drafts.indices.last, drafts[last].ending == nil { drafts[last].hasHole = true }
  }

  mutating func recognize(_ kind: Session.ProtocolKind) {
    if protocolKind == .unknown || kind == .lmtp { protocolKind = kind }
  }
}

extension SessionRecorder {
  init(shared: ShardContext, output: (any MessageOutput)?, assumesLMTP: Bool, start: CaptureTime) {
    self.init(shared: shared, output: output, assumesLMTP: assumesLMTP, clock: PhaseClock(start: start), start: start)
  }
}
