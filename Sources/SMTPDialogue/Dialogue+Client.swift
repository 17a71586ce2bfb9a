internal import Wire

// The client's stream: command lines, message text, chunks, SASL responses.

extension Dialogue {
  mutating func receiveFromClient<Sink: DialogueSink & ~Copyable>(
    _ bytes: Span<UInt8>, at moment: Moment, into sink: inout Sink
  ) {
    if !hasHeardClient {
      hasHeardClient = true
      // Implicit TLS (RFC 8314 section 3.3), or what is left of TLS where the capture began too late.
      if TLSSigns.looksLikeRecord(bytes) || !isInStep && TLSSigns.looksLikeApplicationRecord(bytes) {
        client = .encrypted
        beganWithTLS = true
        if !hasHeardServer { server = .afterStartTLS }
      }
    }
    var offset = 0
    read(bytes, from: &offset, at: moment, into: &sink)
    guard offset < bytes.count else { return }
    if held.isEmpty { noteSentAhead(at: moment, into: &sink) }
    held.append(bytes.extracting(offset..<bytes.count), at: moment)
    decideAboutHeld(at: moment, into: &sink)
  }

  /// Reads what waited, as far as it is clear what it is. The rest goes on waiting where it lies: who sends DATA again
  /// and again must not have all that follows copied for each.
  mutating func readHeld<Sink: DialogueSink & ~Copyable>(into sink: inout Sink) {
    var waiting = held.take()
    while let segment = waiting.first {
      var offset = 0
      read(waiting.bytes.span.extracting(segment.range), from: &offset, at: segment.moment, into: &sink)
      if offset < segment.range.count || !held.isEmpty {
        if held.isEmpty { noteSentAhead(at: segment.moment, into: &sink) }
        // The line end of a lone dot waits with what follows.
        waiting.advance(by: offset - held.take().count)
        held = consume waiting
        return
      }
      waiting.advance(by: offset)
    }
  }

  /// More bytes wait: decides what they are if that can be done, or has to be. Each turn uses up some of them.
  private mutating func decideAboutHeld<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    repeat {
      let isFull = held.count > limits.heldBytes
      switch client {
      case .ambiguousEnd:
        settleEndOfData(isFinal: isFull, at: moment, into: &sink)
      case .awaitingReply where isFull || mayHaveLostReplies && held.hasLine:
        decideWithoutReply(at: moment, into: &sink)
      default:
        return
      }
    } while held.count > limits.heldBytes
  }

  /// Reads on from `offset`, which stands at the end behind it, or at what has to wait.
  private mutating func read<Sink: DialogueSink & ~Copyable>(
    _ bytes: Span<UInt8>, from offset: inout Int, at moment: Moment, into sink: inout Sink
  ) {
    while offset < bytes.count {
      if !isInStep, clientLines.isEmpty { turnToTLS(at: bytes.extracting(offset..<bytes.count)) }
      switch client {
      case .commands, .betweenChunks:
        switch clientLines.next(in: bytes, from: &offset, at: moment) {
        case .whole(let range, let facts): takeCommand(Array(bytes.extracting(range)), facts, at: moment, into: &sink)
        case .carried(let line, let facts): takeCommand(line, facts, at: moment, into: &sink)
        case .more: return
        }
      case .awaitingReply(.startTLS)
      where mayHaveLostReplies && held.isEmpty
        && TLSSigns.looksLikeRecord(bytes.extracting(offset..<bytes.count)):
        // A client that begins its handshake has read the 220.
        settleLostReplies(into: &sink)
        endInterruptedMessage(at: moment, into: &sink)
        beginTLS()
      case .awaitingReply where isBehindClientGap:
        isBehindClientGap = false
        if let feed = bytes.firstIndex(of: 0x0a, from: offset) {
          offset = feed + 1
        } else {
          isBehindClientGap = true
          offset = bytes.count
          return
        }
      case .awaitingReply, .ambiguousEnd:
        return
      case .authResponse:
        switch clientLines.next(in: bytes, from: &offset, at: moment) {
        case .whole(let range, _): takeResponse(bytes.extracting(range), at: moment, into: &sink)
        case .carried(let line, _): takeResponse(line.span, at: moment, into: &sink)
        case .more: return
        }
      case .text(let message, var receiver):
        offset = takeText(bytes, from: offset, message: message, receiver: &receiver, at: moment, into: &sink)
      case .chunk(let remaining, let message, let isLast, let command):
        let count = min(remaining, bytes.count - offset)
        sink.messageBytes(bytes.extracting(offset..<(offset + count)), at: moment)
        offset += count
        advanceChunk(by: count, of: remaining, message: message, isLast: isLast, command, at: moment, into: &sink)
      case .blob(let remaining):
        let count = min(remaining, bytes.count - offset)
        offset += count
        skipBlob(count, of: remaining)
      case .afterStartTLS:
        let next = bytes.extracting(offset..<bytes.count)
        let isTLS = tlsBeginsInHole.client ? !TLSSigns.looksClear(next) : TLSSigns.looksLikeRecord(next)
        client = isTLS ? .encrypted : .commands
        if tlsBeginsInHole.client {
          isInStep = isTLS
        } else if !isTLS {
          sink.clearBehindTLS(next, from: .client, at: moment)
        }
      case .encrypted:
        sink.tls(bytes.extracting(offset..<bytes.count), from: .client, at: moment)
        offset = bytes.count
      }
    }
  }

  /// Bytes come behind a command before the reply that would tell what they are (RFC 2920 section 3.1). Where replies may
  /// be missing from the capture, that cannot be said.
  private mutating func noteSentAhead<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    guard case .awaitingReply(let awaited) = client, hasHeardServer, !hasGap, missingBeforeHeld == 0 else { return }
    switch awaited {
    case .data: sink.sentAhead(of: .data, at: moment)
    case .auth: sink.sentAhead(of: .auth, at: moment)
    case .startTLS, .blob: break
    }
  }

  /// The 220 to STARTTLS was said, whether the capture has it or not.
  mutating func beginTLS() {
    client = .afterStartTLS
    if case .replies = server { server = .afterStartTLS }
  }

  /// Behind a hole that may have held STARTTLS or its reply, a record shows that both were said.
  private mutating func turnToTLS(at bytes: Span<UInt8>) {
    guard case .commands = client, TLSSigns.looksLikeHeader(bytes) else { return }
    beginTLS()
    tlsBeginsInHole.client = true
    if !hasHeardServer || isBehindServerGap { tlsBeginsInHole.server = true }
  }

  private mutating func takeResponse<Sink: DialogueSink & ~Copyable>(
    _ response: Span<UInt8>, at moment: Moment, into sink: inout Sink
  ) {
    sink.said(response, from: .client, secretStart: 0, at: moment)
    sink.responded(response)
    client = .awaitingReply(.auth)
  }

  /// A whole command line.
  mutating func takeCommand<Sink: DialogueSink & ~Copyable>(
    _ bytes: consuming [UInt8], _ line: LineAssembler.LineFacts, at moment: Moment, into sink: inout Sink
  ) {
    let command = Command(
      line: consume bytes, moment: moment, isClipped: line.isClipped, ending: line.ending, length: line.length)
    if isBehindClientGap {
      isBehindClientGap = false
      guard command.verb != .unknown else {
        if !isInStep { passedOverBytes += command.line.count + 1 }
        sink.said(command.line.span, from: .client, secretStart: secretStart(of: command), at: moment)
        return
      }
    }
    if !isInStep {
      // After a gap, or in a capture that began too late, only what is surely a command is taken for one.
      guard command.isUnmistakable else {
        passedOverBytes += command.line.count + 1
        sink.said(command.line.span, from: .client, secretStart: secretStart(of: command), at: moment)
        return
      }
      isInStep = true
    }
    if command.verb != .bdat { passedOverBytes = 0 }
    noteClientWentOn(at: moment, into: &sink)
    settleLostReplies(into: &sink)

    sink.said(command.line.span, from: .client, secretStart: secretStart(of: command), at: moment)
    sink.commanded(command)
    if answeredEnd != nil { answeredEnd = nil }
    if command.verb.isHello { noteHello(command.verb) }
    switch command.verb {
    case .bdat:
      if let chunk = command.chunk { return beginChunk(command, chunk, at: moment, into: &sink) }
    case .data:
      closeChunkedMessage(at: moment, into: &sink)
      client = .awaitingReply(.data)
    case .rset, .quit, .mail, .send, .soml, .saml, .helo, .ehlo, .lhlo:
      closeChunkedMessage(at: moment, into: &sink)
    case .burl:
      return takeReference(command, at: moment, into: &sink)
    case .auth, .xExps:
      mayHearSecrets = true
      interruptChunks()
      client = .awaitingReply(.auth)
    case .starttls, .xAnonymousTLS:
      interruptChunks()
      client = .awaitingReply(.startTLS)
    case .xExch50:
      if let size = command.argument.split(separator: 0x20).first,
        let count = Int(String(decoding: size, as: UTF8.self)),
        count > 0
      {
        interruptChunks()
        client = .awaitingReply(.blob(count))
      }
    default:
      if command.verb == .unknown, command.secretStart != nil { mayHearSecrets = true }
    }
    expect(.command(consume command), into: &sink)
  }

  /// Who says LHLO speaks LMTP, whether or not the reply to it was captured (RFC 2033 section 4.1).
  private mutating func noteHello(_ verb: Verb) {
    hasSeenHello = true
    if verb == .lhlo {
      isLMTP = true
    } else if assumesLMTP {
      isLMTP = false
    }
    assumesLMTP = false
  }

  /// Where a secret begins in the line. A client may send its SASL responses although AUTH was refused, and where bytes
  /// are missing the AUTH may be among them: what looks like a response is taken for one then.
  func secretStart(of command: Command) -> Int? {
    if let start = command.secretStart { return start }
    guard mayHearSecrets || !isInStep, command.verb == .unknown else { return nil }
    return Base64.mayHold(command.line) ? 0 : nil
  }

  mutating func expect<Sink: DialogueSink & ~Copyable>(_ awaited: consuming Awaited, into sink: inout Sink) {
    if pending.isFull, let oldest = pending.popFirst() { sink.exchanged(oldest, with: nil) }
    pending.append(awaited)
  }

  // MARK: Message text

  private mutating func takeText<Sink: DialogueSink & ~Copyable>(
    _ bytes: Span<UInt8>, from start: Int, message: Int, receiver: inout DataReceiver, at moment: Moment,
    into sink: inout Sink
  ) -> Int {
    var offset = start
    while true {
      switch receiver.next(in: bytes, from: &offset) {
      case .content(let range):
        sink.messageBytes(bytes.extracting(range), at: moment)
      case .carriedDot:
        let dot: [UInt8] = [0x2e]
        sink.messageBytes(dot.span, at: moment)
      case .end:
        endText(message, .sent, at: moment, into: &sink)
        return offset
      case .candidate(let dot):
        let lineEnd = dot.end.bytes
        if let fate = fateOfCandidates {
          sink.loneDot(dot, fate, before: bytes.extracting(offset..<bytes.count), at: moment)
          resumeText(message, receiver, behind: dot, at: moment, into: &sink)
          var lineOffset = 0
          read(lineEnd.span, from: &lineOffset, at: moment, into: &sink)
          return offset
        }
        client = .ambiguousEnd(message: message, receiver, dot)
        held.append(lineEnd.span, at: moment)
        return offset
      case .more:
        client = .text(message: message, receiver)
        return offset
      }
    }
  }

  /// The text of a message is over; its reply is due.
  mutating func endText<Sink: DialogueSink & ~Copyable>(
    _ message: Int, _ end: MessageEnd, at moment: Moment, into sink: inout Sink
  ) {
    client = .commands
    sink.messageEnded(message, end, at: moment)
    expect(.endOfData(message: message, sent: moment), into: &sink)
  }

  /// A lone dot did not end the text: it is a byte of the message, or one that the sender stuffed.
  mutating func resumeText<Sink: DialogueSink & ~Copyable>(
    _ message: Int, _ receiver: DataReceiver, behind dot: LoneDot, at moment: Moment, into sink: inout Sink
  ) {
    var receiver = receiver
    receiver.resumeBehindDot()
    if dot.start != .crlf {
      let dot: [UInt8] = [0x2e]
      sink.messageBytes(dot.span, at: moment)
    }
    client = .text(message: message, receiver)
  }

  /// Message text is due.
  mutating func beginText<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    messageNumber += 1
    messageHasGap = false
    fateOfCandidates = nil
    client = .text(message: messageNumber, DataReceiver())
    sink.messageBegan(messageNumber, at: moment)
  }

  // MARK: Chunks

  private mutating func beginChunk<Sink: DialogueSink & ~Copyable>(
    _ command: Command, _ chunk: (size: Int, isLast: Bool), at moment: Moment, into sink: inout Sink
  ) {
    let message = messageOfChunk(at: moment, into: &sink)
    client = .chunk(remaining: chunk.size, message: message, isLast: chunk.isLast, command)
    if passedOverBytes > 0 {
      messageHasGap = true
      sink.messageGap(passedOverBytes)
      passedOverBytes = 0
    }
    if chunk.size == 0 {
      advanceChunk(by: 0, of: 0, message: message, isLast: chunk.isLast, command, at: moment, into: &sink)
    }
  }

  /// The message that the next chunk belongs to: the open one, or a new one.
  private mutating func messageOfChunk<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) -> Int
  {
    if case .betweenChunks(let open) = client { return open }
    messageNumber += 1
    messageHasGap = false
    sink.messageBegan(messageNumber, at: moment)
    return messageNumber
  }

  /// BURL stands for a chunk that the server fetches itself (RFC 4468 section 3): its octets do not pass here.
  private mutating func takeReference<Sink: DialogueSink & ~Copyable>(
    _ command: Command, at moment: Moment, into sink: inout Sink
  ) {
    let message = messageOfChunk(at: moment, into: &sink)
    let isLast = command.argument.split(separator: 0x20).last.map { equalsIgnoringCase($0, "LAST".utf8) } ?? false
    messageHasGap = true
    sink.messageGap(0)
    if isLast { sink.messageEnded(message, .unseen, at: moment) }
    client = isLast ? .commands : .betweenChunks(message: message)
    expect(.chunk(command, message: message, isLast: isLast, sent: moment), into: &sink)
  }

  private mutating func advanceChunk<Sink: DialogueSink & ~Copyable>(
    by count: Int, of remaining: Int, message: Int, isLast: Bool, _ command: Command, at moment: Moment,
    into sink: inout Sink
  ) {
    guard count >= remaining else {
      client = .chunk(remaining: remaining - count, message: message, isLast: isLast, command)
      return
    }
    if isLast { sink.messageEnded(message, .sent, at: moment) }
    client = isLast ? .commands : .betweenChunks(message: message)
    expect(.chunk(command, message: message, isLast: isLast, sent: moment), into: &sink)
  }

  /// A command that ends the chunked message without its last chunk.
  private mutating func closeChunkedMessage<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    guard case .betweenChunks(let message) = client else { return }
    sink.messageEnded(message, .unfinished, at: moment)
    client = .commands
  }

  /// What the client's next bytes are depends on a reply; the message goes on behind it.
  private mutating func interruptChunks() {
    if case .betweenChunks(let message) = client { interruptedMessage = message }
  }

  /// Where commands are due again, the chunks of the open message are too.
  mutating func resumeChunks() {
    guard let message = interruptedMessage else { return }
    interruptedMessage = nil
    client = .betweenChunks(message: message)
  }

  /// Behind STARTTLS all is begun anew (RFC 3207 section 4.2), and behind the end nothing comes.
  mutating func endInterruptedMessage<Sink: DialogueSink & ~Copyable>(at moment: Moment, into sink: inout Sink) {
    guard let message = interruptedMessage else { return }
    interruptedMessage = nil
    sink.messageEnded(message, .unfinished, at: moment)
  }

  private mutating func skipBlob(_ count: Int, of remaining: Int) {
    guard count >= remaining else {
      client = .blob(remaining: remaining - count)
      return
    }
    client = .commands
    resumeChunks()
  }

  // MARK: Holes

  mutating func missingFromClient<Sink: DialogueSink & ~Copyable>(
    _ count: Int, at moment: Moment, into sink: inout Sink
  ) {
    // Text is sent behind a whole 354 only: what is missing of the line was sent before these bytes.
    if serverLines.partial.starts(with: Array("354".utf8)) { flushServerLine(at: moment, into: &sink) }
    settleHeldBytes(isEnd: false, at: moment, into: &sink)
    if case .awaitingReply(.data) = client, held.isEmpty {
      missingBeforeHeld += count
      return
    }
    switch client {
    case .text(let message, var receiver):
      for byte in receiver.skip() {
        let bytes = [byte]
        sink.messageBytes(bytes.span, at: moment)
      }
      client = .text(message: message, receiver)
      messageHasGap = true
      sink.messageGap(count)
    case .chunk(let remaining, let message, let isLast, let command):
      let inside = min(count, remaining)
      messageHasGap = true
      sink.messageGap(inside)
      advanceChunk(by: inside, of: remaining, message: message, isLast: isLast, command, at: moment, into: &sink)
      if count > inside { missingFromClient(count - inside, at: moment, into: &sink) }
    case .blob(let remaining):
      skipBlob(min(count, remaining), of: remaining)
      if count > remaining { missingFromClient(count - remaining, at: moment, into: &sink) }
    case .encrypted:
      sink.tlsMissing(count, from: .client, at: moment)
    case .afterStartTLS:
      tlsBeginsInHole.client = true
      sink.tlsMissing(count, from: .client, at: moment)
      sink.gap(count, from: .client, at: moment)
    case .commands, .betweenChunks, .authResponse, .awaitingReply, .ambiguousEnd:
      sink.gap(count, from: .client, at: moment)
      isBehindClientGap = true
      hasGap = true
      // Between two chunks little but a chunk can be missing.
      if case .betweenChunks = client {
        messageHasGap = true
        sink.messageGap(count)
      }
      // The line that the hole begins in is known as far as it goes: a snap length cuts it so.
      if !clientLines.isEmpty, isInStep {
        clientLines.markClipped()
        let lineEnd = clientLines.partial.last == 0x0d ? 1 : 2
        if let line = clientLines.takePartial() {
          let command = Command(line: line.bytes, moment: moment, isClipped: true)
          if command.verb != .unknown {
            isBehindClientGap = false
            takeCommand(line.bytes, line.facts, at: moment, into: &sink)
            isBehindClientGap = true
            // Octets of its chunk are in the hole too.
            if case .chunk = client {
              isBehindClientGap = false
              missingFromClient(max(1, count - lineEnd), at: moment, into: &sink)
            }
            return
          }
        }
      }
      clientLines.reset()
      if case .authResponse = client { client = .awaitingReply(.auth) }
      isInStep = false
      hasAnsweredUnseen = false
      expect(.unseen, into: &sink)
    }
  }
}

extension Command {
  /// Whether the line cannot well be anything but a command: a word of text that happens to be a verb is not enough.
  var isUnmistakable: Bool {
    switch verb {
    case .helo, .ehlo, .lhlo: !argument.isEmpty && !argument.contains(0x20)
    case .mail, .send, .soml, .saml:
      argument.count > 5 && equalsIgnoringCase(argument.prefix(5), "FROM:".utf8)
    case .rcpt: argument.count > 3 && equalsIgnoringCase(argument.prefix(3), "TO:".utf8)
    case .data, .rset, .quit, .starttls: argument.isEmpty
    case .bdat: chunk != nil
    case .auth: !argument.isEmpty && argument.split(separator: 0x20).count <= 2
    default: false
    }
  }
}
