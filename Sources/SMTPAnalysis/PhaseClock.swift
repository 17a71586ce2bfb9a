internal import SMTPDialogue
internal import TCPStreams
internal import TLSHandshake
internal import Wire

/// Divides the time of a session into phases, and each phase between client, server and network.
///
/// The server has the turn from the last byte of a command to the last byte of its reply, the client from there to the
/// last byte of its next command, or to the first byte of a message's text. The text itself is transfer: the network's.
/// Commands that are sent before the last reply has come wait for those before them (RFC 2920 section 3.2): their time
/// begins where the reply before theirs ended, and only the first of a group holds a round trip. At the end of the session
/// the round trips from the capture point, as the TCP handshake shows them, and the silences before retransmissions are
/// moved to the network's share. What may have been said in bytes that the capture does not have is nobody's time.
struct PhaseClock {
  private(set) var phases: [Phase] = []
  private(set) var slowReplies: [SlowReply] = []
  /// Up to where the time is told: the end of the last reply.
  private var mark: CaptureTime
  /// When the client's last line was sent that was not known to be a command, and the one before it; that of a SASL response
  /// is told in no other way.
  private var lastLine: CaptureTime
  private var lineBefore: CaptureTime
  /// When the first and the last bytes of the open message passed.
  private var text: (begin: CaptureTime, end: CaptureTime)?
  /// A message was begun and has not ended.
  private var isInText = false
  /// The end of the text was told and its reply is due.
  private var textHasEnded = false
  /// What waits for its reply since the last one.
  private var waiting: (kind: Phase.Kind, transaction: Int?, since: CaptureTime)?
  private var isBehindHole = false
  private var toldHandshake = false

  /// Phases told of one session: a client may go on for ever.
  static let limit = 20_000
  /// Slow replies told of one session.
  static let slowLimit = 256
  /// Waits from here on are told; a timer of 5 seconds does not run out a hair too early.
  static let slow: Int64 = 4_950_000_000
  /// Replies so near behind each other come together.
  private static let together: Int64 = 50_000_000
  /// Commands that were sent within this time of the first are one group. Who says QUIT when it has waited in vain does
  /// not send it together with what it waited for.
  private static let oneGroup: Int64 = 1_000_000_000

  // MARK: What passes

  /// TLS is there, and what is said inside it passes by here.
  mutating func handshakeEnded(_ handshake: HandshakeTimes) {
    addHandshake(handshake)
    mark = max(mark, handshake.end)
    lastLine = mark
    toldHandshake = true
  }

  mutating func clientSaid(at time: CaptureTime) {
    lineBefore = lastLine
    lastLine = time
  }

  /// That line was a command.
  mutating func clientCommanded() {
    lastLine = lineBefore
  }

  mutating func textPassed(at time: CaptureTime) {
    if text == nil { text = (time, time) } else { text?.end = time }
  }

  mutating func textBegan() {
    text = nil
    isInText = true
    textHasEnded = false
  }

  /// The end of a message's text was sent. Where the server saw an end that the text does not show, its reply tells of it,
  /// and the text ended with its last byte.
  mutating func textEnded(at time: CaptureTime, isShown: Bool, transaction: Int?) {
    let end = isShown ? time : text?.end ?? time
    defer { leaveText() }
    guard !isBehindHole else { return }
    add(.data, transaction, transfer(until: end))
    mark = max(mark, end)
    textHasEnded = true
  }

  mutating func noteHole() {
    isBehindHole = true
  }

  /// - Parameter exchange: Where the exchange stands in the session's log.
  mutating func exchanged(_ awaited: Awaited, with reply: Reply?, transaction: Int?, exchange: Int) {
    switch awaited {
    case .greeting:
      step(.greeting, nil, sent: nil, reply, exchange)
    case .command(let command):
      let kind = Phase.Kind(command.verb)
      let sent = kind == .auth ? max(command.moment.time, lastLine) : command.moment.time
      // Behind a 334 it is the client's turn (RFC 4954 section 4), and the server is not waited for.
      if kind == .auth, reply == nil, sent < mark { return }
      step(kind, kind.isOfTransaction ? transaction : nil, sent: sent, reply, exchange)
    case .endOfData(_, let sent):
      let isFirst = textHasEnded
      textHasEnded = false
      step(.endOfData, transaction, sent: isFirst ? mark : sent.time, reply, exchange)
    case .chunk(let command, _, let isLast, let sent):
      if !textHasEnded, !isBehindHole {
        let begin = max(mark, command.moment.time)
        let end = max(begin, sent.time)
        var times = TurnTimes(client: begin.nanoseconds(since: mark), network: end.nanoseconds(since: begin))
        times.clientTurns = begin > mark ? 1 : 0
        add(.data, transaction, times)
        mark = end
      }
      textHasEnded = false
      step(isLast ? .endOfData : .data, transaction, sent: max(mark, sent.time), reply, exchange)
    case .unseen:
      guard let reply else { return }
      mark = max(mark, reply.end.time)
    }
  }

  /// A reply that answers nothing: it ends the client's turn.
  mutating func unsolicited(_ reply: Reply) {
    let begin = max(mark, reply.begin.time)
    if !isBehindHole, let last = phases.last {
      if isInText || text != nil {
        let end = text?.end ?? mark
        var times = transfer(until: end)
        times += TurnTimes(client: max(0, begin.nanoseconds(since: max(mark, end))))
        add(.data, last.transaction, times)
      } else {
        add(last.kind, last.transaction, TurnTimes(client: begin.nanoseconds(since: mark)))
      }
    }
    leaveText()
    mark = max(begin, reply.end.time)
  }

  private mutating func step(
    _ kind: Phase.Kind, _ transaction: Int?, sent: CaptureTime?, _ reply: Reply?, _ exchange: Int
  ) {
    let asked = max(mark, sent ?? mark)
    guard let reply else {
      if waiting == nil { waiting = (kind, transaction, asked) }
      return
    }
    waiting = nil
    leaveText()
    let end = max(asked, reply.end.time)
    defer { mark = end }
    guard !isBehindHole else {
      isBehindHole = false
      return
    }
    var times = TurnTimes(client: asked.nanoseconds(since: mark), server: end.nanoseconds(since: asked))
    let isFirst = sent.map { $0 >= mark } ?? true
    times.clientTurns = asked > mark ? 1 : 0
    times.serverTurns = isFirst ? 1 : 0
    noteSlow(times.server, until: end, exchange, sent: sent, isFirst: isFirst)
    add(kind, transaction, times)
    // Its last line never came: the client goes on waiting.
    if reply.oddities.contains(.unfinished) { waiting = (kind, transaction, end) }
  }

  private mutating func leaveText() {
    text = nil
    isInText = false
  }

  private mutating func noteSlow(
    _ wait: Int64, until end: CaptureTime, _ exchange: Int, sent: CaptureTime?, isFirst: Bool
  ) {
    if wait >= PhaseClock.slow {
      guard slowReplies.count < PhaseClock.slowLimit else { return }
      slowReplies.append(SlowReply(exchange: exchange, wait: wait, end: end, isFirst: isFirst))
    } else if !isFirst, wait < PhaseClock.together, let sent, let last = slowReplies.last, last.isFirst,
      last.exchange + last.together == exchange,
      sent.nanoseconds(since: last.end.advanced(byNanoseconds: -last.wait)) < PhaseClock.oneGroup
    {
      slowReplies[slowReplies.count - 1].together += 1
    }
  }

  /// The client's turn before the text, and the text's transfer.
  private func transfer(until end: CaptureTime) -> TurnTimes {
    let begin = min(max(mark, text?.begin ?? end), max(mark, end))
    var times = TurnTimes(
      client: begin.nanoseconds(since: mark), network: max(0, end.nanoseconds(since: begin)))
    times.clientTurns = begin > mark ? 1 : 0
    return times
  }

  private mutating func add(_ kind: Phase.Kind, _ transaction: Int?, _ times: TurnTimes) {
    if let last = phases.indices.last, phases[last].kind == kind, phases[last].transaction == transaction {
      phases[last].times += times
    } else if phases.count < PhaseClock.limit {
      if phases.isEmpty { phases.reserveCapacity(8) }
      phases.append(Phase(kind, transaction: transaction, start: mark, times: times))
    }
  }

  // MARK: The end

  /// The session is over: what is still open lasts to its end.
  ///
  /// - Parameter isAcknowledged: Whether all that the client sent arrived. Where it did not, nobody had the turn.
  mutating func finish(_ facts: borrowing ConnectionFacts, tls: HandshakeTimes?, isAcknowledged: Bool) {
    switch facts.opening {
    case .refused, .unanswered:
      let duration = max(0, facts.lastFrame.time.nanoseconds(since: facts.firstFrame.time))
      phases = [Phase(.connect, start: facts.firstFrame.time, times: TurnTimes(network: duration))]
      return
    case .handshake, .midstream: break
    }
    if let handshake = tls, !toldHandshake {
      addHandshake(handshake)
    } else if !isBehindHole {
      addOpenEnd(
        at: facts.lastFrame.time, isAcknowledged: isAcknowledged, windowWasClosed: facts.serverToClient.zeroWindows > 0)
    }
    settle(facts)
  }

  private mutating func addHandshake(_ handshake: HandshakeTimes) {
    let begin = max(mark, handshake.begin)
    var times = handshake.times
    times += TurnTimes(client: begin.nanoseconds(since: mark))
    if phases.last?.kind == .tls { times.clientTurns += 1 }
    add(.tls, nil, times)
  }

  private mutating func addOpenEnd(at end: CaptureTime, isAcknowledged: Bool, windowWasClosed: Bool) {
    if isInText || text != nil {
      let textEnd = text?.end ?? mark
      var times = transfer(until: textEnd)
      let silence = max(0, end.nanoseconds(since: max(mark, textEnd)))
      if windowWasClosed {
        times.server = silence  // it did not read what the client had to say
      } else {
        times += isAcknowledged ? TurnTimes(client: silence) : TurnTimes(network: silence)
      }
      add(.data, phases.last?.transaction, times)
    } else if let waiting {
      let asked = max(mark, waiting.since)
      let silence = max(0, end.nanoseconds(since: asked))
      var times = TurnTimes(client: asked.nanoseconds(since: mark))
      times.clientTurns = asked > mark ? 1 : 0
      if isAcknowledged { times.server = silence } else { times.network = silence }
      add(waiting.kind, waiting.transaction, times)
    }
  }

  /// Parts the TCP handshake from the first phase, and gives the network its own.
  private mutating func settle(_ facts: borrowing ConnectionFacts) {
    if let handshake = facts.handshakeDuration, let first = phases.first {
      let isGreeting = first.kind == .greeting
      let duration = min(handshake, isGreeting ? first.times.server : first.times.client)
      if isGreeting { phases[0].times.server -= duration } else { phases[0].times.client -= duration }
      phases[0].start = first.start.advanced(byNanoseconds: duration)
      phases.insert(Phase(.connect, start: first.start, times: TurnTimes(network: duration)), at: 0)
    }
    let clientRoundTrip = facts.clientRoundTrip ?? 0
    let serverRoundTrip = facts.serverRoundTrip ?? 0
    for index in phases.indices {
      phases[index].times.settle(clientRoundTrip: clientRoundTrip, serverRoundTrip: serverRoundTrip)
    }
    for stall in facts.stalls {
      guard let index = phases.lastIndex(where: { $0.start < stall.end }), stall.end <= phases[index].end else {
        continue
      }
      // What the client had to send again, the server was waiting for.
      phases[index].times.stalled(for: stall.duration, in: stall.peer.other)
    }
    if !slowReplies.isEmpty { settleSlowReplies(facts) }
  }

  /// Takes off what the server did not have of the waits.
  private mutating func settleSlowReplies(_ facts: borrowing ConnectionFacts) {
    for index in slowReplies.indices {
      let slow = slowReplies[index]
      let begin = slow.end.advanced(byNanoseconds: -slow.wait)
      var other: Int64 = slow.isFirst ? facts.serverRoundTrip ?? 0 : 0
      if slow.exchange == 0 { other = other &+ (facts.handshakeDuration ?? 0) }
      for stall in facts.stalls where stall.peer == .client && begin < stall.end && stall.end <= slow.end {
        other = other &+ stall.duration
      }
      slowReplies[index].wait = max(0, slow.wait - max(0, other))
    }
    slowReplies.removeAll { $0.wait < PhaseClock.slow }
  }
}

/// A reply that took long.
struct SlowReply: Equatable, Sendable {
  /// Which of the session's exchanges it belongs to.
  var exchange: Int
  /// What the server took for it, in nanoseconds, without the way there and back.
  var wait: Int64
  /// When its last byte passed.
  var end: CaptureTime
  /// Whether it had not to wait for a reply before it.
  var isFirst: Bool
  /// Of commands that were sent together, how many were answered all at once with it; 1 where it stands alone.
  var together = 1
}

extension Phase.Kind {
  fileprivate var isOfTransaction: Bool {
    switch self {
    case .sender, .recipients, .data, .endOfData: true
    case .connect, .greeting, .ehlo, .tls, .auth, .quit, .other: false
    }
  }
}

extension PhaseClock {
  /// - Parameter start: When the first packet passed.
  init(start: CaptureTime) {
    self.init(mark: start, lastLine: start, lineBefore: start)
  }
}
