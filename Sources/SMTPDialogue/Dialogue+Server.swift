internal import Wire

// The server's stream: replies, and what each of them answers.

extension Dialogue {
  mutating func receiveFromServer<Sink: DialogueSink & ~Copyable>(
    _ bytes: Span<UInt8>, at moment: Moment, into sink: inout Sink
  ) {
    hasHeardServer = true
    if clientWentOn {
      // A line without an end that the client did not wait for: what comes now is the next reply, if it looks like one.
      suspect.append(bytes)
      guard suspect.count >= 4 || suspect.contains(0x0a) else { return }
      clientWentOn = false
      let bytes = suspect
      suspect = []
      if !serverLines.isEmpty, ReplyAssembler.beginsReply(bytes.span) { flushServerLine(at: moment, into: &sink) }
      receiveFromServer(bytes.span, at: moment, into: &sink)
      return
    }
    var offset = 0
    while offset < bytes.count {
      switch server {
      case .afterStartTLS:
        let next = bytes.extracting(offset..<bytes.count)
        let isTLS = tlsBeginsInHole.server ? !TLSSigns.looksClear(next) : TLSSigns.looksLikeRecord(next)
        server = isTLS ? .encrypted : .replies
        guard !isTLS, !tlsBeginsInHole.server else { continue }
        // The handshake may still follow: text behind the 220 is no sign that none will.
        mayTurnToTLS = true
        sink.clearBehindTLS(next, from: .server, at: moment)
      case .encrypted:
        return sink.tls(bytes.extracting(offset..<bytes.count), from: .server, at: moment)
      case .replies:
        if mayTurnToTLS, serverLines.isEmpty, TLSSigns.looksLikeRecord(bytes.extracting(offset..<bytes.count)) {
          server = .encrypted
          continue
        }
        if mayBeginTLSUnseen, serverLines.isEmpty, TLSSigns.looksLikeHeader(bytes.extracting(offset..<bytes.count)) {
          beginTLSUnseen(at: moment, into: &sink)
          continue
        }
        switch serverLines.next(in: bytes, from: &offset, at: moment) {
        case .whole(let range, let facts): takeReplyLine(bytes.extracting(range), facts, at: moment, into: &sink)
        case .carried(let line, let facts): takeReplyLine(line.span, facts, at: moment, into: &sink)
        case .more: return
        }
      }
    }
  }

  /// Whether STARTTLS or its reply may stand in a hole.
  private var mayBeginTLSUnseen: Bool {
    if case .awaitingReply(.startTLS) = client { return true }
    return !isInStep || isBehindServerGap
  }

  /// The server sends records, and what made it begin with TLS is missing from the capture.
  private mutating func beginTLSUnseen<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    isBehindServerGap = false
    // How the handshake began was not seen.
    sink.tlsMissing(0, from: .server, at: moment)
    settleLostReplies(into: &sink)
    server = .afterStartTLS
    switch client {
    case .awaitingReply(.startTLS):
      tlsBeginsInHole.client = held.isEmpty
      release(as: .afterStartTLS, at: moment, into: &sink)
    case .commands where !isInStep:
      client = .afterStartTLS
      tlsBeginsInHole.client = true
    default: break
    }
    server = .encrypted
  }

  private mutating func takeReplyLine<Sink: DialogueSink & ~Copyable>(
    _ bytes: Span<UInt8>, _ line: LineAssembler.LineFacts, at moment: Moment, into sink: inout Sink
  ) {
    sink.said(bytes, from: .server, secretStart: nil, at: line.begin)
    let mayBeTail = isBehindServerGap
    // The rest of a line that began in a hole is no reply, nor are the first letters of one that ends in a hole.
    if (mayBeTail || line.isClipped) && !replies.isOpen && ReplyAssembler.code(of: bytes) == nil {
      if mayBeTail { mayHaveLostReplies = !pending.isEmpty }
      return
    }
    isBehindServerGap = false
    endGreeting(before: bytes, into: &sink)
    var line = line
    // Lines of the reply before this one may be missing.
    if mayBeTail { line.isClipped = true }
    replies.keepsCodes = isLMTP && acceptedRecipients > 1
    guard let reply = replies.add(bytes, line, at: moment) else { return }
    guard reply.oddities.contains(.codeChanged), let singles = joined(in: reply) else {
      return take(reply, into: &sink)
    }
    for single in singles { take(single, into: &sink) }
  }

  /// A server that teases early talkers with the first line of its greeting and then serves them all the same never
  /// sends the last one (postscreen does): what it says to their EHLO is no part of it.
  private mutating func endGreeting<Sink: DialogueSink & ~Copyable>(before line: Span<UInt8>, into sink: inout Sink) {
    guard replies.openCode == 220, pending.count > 1, case .greeting? = pending.front,
      let code = ReplyAssembler.code(of: line), code != 220, let reply = replies.takeOpen()
    else { return }
    take(reply, into: &sink)
  }

  /// What the server left unfinished is a reply if the client went on, or the server itself ended.
  mutating func flushServerLine<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    if clientWentOn {
      clientWentOn = false
      let bytes = suspect
      suspect = []
      receiveFromServer(bytes.span, at: moment, into: &sink)
    }
    if var line = serverLines.takePartial(), case .replies = server, !line.bytes.isEmpty {
      if line.bytes.count < 3 { line.facts.isClipped = true }
      let bytes = line.bytes
      takeReplyLine(bytes.span, line.facts, at: moment, into: &sink)
    }
    if let reply = replies.takeOpen() { take(reply, into: &sink) }
  }

  /// The client sent a command while a reply was unfinished. Behind EHLO and the greeting nothing may be sent before the
  /// whole reply is there (RFC 2920 section 3.1): it took the reply for finished, whatever its last line looks like.
  mutating func noteClientWentOn<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    if !serverLines.isEmpty { clientWentOn = true }
    guard replies.isOpen, serverLines.isEmpty, pending.count == 1 else { return }
    switch pending.front {
    case .greeting:
      flushServerLine(at: moment, into: &sink)
      greetingWasCut = true
    case .command(let verb) where verb.isHello: flushServerLine(at: moment, into: &sink)
    default: break
    }
  }

  mutating func missingFromServer<Sink: DialogueSink & ~Copyable>(
    _ count: Int, at moment: Moment, into sink: inout Sink
  ) {
    hasHeardServer = true
    switch server {
    case .encrypted:
      sink.tlsMissing(count, from: .server, at: moment)
    case .afterStartTLS:
      tlsBeginsInHole.server = true
      sink.tlsMissing(count, from: .server, at: moment)
      sink.gap(count, from: .server, at: moment)
    case .replies:
      hasGap = true
      if !serverLines.isEmpty || replies.isOpen {
        // The reply goes as far as it can be read.
        serverLines.markClipped()
        flushServerLine(at: moment, into: &sink)
      }
      sink.gap(count, from: .server, at: moment)
      mayHaveLostReplies = !pending.isEmpty
      isBehindServerGap = true
    }
  }

  // MARK: Pairing

  /// A whole reply.
  mutating func take<Sink: DialogueSink & ~Copyable>(_ reply: consuming Reply, into sink: inout Sink) {
    let (code, end) = (reply.code, reply.end)
    if case .ambiguousEnd = client {
      deferredReplies.append(reply, limit: limits.deferredOctets)
      let isFull = deferredReplies.count > limits.deferredReplies
      settleEndOfData(hasNewReply: true, isFinal: isFull, at: end, into: &sink)
      return
    }
    if mayHaveLostReplies, pending.count > 1 {
      // Which of several commands the lost replies belong to is known when the client goes on: what came by then
      // answers the last ones.
      deferredReplies.append(reply, limit: limits.deferredOctets)
      if code == 354 || deferredReplies.count >= pending.count { settleLostReplies(into: &sink) }
      return
    }
    mayHaveLostReplies = false
    pair(reply, into: &sink)
  }

  /// After a gap in the server's stream: pairs the replies that came behind it with the last commands.
  mutating func settleLostReplies<Sink: DialogueSink & ~Copyable>(into sink: inout Sink) {
    guard mayHaveLostReplies else { return }
    mayHaveLostReplies = false
    let replies = deferredReplies.take()
    while pending.count > replies.count, let unanswered = pending.popFirst() { sink.exchanged(unanswered, with: nil) }
    for reply in replies { pair(reply, into: &sink) }
  }

  mutating func pair<Sink: DialogueSink & ~Copyable>(_ reply: consuming Reply, into sink: inout Sink) {
    if reply.code == 334 { mayHearSecrets = true }
    if case .text(let message, _) = client, pending.isEmpty {
      // 221 and 421 take leave; neither tells what became of the message.
      if reply.code != 221, reply.code != 421, reply.isPositive || messageHasGap {
        // The server has seen the end of the text: in a hole, or where only it sees one.
        if !messageHasGap {
          let nothing: [UInt8] = []
          sink.loneDot(nil, .end, before: nothing.span, at: reply.begin)
        }
        endText(message, messageHasGap ? .unseen : .sentNonstandard, at: reply.begin, into: &sink)
      } else {
        sink.unsolicited(reply)
        return
      }
    }
    skipUnanswered(before: reply, into: &sink)
    switch pending.front {
    case nil where (answeredEnd?.recipients ?? 0) > 0 && reply.code != 221:
      takeFurtherEndReply(reply, into: &sink)
    case nil where !isInStep && reply.code != 421:
      takeUnseenReply(reply, into: &sink)  // what it answers was said before the capture began
    case nil:
      sink.unsolicited(reply)
    case .greeting?:
      pending.popFirst()
      sink.exchanged(.greeting, with: consume reply)
    case .unseen?:
      takeUnseenReply(reply, into: &sink)
    case .endOfData?:
      takeEndReply(isEnd: true, reply, into: &sink)
    case .chunk(let isLast)?:
      takeEndReply(isEnd: isLast, reply, into: &sink)
    case .command? where greetingWasCut && reply.code == 220:
      // 220 answers no EHLO: it is the last line of the greeting for which the client did not wait.
      greetingWasCut = false
      sink.unsolicited(reply)
    case .command(let verb)?:
      answer(verb, with: reply, into: &sink)
    }
  }

  /// A reply to bytes that the capture does not have. More replies may be due to them; they leave the queue when something
  /// that was seen stands behind them.
  private mutating func takeUnseenReply<Sink: DialogueSink & ~Copyable>(_ reply: Reply, into sink: inout Sink) {
    hasAnsweredUnseen = pending.count == 1
    let isBehindHole = !pending.isEmpty
    guard reply.code == 354 else {
      sink.exchanged(.unseen, with: reply)
      // A DATA behind them is not what it answered: more of them were commands.
      if case .command(let next)? = pending[1], next.verb == .data { return }
      if pending.count > 1 { pending.popFirst() }
      return
    }
    let isData: (Awaited) -> Bool = { if case .command(let command) = $0 { command.verb == .data } else { false } }
    if case .awaitingReply(.data) = client, let data = pending.firstIndex(isData) {
      for _ in 0..<data { if let unanswered = pending.popFirst() { sink.exchanged(unanswered, with: nil) } }
      answer(.data, with: reply, into: &sink)
      return
    }
    sink.exchanged(.unseen, with: reply)
    pending.popFirst()
    clientLines.reset()
    isInStep = true
    beginText(at: reply.end, into: &sink)
    // A client that did not wait for the 354 may have sent text in the hole, even all of it.
    messageHasGap = isBehindHole
  }

  private mutating func takeEndReply<Sink: DialogueSink & ~Copyable>(
    isEnd: Bool, _ reply: consuming Reply, into sink: inout Sink
  ) {
    guard let awaited = pending.first else { return }
    let code = reply.code
    sink.exchanged(consume awaited, with: consume reply)
    if isEnd, !isLMTP, code != 421 {
      if let due = individualReplies {
        individualReplies = due > 0 ? due - 1 : nil
        if due > 0 { return }
      } else if code == 353 {
        individualReplies = acceptedRecipients
        return
      }
    }
    // RFC 2033 section 4.2: after the data a reply for each recipient that was accepted.
    if isEnd, isLMTP, acceptedRecipients > 1, code != 421 {
      acceptedRecipients -= 1
      return
    }
    if isEnd, !isLMTP, !hasSeenHello, acceptedRecipients > 1, code != 421 {
      if let awaited = pending.first { answeredEnd = (awaited: awaited, recipients: acceptedRecipients - 1) }
    }
    if isEnd { acceptedRecipients = 0 }
    pending.popFirst()
  }

  /// A second reply to the end of the data, of a dialogue whose hello was not seen: LMTP gives each recipient one.
  private mutating func takeFurtherEndReply<Sink: DialogueSink & ~Copyable>(
    _ reply: consuming Reply, into sink: inout Sink
  ) {
    guard let ended = answeredEnd else { return }
    isLMTP = true
    // 421 takes leave of all of them.
    answeredEnd?.recipients = reply.code == 421 ? 0 : ended.recipients - 1
    sink.exchanged(ended.awaited, with: consume reply)
  }

  private mutating func answer<Sink: DialogueSink & ~Copyable>(
    _ verb: Verb, with reply: consuming Reply, into sink: inout Sink
  ) {
    let (code, isPositive, end) = (reply.code, reply.isPositive, reply.end)
    if code == 334, verb == .auth || verb == .xExps {
      guard let command = pending.first else { return }
      sink.exchanged(consume command, with: consume reply)
      if case .awaitingReply(.auth) = client { release(as: .authResponse, at: end, into: &sink) }
      return
    }
    let continued = verb == .xExch50 && code == 354 ? pending.first : nil
    guard let command = pending.popFirst() else { return }
    sink.exchanged(consume command, with: consume reply)
    switch verb {
    case .lhlo where isPositive:
      isLMTP = true
      acceptedRecipients = 0
    case .lhlo where code >= 500 && code != 503:
      isLMTP = false  // it is no LMTP server
    case .helo, .ehlo, .rset, .mail, .send, .soml, .saml:
      if isPositive { acceptedRecipients = 0 }
    case .rcpt:
      if isPositive { acceptedRecipients += 1 }
    case .data:
      guard case .awaitingReply(.data) = client else { break }
      if code == 354 {
        beginText(at: end, into: &sink)
        release(as: client, at: end, into: &sink)
      } else {
        release(as: .commands, at: end, into: &sink)  // refused: what follows are commands
      }
    case .auth, .xExps:
      if case .awaitingReply(.auth) = client { release(as: .commands, at: end, into: &sink) }
      if case .authResponse = client {
        client = .commands
        resumeChunks()
      }
    case .starttls, .xAnonymousTLS:
      guard case .awaitingReply(.startTLS) = client else { break }
      if isPositive {
        server = .afterStartTLS
        if held.beginsWithTLS {
          release(as: .afterStartTLS, at: end, into: &sink)  // it did not wait for the reply
        } else {
          discardHeldText(into: &sink)
          endInterruptedMessage(at: end, into: &sink)
          client = .afterStartTLS
        }
      } else {
        release(as: .commands, at: end, into: &sink)
      }
    case .xExch50:
      guard case .awaitingReply(.blob(let count)) = client else { break }
      release(as: code == 354 ? .blob(remaining: count) : .commands, at: end, into: &sink)
      if let continued { expect(continued, into: &sink) }
    default:
      break
    }
  }

  /// Some replies answer one kind of command only: what waits before it was passed over.
  private mutating func skipUnanswered<Sink: DialogueSink & ~Copyable>(before reply: Reply, into sink: inout Sink) {
    if reply.code == 221 {
      // RFC 5321 section 4.3.2: nothing but QUIT is answered 221; replies before it were lost.
      let isQuit: (Awaited) -> Bool = { if case .command(let command) = $0 { command.verb == .quit } else { false } }
      guard let quit = pending.firstIndex(isQuit) else { return }
      for _ in 0..<quit {
        if let passed = pending.popFirst() { sink.exchanged(passed, with: nil) }
      }
      return
    }
    if reply.code == 354, case .command(let front)? = pending.front, !front.allows(354) {
      // Nor is anything but DATA answered 354: a client that reads it sends its text.
      let isData: (Awaited) -> Bool = { if case .command(let command) = $0 { command.verb == .data } else { false } }
      guard let data = pending.firstIndex(isData) else { return }
      for _ in 0..<data {
        if let passed = pending.popFirst() { sink.exchanged(passed, with: nil) }
      }
      return
    }
    switch pending.front {
    case .greeting where pending.count > 1 && (200..<400).contains(reply.code) && reply.code != 220:
      pending.popFirst()
      sink.exchanged(.greeting, with: nil)
    case .unseen:
      // A client that waits for replies sent the next command after those to the unseen ones.
      switch pending[1] {
      case .command(let next)? where next.verb.allows(reply.code): break
      case .chunk?, .endOfData?:
        guard hasAnsweredUnseen else { return }
      default: return
      }
      pending.popFirst()
      sink.exchanged(.unseen, with: nil)
    default:
      break
    }
  }
}
