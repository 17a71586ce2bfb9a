internal import SMTPDialogue
internal import TLSHandshake
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
  var greeting: Greeting?
  var helo: Hello?
  var extensions = TextLines()
  var tls: TLSUse?
  /// What TLS shows; nil where there is none.
  private(set) var tlsInSession: SessionTLS?
  var authentications: [Authentication] = []
  var drafts: [TransactionDraft] = []
  /// The last reply that answered nothing: a server that closes says 421 so.
  @Seldom var lastUnsolicited: Reply?
  /// Whether QUIT was said, and what the server answered.
  private(set) var hasQuit = false
  var quitReply: ReplyRecord?
  private(set) var transcript = Transcript()
  private(set) var lastWords = LastWords()
  /// When each side closed.
  private(set) var left: (client: Moment?, server: Moment?)

  /// Clear text behind STARTTLS before its reply.
  @Seldom private(set) var injected: (bytes: [UInt8], moment: Moment)?
  /// Clear text where TLS was due.
  @Seldom private(set) var clearBehindTLS: SessionEvidence.ClearText?
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
  private var lastTouched: Int?
  /// How many of `drafts` were told while the session goes on.
  var toldTransactions = 0
  /// Which of `drafts` is open.
  var open: Int?
  /// When the first packet passed.
  private let start: CaptureTime
  private var heloWasAccepted = false
  /// The AUTH exchange that is going on.
  var sasl: SASLExchange?
  /// The message that is open, one at most: kept elsewhere, since few sessions have one at a time.
  var message: [MessageRecorder] = []
  /// In the order of their numbers.
  var finishedMessages: [(number: Int, message: Message?, end: MessageEnd, census: TextCensus)] = []
  /// DATA commands read and answered so far: they tie messages to the transactions whose DATA began them.
  var dataCommands = 0
  /// Whether the last command was a BDAT, and whether the open message began with one.
  var saidChunk = false
  var isInChunks = false
  /// The first refusal that came before the end of a message's text, with the message's number.
  @Seldom private var refusalInText: (message: Int, reply: Reply)?
  var dataExchanges = 0
  var messageOfData: [Int: Int] = [:]
  private(set) var isEncrypted = false
  /// What is told was said inside TLS.
  private(set) var isInside = false
  /// The server went on in clear behind a STARTTLS that it had accepted: a mirror port had decrypted the traffic.
  private(set) var readsOnBehindTLS = false
  /// XCLIENT was accepted.
  private(set) var speaksForAnother = false
  /// Recipients of all transactions.
  private var keptRecipients = 0
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

  mutating func tls(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {
    let tls = beginTLS()
    tls.conversation.receive(bytes, from: peer, at: Handshake.Place(frame: moment.frame, time: moment.time))
    noteEncrypted(bytes.count, from: peer, isShown: !isInside && !tls.conversation.hasContents, at: moment)
  }

  mutating func tlsMissing(_ count: Int, from peer: Peer, at moment: Moment) {
    beginTLS().conversation.skip(count, from: peer, at: Handshake.Place(frame: moment.frame, time: moment.time))
  }

  private mutating func beginTLS() -> SessionTLS {
    if let tlsInSession { return tlsInSession }
    let new = SessionTLS(secrets: options.secrets)
    tlsInSession = new
    return new
  }

  /// What both sides say inside TLS is told from now on.
  mutating func beganInside() {
    isInside = true
    if let times = tlsInSession?.conversation.times { clock.handshakeEnded(times) }
  }

  private mutating func noteEncrypted(_ count: Int, from peer: Peer, isShown: Bool, at moment: Moment) {
    if tls == nil {
      // Behind a greeting in clear, what is missing may be STARTTLS.
      let isUnseen = gaps.first != nil && greeting != nil
      tls = TLSUse(method: isUnseen ? .starttls : .implicit, outcome: .unknown, isReadable: false)
    }
    isEncrypted = true
    if isShown { show(.encrypted(bytes: count), from: peer, at: moment) }
  }

  mutating func clearBehindTLS(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {
    guard clearBehindTLS == nil else { return }
    let start = bytes.extracting(0..<min(Self.clearTextLimit, bytes.count))
    clearBehindTLS = SessionEvidence.ClearText(
      bytes: peer == .client ? masked(start, options: options) : Array(start), from: peer, moment: moment,
      isBehindTLS: isEncrypted)
  }

  mutating func discarded(_ bytes: Span<UInt8>, at moment: Moment) {
    guard injected == nil else { return }
    injected = (masked(bytes.extracting(0..<min(Self.clearTextLimit, bytes.count)), options: options), moment)
  }

  /// Octets of clear text kept where TLS was due: evidence, not an archive.
  static let clearTextLimit = 200

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

  // MARK: The transaction

  /// Whether a transaction begins. A mistyped MAIL that the server did not understand is none, nor one of RFC 821's other
  /// three verbs at a server that does not know them.
  private func isTransaction(_ command: Command, with reply: ReplyRecord?) -> Bool {
    guard let reply, TransactionDraft.refusal(reply.code) != nil else { return true }
    guard command.verb == .mail else { return reply.code != 500 && reply.code != 502 }
    return command.isClipped || equalsIgnoringCase(command.argument.prefix(4), "FROM".utf8)
  }

  private mutating func begin(_ command: Command, with reply: ReplyRecord?) {
    let isRefused = TransactionDraft.refusal(reply?.code) != nil
    // A nested MAIL that is refused leaves the open transaction as it is (section 4.1.4).
    if !isRefused { close(.newMail) }
    let path = command.path
    guard let index = addDraft(reversePath: path.address, at: command.moment) else { return }
    let draft = drafts[index]
    draft.transaction.parameters = path.parameters
    draft.transaction.mailReply = reply
    touch(index, at: reply?.time)
    if !isRefused { open = index }
  }

  private mutating func addRecipient(_ command: Command, with reply: ReplyRecord?) {
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
  private var mayLackMail: Bool { gaps.first != nil || greeting == nil && helo == nil && drafts.isEmpty }

  /// The transaction whose MAIL was refused just now: a pipelining client's RCPTs are about it.
  private var refusedDraft: Int? {
    guard let last = drafts.last, last.ending == nil,
      TransactionDraft.refusal(last.transaction.mailReply?.code) != nil
    else { return nil }
    return drafts.count - 1
  }

  private mutating func exchangedData(_ command: Command, with reply: ReplyRecord?) {
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

  private mutating func exchangedChunk(
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

  private mutating func answerEnd(of index: Int, with reply: ReplyRecord?, sent: Moment) {
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
  private func draft(ofMessage number: Int) -> Int? {
    drafts.suffix(Self.pipelinedTransactions).lastIndex { $0.message == number }
  }

  /// Transactions whose replies may be due at the same time; real clients have a handful.
  private static let pipelinedTransactions = 1000

  /// The open transaction; one whose MAIL the capture or the server does not show, where something proves that there is.
  private mutating func openTransaction(at moment: Moment?) -> Int? {
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

  /// Whether the server had closed, or taken its leave unasked, before a command was sent: that command ends nothing any more.
  private func hadServerLeft(by moment: Moment) -> Bool {
    if let server = left.server, isBefore(server.place, moment.place) { return true }
    return lastUnsolicited.map { $0.code == 421 && isBefore($0.begin.place, moment.place) } ?? false
  }

  private mutating func close(_ ending: TransactionDraft.Ending) {
    if let open { drafts[open].ending = ending } else if let refusedDraft { drafts[refusedDraft].ending = ending }
    open = nil
  }

  private mutating func touch(_ index: Int, at time: CaptureTime?) {
    lastTouched = index + 1
    guard let time else { return }
    let draft = drafts[index]
    if draft.transaction.end < time { draft.transaction.end = time }
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
