// SMTPDialogue: the bytes of both sides of a mail connection to commands, replies, message text and their pairing. It
// knows SMTP (RFC 5321), LMTP (RFC 2033) and the registered extensions, and nothing of TCP.

public import Wire

/// Follows one SMTP or LMTP dialogue from both sides' bytes.
///
/// A passive reader cannot enforce the protocol; it guesses what both ends took each other to mean. Commands wait in a
/// queue, each reply answers the one that has waited longest, and the server's reply decides about the state: after DATA
/// the client's bytes are text only if the server said 354. Where the client does not wait for that reply, its bytes wait
/// here instead, within a bound.
///
/// Feed it what arrives, in the order in which the endpoints saw it (`receive`, `missing`, `finish`, at last `end`). It
/// tells the sink: every line, every command with the reply that answered it (in the order of the commands), every message
/// with its bytes. A message is told when its bytes pass, its command's exchange when the reply comes; the number that
/// `messageBegan` gives ties them together.
public struct Dialogue: Sendable {
  var limits: DialogueLimits
  var client: ClientState
  var server: ServerState
  var pending: PendingQueue
  var clientLines: LineAssembler
  var serverLines: LineAssembler
  var replies: ReplyAssembler
  /// Client bytes that wait for a reply to tell what they are.
  var held = HeldBytes()
  /// Bytes missing from the capture before those: behind a DATA that waits for its reply they may be text.
  var missingBeforeHeld = 0
  /// Replies that wait until it is clear what they answer.
  var deferredReplies = DeferredReplies()
  /// The client's first bytes were TLS.
  var beganWithTLS = false
  /// What both sides say comes decrypted, by `receiveInside`.
  var isInsideTLS = false
  /// Whether the position in the client's stream is known: lines that are no commands are not taken for some.
  var isInStep: Bool
  var isLMTP = false
  /// What is taken to be LMTP until a hello says what it is: the capture may not have it.
  var assumesLMTP = false
  /// Whether any hello was seen.
  var hasSeenHello = false
  /// The end of a message that was answered, and for how many recipients more LMTP would answer it, where no hello tells
  /// whether it is spoken.
  var answeredEnd: (awaited: Awaited, recipients: Int)?
  /// Since the last MAIL: in LMTP each gets a reply of its own after the data (RFC 2033 section 4.2).
  var acceptedRecipients = 0
  /// Exim's PRDR: replies for single recipients that are due between the 353 and the one for the message; nil where none
  /// was begun.
  var individualReplies: Int?
  var messageNumber = 0
  /// The chunked message that is open while the client waits for the reply to a command that may change what its bytes are:
  /// RFC 3030 section 2 lets only some commands end it.
  var interruptedMessage: Int?
  /// Whether a gap in the server's stream may have held the replies to commands that wait.
  var mayHaveLostReplies = false
  /// Whether the client was ever heard.
  var hasHeardClient = false
  /// The client sent a command while a line of the server was unfinished.
  var clientWentOn = false
  /// The server sent clear text where TLS was due; its next line may be a record.
  var mayTurnToTLS = false
  /// Bytes of commands or replies were missing.
  var hasGap = false
  /// The client's next line may be the rest of one that a hole begins or stands in.
  var isBehindClientGap = false
  /// Bytes are missing where TLS is due: what each side said first behind the 220 was not seen.
  var tlsBeginsInHole = (client: false, server: false)
  /// The server answered client bytes that the capture does not have: a client that goes on then had waited.
  var hasAnsweredUnseen = false
  /// The few bytes behind such a line that do not tell yet whether they go on with it.
  var suspect: [UInt8] = []
  /// Whether the server was ever heard.
  var hasHeardServer = false
  /// Bytes of the open message are missing.
  var messageHasGap = false
  /// Bytes since a gap that were no commands: octets of a chunk whose BDAT is in the gap.
  var passedOverBytes = 0
  /// The server's next line may be the rest of one that began in a hole.
  var isBehindServerGap = false
  /// A SASL exchange was begun or seen: lines that are no commands may be responses of it, sent to a server that did not
  /// ask.
  var mayHearSecrets = false
  /// The server was found to read the open message strictly, or nothing told: no other lone dot in it ends it.
  var fateOfCandidates: LoneDot.Fate?
  /// The client took a greeting for finished of which the last line may still come.
  var greetingWasCut = false

  /// Takes the next bytes of one side.
  public mutating func receive<Sink: DialogueSink & ~Copyable>(
    _ bytes: Span<UInt8>, from peer: Peer, at moment: Moment, into sink: inout Sink
  ) {
    if isInsideTLS { return sink.tls(bytes, from: peer, at: moment) }
    switch peer {
    case .client: receiveFromClient(bytes, at: moment, into: &sink)
    case .server: receiveFromServer(bytes, at: moment, into: &sink)
    }
  }

  /// So many bytes of one side were sent and cannot be seen.
  public mutating func missing<Sink: DialogueSink & ~Copyable>(
    _ count: Int, from peer: Peer, at moment: Moment, into sink: inout Sink
  ) {
    if isInsideTLS { return sink.tlsMissing(count, from: peer, at: moment) }
    switch peer {
    case .client: missingFromClient(count, at: moment, into: &sink)
    case .server: missingFromServer(count, at: moment, into: &sink)
    }
  }

  /// One side has sent everything.
  public mutating func finish<Sink: DialogueSink & ~Copyable>(
    from peer: Peer, at moment: Moment, into sink: inout Sink
  ) {
    if peer == .server { flushServerLine(at: moment, into: &sink) }
  }

  /// The connection is over. What still waits is settled: commands without a reply, held bytes, the open message.
  public mutating func end<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    flushServerLine(at: moment, into: &sink)
    settleLostReplies(into: &sink)
    settleHeldBytes(isEnd: true, at: moment, into: &sink)
    endOpenMessage(at: moment, into: &sink)
    if let line = clientLines.takePartial(), isInStep, case .commands = client, !line.bytes.isEmpty {
      takeCommand(line.bytes, line.facts, at: moment, into: &sink)
    }
    while let awaited = pending.popFirst() { sink.exchanged(awaited, with: nil) }
  }

  /// Decides about all bytes that wait. Those that are let go may bring the client to the next reply that never comes, or
  /// to the next odd dot; each round uses up some of them.
  ///
  /// - Parameter isEnd: Whether a DATA that waits will not be answered any more.
  mutating func settleHeldBytes<Sink: DialogueSink & ~Copyable>(
    isEnd: Bool, at moment: Moment, into sink: inout Sink
  ) {
    while true {
      if case .awaitingReply(.data) = client, held.isEmpty, !isEnd { return }
      if case .awaitingReply = client {
        decideWithoutReply(at: moment, into: &sink)
      } else if case .ambiguousEnd = client {
        settleEndOfData(isFinal: true, at: moment, into: &sink)
      } else {
        return
      }
    }
  }

  private mutating func endOpenMessage<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    switch client {
    case .text(let number, var receiver):
      sink.messageStopped(behind: receiver.carriedAsSent)
      for byte in receiver.takeCarried() {
        let bytes = [byte]
        sink.messageBytes(bytes.span, at: moment)
      }
      sink.messageEnded(number, .unfinished, at: moment)
    case .chunk(_, let number, _, _):
      sink.messageEnded(number, .unfinished, at: moment)
    case .betweenChunks(let number):
      sink.messageEnded(number, .unfinished, at: moment)
    default:
      endInterruptedMessage(at: moment, into: &sink)
    }
    client = .commands
  }
}

extension Dialogue {
  /// - Parameters:
  ///   - sawOpening: Whether the connection was seen from its beginning, so that a greeting is due.
  ///   - assumesLMTP: Whether LMTP is spoken where no hello is seen.
  public init(sawOpening: Bool, assumesLMTP: Bool = false, limits: DialogueLimits = DialogueLimits()) {
    var pending = PendingQueue(limit: limits.pendingCommands, octets: limits.pendingOctets)
    if sawOpening { pending.append(.greeting) }
    self.init(
      limits: limits, client: .commands, server: .replies, pending: pending,
      clientLines: LineAssembler(limit: limits.commandLineLength),
      serverLines: LineAssembler(limit: limits.replyLineLength),
      replies: ReplyAssembler(lineLimit: limits.replyLines), isInStep: sawOpening, isLMTP: assumesLMTP,
      assumesLMTP: assumesLMTP)
  }
}

/// What the client's next byte is.
enum ClientState: Sendable {
  /// A command line.
  case commands
  /// Not known before a reply comes; the bytes are held.
  case awaitingReply(AwaitedReply)
  /// The answer to a 334 (RFC 4954 section 4).
  case authResponse
  /// Message text behind DATA.
  case text(message: Int, DataReceiver)
  /// Octets of a chunk (RFC 3030 section 2).
  case chunk(remaining: Int, message: Int, isLast: Bool, Command)
  /// A command line with a message open whose next chunk is due.
  case betweenChunks(message: Int)
  /// Behind a lone dot between odd line ends: text or commands, as the replies will tell. The bytes are held.
  case ambiguousEnd(message: Int, DataReceiver, LoneDot)
  /// Octets of a binary blob that belongs to no message (XEXCH50).
  case blob(remaining: Int)
  /// A TLS hello, or clear text where the capture was decrypted.
  case afterStartTLS
  case encrypted

  enum AwaitedReply: Sendable {
    case data
    case auth
    case startTLS
    case blob(Int)
  }
}

/// What the server's next byte is.
enum ServerState: Sendable {
  case replies
  case afterStartTLS
  case encrypted
}

/// How the text of a message ended.
public enum MessageEnd: Hashable, Sendable {
  /// Its end was sent.
  case sent
  /// The server's reply shows that it ended, at a place that a strict reader does not take for the end.
  case sentNonstandard
  /// Its end lies in bytes that the capture does not have.
  case unseen
  /// It never ended.
  case unfinished
}

/// What a reply answers.
public enum Awaited: Sendable {
  /// The connection itself: the reply is the greeting (RFC 5321 section 3.1).
  case greeting
  case command(Command)
  /// The end of message text. LMTP: once for each accepted recipient.
  case endOfData(message: Int, sent: Moment)
  /// A chunk of a message, sent whole.
  case chunk(Command, message: Int, isLast: Bool, sent: Moment)
  /// Client bytes that the capture does not have.
  case unseen
}

/// Takes what a dialogue turns out to say.
public protocol DialogueSink: ~Copyable {
  /// A line as it was said; bytes from `secretStart` on are a password or a SASL response.
  mutating func said(_ line: Span<UInt8>, from peer: Peer, secretStart: Int?, at moment: Moment)
  /// A command was read; its exchange follows when its reply comes.
  mutating func commanded(_ command: Command)
  /// What was awaited was answered, or will not be any more. Calls come in the order of the commands; AUTH comes once for
  /// each 334 and once for its end, LMTP's end of data once for each reply.
  mutating func exchanged(_ awaited: consuming Awaited, with reply: consuming Reply?)
  /// A reply that answers nothing.
  mutating func unsolicited(_ reply: Reply)
  /// The client's answer to a 334.
  mutating func responded(_ response: Span<UInt8>)
  /// The first byte of a message is due.
  mutating func messageBegan(_ number: Int, at moment: Moment)
  /// Bytes of the open message, dot-stuffing undone.
  mutating func messageBytes(_ bytes: Span<UInt8>, at moment: Moment)
  /// Bytes of the open message are missing.
  mutating func messageGap(_ count: Int)
  /// The open message goes on no more, though its end was not sent; `line` is what may have been meant as the beginning of
  /// it, as it was sent. Its own bytes among these, and `messageEnded`, follow.
  mutating func messageStopped(behind line: [UInt8])
  mutating func messageEnded(_ number: Int, _ end: MessageEnd, at moment: Moment)
  /// A lone dot between line ends that are not both CRLF stood in the open message; nil where the server alone saw an end
  /// there. `rest` begins behind it, as far as it was at hand.
  mutating func loneDot(_ dot: LoneDot?, _ fate: LoneDot.Fate, before rest: Span<UInt8>, at moment: Moment)
  /// Bytes came behind DATA or AUTH before its reply.
  mutating func sentAhead(of verb: Verb, at moment: Moment)
  /// Bytes are missing between commands or replies.
  mutating func gap(_ count: Int, from peer: Peer, at moment: Moment)
  /// Bytes of TLS records, as they were sent.
  mutating func tls(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment)
  /// So many bytes are missing among them; with none it is known only that how TLS began was not seen.
  mutating func tlsMissing(_ count: Int, from peer: Peer, at moment: Moment)
  /// Clear text came where TLS was due, behind the 220 to STARTTLS.
  mutating func clearBehindTLS(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment)
  /// A line of clear text behind STARTTLS that came before the reply and that no TLS engine may use (CVE-2011-0411). It
  /// was told by `said` already.
  mutating func discarded(_ bytes: Span<UInt8>, at moment: Moment)
}

/// The bounds of one dialogue. A line that is longer or a queue that is fuller is cut, never an error.
public struct DialogueLimits: Sendable {
  /// Bytes kept of a command line: one without end must not fill memory.
  public var commandLineLength = 65_536
  /// Bytes kept of a reply line.
  public var replyLineLength = 65_536
  /// Lines kept of one reply: a server may send `250-` for ever.
  public var replyLines = 1_000
  /// Commands that wait for a reply: a client may pipeline a million RCPTs to a server that is silent.
  public var pendingCommands = 20_000
  /// Octets of such commands' lines, so that they may not be 64 kB each: of a line beyond them its beginning is kept.
  public var pendingOctets = 4 << 20
  /// Client bytes held until a reply tells what they are.
  public var heldBytes = 1 << 20
  /// Replies held until it is clear what they answer.
  public var deferredReplies = 64
  /// Octets of such replies' texts, each of which may be a thousand lines of 64 kB: of one beyond them its beginning is
  /// kept.
  public var deferredOctets = 4 << 20
  /// Places in held bytes that are tried as the end of the data: a message of nothing but dots must not be read anew for
  /// each.
  public var readings = 16

  /// The defaults, far above what real dialogues need.
  public init() {}
}
