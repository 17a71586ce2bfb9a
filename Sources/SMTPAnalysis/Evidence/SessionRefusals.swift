internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// A negative reply with what it refused and what it says of why: what the checks of refusals share.
struct Refusal {
  /// What the reply answered.
  enum Object {
    case greeting
    case hello
    case sender([UInt8])
    /// The first of so many recipients that were refused alike.
    case recipients(first: [UInt8], count: Int)
    /// DATA or a chunk: the message was not (wholly) sent.
    case transfer
    /// A message after its end was sent, or within it.
    case message(bytes: Int?, isWhole: Bool = true)
    /// LMTP: recipients of a message that was sent (RFC 2033 section 4.2).
    case deliveries(first: [UInt8], count: Int)
    case command
    /// Nothing: the server takes its leave.
    case farewell
  }

  var finding: FindingID
  var object: Object
  var reply: ReplyRecord
  var reading: ReplyReading
  var transaction: Int?
  /// The command line that was answered, if one was.
  var line: [UInt8] = []
  /// Bytes are missing between the command and the reply: what it answers is not sure.
  var isBehindHole = false
  /// Recipients accepted in the transaction before it.
  var acceptedBefore = 0
}

/// The refusals of a session in the order of the dialogue, each cause once.
///
/// What follows from a refusal is none: RCPT and DATA behind a refused MAIL, a DATA behind refused recipients only, commands
/// that are refused for the same reason as one before (TLS or a login is demanded, the client is not wanted).
struct SessionRefusals {
  let all: [Refusal]

  init() { all = [] }

  init(of evidence: borrowing SessionEvidence) {
    // A healthy session has none: nothing is looked up for it.
    guard evidence.exchanges.contains(where: { $0.reply?.isNegative == true }) || !evidence.unsolicited.isEmpty else {
      all = []
      return
    }
    var walk = RefusalWalk(reader: evidence.reader)
    walk.pass(through: evidence)
    all = walk.refusals
  }

  /// Those of one finding.
  func of(_ finding: FindingID) -> [Refusal] {
    // Most checks ask for what is not there.
    guard holds(finding) else { return [] }
    return all.filter { $0.finding == finding }
  }

  /// Whether there is one of the finding. By index: a refusal is much to copy.
  func holds(_ finding: FindingID) -> Bool { all.indices.contains { all[$0].finding == finding } }
}

/// Goes through a session and gathers what was refused.
private struct RefusalWalk {
  let reader: any ReplyInterpreting
  var refusals: [Refusal] = []
  /// The recipients' refusals of the transaction at hand, by finding: where they stand in `refusals`.
  private var groups: [(finding: FindingID, place: Int)] = []
  private var transaction: Int?
  private var mailWasRefused = false
  private var acceptedRecipients = 0
  private var refusedRecipients = 0
  /// Findings about the session as a whole that were made already.
  private var saidOfSession: Set<FindingID> = []

  /// The server had refused the client or its hello for another reason, and refuses all else for the sake of that.
  private var isTurnedAway = false
  private var greetingRefuses = false

  /// A client of a submission port (RFC 6409) that offers AUTH, and it never logged in.
  private var lacksLogin = false

  /// Refusals kept of a session: a client may try for ever.
  static let limit = 1000

  init(reader: any ReplyInterpreting) { self.reader = reader }

  mutating func pass(through evidence: borrowing SessionEvidence) {
    // Behind a greeting that refuses, nothing but QUIT is due: what else is said is refused for its sake.
    let hello = evidence.session.greeting?.reply.isNegative == true ? nil : Self.lastFailedHello(evidence)
    let isLMTP = evidence.session.kind == .lmtp
    let port = evidence.facts.server.port
    lacksLogin =
      (port == 587 || port == 465) && evidence.session.authentications.isEmpty && evidence.offered.contains("AUTH")
    for (index, exchange) in evidence.exchanges.enumerated() {
      note(exchange)
      guard let reply = exchange.reply else { continue }
      noteTurnedAway(exchange, reply)
      guard reply.isNegative else {
        if exchange.verb == .rcpt { acceptedRecipients += 1 }
        continue
      }
      // The commands are not in the capture: what was refused is a guess.
      if evidence.isOneSided, exchange.step != .greeting {
        addFarewell(reply)
        continue
      }
      switch exchange.step {
      case .greeting: addGreeting(reply, evidence)
      case .endOfData: if !isLMTP, !answersSingly(exchange, evidence) { addMessage(exchange, reply, evidence) }
      case .chunk(let isLast):
        // A server that does not know BDAT says nothing of the message.
        if exchange.isUnknownChunk { break }
        if !isLast || !isLMTP && !answersSingly(exchange, evidence) {
          addTransfer(exchange, reply, isMessage: isLast, evidence)
        }
      case .unseen: addFarewell(reply)
      case .command(let verb):
        switch verb {
        case .helo, .ehlo, .lhlo: if index == hello { addHello(exchange, reply) } else { addFarewell(reply) }
        case .mail, .send, .soml, .saml: addMail(exchange, reply, evidence)
        case .rcpt: addRecipient(exchange, reply, evidence)
        case .data: addTransfer(exchange, reply, isMessage: false, evidence)
        default: addOther(exchange, reply)
        }
      }
    }
    for extra in evidence.unsolicited where extra.reply.isNegative { addFarewell(extra.reply) }
    for draft in evidence.drafts where draft.hasDataReplies { addDeliveries(draft.transaction) }
  }

  /// PRDR: behind the data a reply for each recipient, and one for the message that decides nothing more.
  private func answersSingly(_ exchange: Exchange, _ evidence: borrowing SessionEvidence) -> Bool {
    guard let id = exchange.transaction, evidence.drafts.indices.contains(id - 1) else { return false }
    return evidence.drafts[id - 1].hasDataReplies
  }

  // MARK: Step by step

  /// Keeps count of the transaction that an exchange belongs to.
  private mutating func note(_ exchange: Exchange) {
    guard let current = exchange.transaction, current != transaction else { return }
    transaction = current
    groups = []
    mailWasRefused = false
    acceptedRecipients = 0
    refusedRecipients = 0
  }

  /// Behind 554 in place of the greeting 503 is due (RFC 5321 section 3.1), and some say another refusal; so do those
  /// that refused a hello because of what was sent behind it. An accepted hello makes good what was wrong before.
  private mutating func noteTurnedAway(_ exchange: Exchange, _ reply: ReplyRecord) {
    switch exchange.step {
    case .greeting: isTurnedAway = reply.isPermanent
    case .command(let verb) where verb.isHello && !greetingRefuses:
      isTurnedAway = reply.isPermanent && reader.reading(of: reply, to: .hello).meaning == .protocolError
    default: break
    }
    if exchange.step == .greeting { greetingRefuses = reply.isPermanent }
  }

  private mutating func addGreeting(_ reply: ReplyRecord, _ evidence: borrowing SessionEvidence) {
    let reading = reader.reading(of: reply, to: .greeting)
    let finding: FindingID? =
      switch reading.meaning {
      case .timeout, .proxyExpected: nil
      case let meaning: Self.ofClient(meaning) ?? (reply.isPermanent ? .greetingRefused : .greetingDeferred)
      }
    guard let finding else { return }
    add(Refusal(finding: finding, object: .greeting, reply: reply, reading: reading))
  }

  /// The last HELO or EHLO that was refused, where none was accepted. A client tries HELO behind a refused EHLO, and the
  /// server may be gone by then.
  private static func lastFailedHello(_ evidence: borrowing SessionEvidence) -> Int? {
    var last: Int?
    for (index, exchange) in evidence.exchanges.enumerated() where exchange.verb?.isHello == true {
      guard let reply = exchange.reply else {
        if evidence.hasHoles { return nil }
        continue
      }
      guard reply.isNegative else { return nil }
      last = index
    }
    return last
  }

  private mutating func addHello(_ exchange: Exchange, _ reply: ReplyRecord) {
    let reading = reader.reading(of: reply, to: .hello)
    let finding: FindingID? =
      switch reading.meaning {
      case .timeout, .proxyExpected, .protocolError: nil
      case .heloRefused: .heloRefused
      case let meaning: Self.ofClient(meaning) ?? .heloRefused
      }
    guard let finding else { return }
    add(Refusal(finding: finding, object: .hello, reply: reply, reading: reading), of: exchange)
  }

  private mutating func addMail(_ exchange: Exchange, _ reply: ReplyRecord, _ evidence: borrowing SessionEvidence) {
    // A mistyped MAIL begins no transaction; the dialogue's own findings say it.
    guard let number = exchange.transaction else { return addOther(exchange, reply) }
    mailWasRefused = true
    let reading = reader.reading(of: reply, to: .mail)
    let finding: FindingID? =
      switch reading.meaning {
      case .timeout, .proxyExpected, .protocolError, .badSequence, .notUnderstood: nil
      case _ where !reading.isExplicit && (isTurnedAway || Self.isForLength(exchange, reply)): nil
      case _ where Self.isForLetters(exchange, reply, evidence): nil
      case .sizeExceeded: .sizeExceeded
      case .serverStorage: .serverStorage
      case .relayDenied: .relayDenied
      case .policy, .contentRefused: Self.policy(reply, reading) ?? .senderDeferred
      case .badAddress where Self.isMalformed(exchange.line, keyword: "MAIL FROM:<"): nil
      case .heloRefused: .clientRefused
      case let meaning:
        Self.ofClient(meaning) ?? (reply.isPermanent ? .senderRefused : .senderDeferred)
      }
    guard let finding else { return }
    let sender = evidence.transaction(number)?.reversePath ?? []
    add(Refusal(finding: finding, object: .sender(sender), reply: reply, reading: reading), of: exchange)
  }

  /// A command line that is too long, and a reply that says no more than that.
  private static func isForLength(_ exchange: Exchange, _ reply: ReplyRecord) -> Bool {
    exchange.traits.contains(.long) && reply.smallLetters.span.holds("too long")
  }

  /// An address beyond ASCII without SMTPUTF8, refused for that (RFC 6531 section 3.5).
  private static func isForLetters(_ exchange: Exchange, _ reply: ReplyRecord, _ evidence: borrowing SessionEvidence)
    -> Bool
  {
    exchange.lacksSMTPUTF8(in: evidence) && reply.refusesLetters
  }

  private mutating func addRecipient(_ exchange: Exchange, _ reply: ReplyRecord, _ evidence: borrowing SessionEvidence)
  {
    refusedRecipients += 1
    guard !mailWasRefused else { return }
    let reading = reader.reading(of: reply, to: .rcpt)
    if !reading.isExplicit, isTurnedAway || Self.isForLength(exchange, reply) { return }
    if Self.isForLetters(exchange, reply, evidence) { return }
    guard reading.meaning != .badAddress || !Self.isMalformed(exchange.line, keyword: "RCPT TO:<") else { return }
    guard var finding = Self.ofRecipient(reply, reading, acceptedBefore: acceptedRecipients) else { return }
    // `Access denied` without a word of why: who submits must log in (RFC 6409 section 4.3).
    if finding == .policyRefused, !reading.isExplicit, lacksLogin { finding = .authRequired }
    if let index = group(of: finding), case .recipients(let first, let count) = refusals[index].object {
      refusals[index].object = .recipients(first: first, count: count + 1)
      return
    }
    let command = Command(line: exchange.line, moment: Moment(time: reply.time, frame: reply.frame))
    var refusal = Refusal(
      finding: finding, object: .recipients(first: command.path.address, count: 1), reply: reply, reading: reading)
    refusal.acceptedBefore = acceptedRecipients
    if add(consume refusal, of: exchange) { groups.append((finding, refusals.count - 1)) }
  }

  private func group(of finding: FindingID) -> Int? { groups.first { $0.finding == finding }?.place }

  /// Whether a command is refused for its own form (RFC 5321 section 4.1.2): the client's findings say it.
  private static func isMalformed(_ line: [UInt8], keyword: String) -> Bool {
    !equalsIgnoringCase(line.prefix(keyword.utf8.count), keyword.utf8) || !line.contains(0x3e)
  }

  /// What a refused RCPT, or a recipient's reply after LMTP's data, means; nil where the dialogue's own findings say it.
  private static func ofRecipient(
    _ reply: ReplyRecord, _ reading: ReplyReading, acceptedBefore: Int
  ) -> FindingID? {
    switch reading.meaning {
    case .timeout, .proxyExpected, .protocolError, .badSequence, .notUnderstood, .noValidRecipients: nil
    case .relayDenied: .relayDenied
    case .mailboxUnknown where reply.isPermanent: .mailboxUnknown
    case .mailboxFull: .mailboxFull
    case .userMoved: .userMoved
    case .tooManyRecipients: .tooManyRecipients
    case .serverStorage: .serverStorage
    case .sizeExceeded: .sizeExceeded
    case .senderUnknown: reply.isPermanent ? .senderRefused : .senderDeferred
    case .heloRefused: .clientRefused
    case .policy, .contentRefused: policy(reply, reading) ?? .recipientDeferred
    // RFC 5321 section 4.5.3.1.10: 452, and 552 to the same effect, say no more than that there were enough.
    case .unspecified where acceptedBefore > 0 && (reply.code == 452 || reply.code == 552): .tooManyRecipients
    case let meaning: ofClient(meaning) ?? (reply.isPermanent ? .recipientRefused : .recipientDeferred)
    }
  }

  private mutating func addTransfer(
    _ exchange: Exchange, _ reply: ReplyRecord, isMessage: Bool, _ evidence: borrowing SessionEvidence
  ) {
    // RFC 5321 section 3.3: DATA without a recipient is refused for the sake of those that were.
    guard !mailWasRefused, acceptedRecipients > 0 || refusedRecipients == 0 else { return }
    guard !isMessage else { return addMessage(exchange, reply, evidence) }
    addContent(.transfer, exchange, reply, to: .data)
  }

  private mutating func addMessage(_ exchange: Exchange, _ reply: ReplyRecord, _ evidence: borrowing SessionEvidence) {
    let bytes = exchange.transaction.flatMap({ evidence.transaction($0) })?.message?.byteCount
    let end = exchange.transaction.flatMap { evidence.drafts.indices.contains($0 - 1) ? evidence.drafts[$0 - 1] : nil }?
      .messageEnd
    // A refusal within the text stands for the reply to its end, and came before that was sent.
    let isWithin = exchange.sent.map { $0.frame == reply.frame && $0.time == reply.time } ?? false
    addContent(.message(bytes: bytes, isWhole: end != .unfinished && !isWithin), exchange, reply, to: .endOfData)
  }

  private mutating func addContent(
    _ object: Refusal.Object, _ exchange: Exchange, _ reply: ReplyRecord, to step: ReplyMeaning.Step
  ) {
    let reading = reader.reading(of: reply, to: step)
    let finding: FindingID? =
      switch reading.meaning {
      case .timeout, .proxyExpected, .protocolError: nil
      case .noValidRecipients, .badSequence: nil
      case .notUnderstood where step == .data: nil
      case .relayDenied: .relayDenied
      case .sizeExceeded: .sizeExceeded
      case .mailboxFull: .mailboxFull
      case .mailboxUnknown where reply.isPermanent && acceptedRecipients == 1 && reading.isExplicit: .mailboxUnknown
      case .serverStorage: .serverStorage
      case .contentRefused: .contentRefused
      case .tooManyRecipients: .tooManyRecipients
      case .senderUnknown where reply.isPermanent: .senderRefused
      case .policy: Self.policy(reply, reading) ?? .messageDeferred
      case let meaning: Self.ofClient(meaning) ?? (reply.isPermanent ? .messageRefused : .messageDeferred)
      }
    guard let finding else { return }
    add(Refusal(finding: finding, object: object, reply: reply, reading: reading), of: exchange)
  }

  /// RFC 2033 section 4.2: a reply for each recipient after the data.
  private mutating func addDeliveries(_ transaction: Transaction) {
    groups = []
    for recipient in transaction.recipients {
      guard let reply = recipient.dataReply, reply.isNegative else { continue }
      var reading = reader.reading(of: reply, to: .endOfData)
      if reading.meaning == .unspecified {
        // RCPT had been accepted: a code alone does not say now that there is no such mailbox.
        let ofRecipient = reader.reading(of: reply, to: .rcpt)
        if ofRecipient.isExplicit { reading = ofRecipient }
      }
      let finding =
        reading.meaning == .contentRefused
        ? .contentRefused
        : Self.ofRecipient(reply, reading, acceptedBefore: 0)
          ?? (reply.isPermanent ? .recipientRefused : .recipientDeferred)
      if let index = group(of: finding), case .deliveries(let first, let count) = refusals[index].object {
        refusals[index].object = .deliveries(first: first, count: count + 1)
        continue
      }
      groups.append((finding, refusals.count))
      refusals.append(
        Refusal(
          finding: finding, object: .deliveries(first: recipient.address, count: 1), reply: reply, reading: reading,
          transaction: transaction.id))
    }
  }

  /// AUTH and STARTTLS have checks of their own; of all others only what is about the session counts.
  private mutating func addOther(_ exchange: Exchange, _ reply: ReplyRecord) {
    let isAuth = exchange.verb == .auth || exchange.verb == .xExps
    let reading = reader.reading(of: reply, to: isAuth ? .auth : .other)
    switch reading.meaning {
    case .tlsRequired:
      add(Refusal(finding: .tlsRequired, object: .command, reply: reply, reading: reading), of: exchange)
    case .authRequired where !isAuth && reply.code == 530:
      add(Refusal(finding: .authRequired, object: .command, reply: reply, reading: reading), of: exchange)
    default:
      addFarewell(reply)
    }
  }

  /// Replies with which the server takes leave, whatever they answer.
  private mutating func addFarewell(_ reply: ReplyRecord) {
    let reading = reader.reading(of: reply, to: .other)
    let finding: FindingID? =
      switch reading.meaning {
      case .tooManyErrors where reply.code == 421 || reply.isPermanent: .tooManyErrors
      case .shuttingDown where reply.code == 421: .serverShuttingDown
      case .tooManyConnections where reply.code == 421: .tooManyConnections
      case .rateLimited where reply.code == 421: .rateLimited
      case .blocklisted where reply.code == 421: .blocklisted
      case .clientCertificate: .tlsClientCertificateMissing
      default: nil
      }
    guard let finding else { return }
    add(Refusal(finding: finding, object: .farewell, reply: reply, reading: reading))
  }

  // MARK: What means what at any step

  /// Findings that are about the client or the session, whichever command was refused.
  private static func ofClient(_ meaning: ReplyMeaning) -> FindingID? {
    switch meaning {
    case .tooManyErrors: .tooManyErrors
    case .tooManyConnections: .tooManyConnections
    case .rateLimited: .rateLimited
    case .blocklisted: .blocklisted
    case .clientRefused: .clientRefused
    case .shuttingDown: .serverShuttingDown
    case .greylisted: .greylisted
    case .tlsRequired: .tlsRequired
    case .clientCertificate: .tlsClientCertificateMissing
    case .authRequired, .authFailed: .authRequired
    default: nil
    }
  }

  /// A temporary refusal that names no check is a deferral like any other.
  private static func policy(_ reply: ReplyRecord, _ reading: ReplyReading) -> FindingID? {
    reply.isPermanent || reading.subject != nil ? .policyRefused : nil
  }

  @discardableResult
  private mutating func add(_ refusal: consuming Refusal, of exchange: Exchange? = nil) -> Bool {
    if let exchange {
      refusal.line = exchange.line
      refusal.transaction = exchange.transaction
      refusal.isBehindHole = exchange.hasHole
    }
    // What is only assumed from the command that was refused is not said where that command is a guess.
    guard !refusal.isBehindHole || refusal.reading.isExplicit, refusals.count < Self.limit else { return false }
    switch refusal.finding {
    case .tlsRequired, .tlsClientCertificateMissing, .authRequired, .tooManyConnections, .tooManyErrors,
      .serverShuttingDown:
      guard saidOfSession.insert(refusal.finding).inserted else { return false }
    default:
      break
    }
    refusals.append(refusal)
    return true
  }
}
