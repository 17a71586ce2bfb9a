internal import SMTPDialogue
internal import TCPStreams
internal import Wire

// Message text as it passes, and which transaction each message belongs to.

extension SessionRecorder {
  mutating func messageBegan(_ number: Int, at moment: Moment) {
    recognize(.smtp)
    clock.textBegan()
    let key = output?.beginMessage()
    message = [MessageRecorder(number: number, options: options, output: output, outputKey: key)]
    isInChunks = saidChunk
    if dataExchanges >= dataCommands {
      if let open { drafts[open].message = number }
      // Behind a 354 whose DATA was said before the capture began, no command was seen at all.
      if let open, drafts[open].transaction.transfer == nil,
        dataCommands > 0 || drafts[open].hasHole || drafts[open].transaction.reversePath == nil && !isInChunks
      {
        drafts[open].transaction.transfer = .data
      }
    } else {
      messageOfData[dataCommands] = number
    }
  }

  mutating func loneDot(_ dot: LoneDot?, _ fate: LoneDot.Fate, before rest: Span<UInt8>, at moment: Moment) {
    guard let number = message.first?.number, loneDots.count < LoneDotRecord.limit else { return }
    let start = rest.extracting(0..<min(Self.clearTextLimit, rest.count))
    loneDots.append(
      LoneDotRecord(
        dot: dot, fate: fate, message: number, moment: moment, rest: masked(start, options: options)))
  }

  mutating func sentAhead(of verb: Verb, at moment: Moment) {
    log.sentAhead(of: verb, at: moment)
  }

  mutating func messageBytes(_ bytes: Span<UInt8>, at moment: Moment) {
    clock.textPassed(at: moment.time)
    guard !message.isEmpty else { return }
    message[0].append(bytes, at: moment)
    if let key = message.span[0].outputKey { output?.append(bytes, toMessage: key) }
  }

  mutating func messageGap(_ count: Int) {
    guard !message.isEmpty else { return }
    message[0].skip(count)
    if count > 0, let key = message[0].outputKey { output?.skip(count, inMessage: key) }
  }

  mutating func messageStopped(behind line: [UInt8]) {
    unfinishedTail = (message.first?.tail ?? []) + line
  }

  mutating func messageEnded(_ number: Int, _ end: MessageEnd, at moment: Moment) {
    guard message.first?.number == number, var message = message.popLast() else { return }
    if end == .sent || end == .sentNonstandard {
      clock.textEnded(at: moment.time, isShown: end == .sent, transaction: open.map { $0 + 1 })
    }
    if let key = message.outputKey { output?.endMessage(key) }
    var finished = message.finished(end, at: moment.time)
    if let keys = options.keys { finished.verify(with: keys) }
    if end == .unfinished, unfinishedTail.isEmpty { unfinishedTail = message.tail }
    if end == .sent || end == .sentNonstandard { log.textEnded() }
    if end == .unseen { gaps.coversEnd = true }
    show(.message(bytes: finished.byteCount), from: .client, at: moment)
    var census = TextCensus()
    swap(&census, &message.census)
    finishedMessages.append((number, finished, end, census))
  }

  /// Gives each transaction its message. A message that no exchange tied to one belongs to the one that was open.
  mutating func attachMessages() {
    // Of many messages each finds its own by its number: looking at all transactions for each would cost their square.
    var places: [Int: Int]?
    if finishedMessages.count > 8 {
      places = Dictionary(
        drafts.enumerated().compactMap { index, draft in draft.message.map { ($0, index) } }, uniquingKeysWith: { $1 })
    }
    // What was not open stays so.
    var open = drafts.count - 1
    // Moved: each has much to copy.
    for place in finishedMessages.indices {
      let number = finishedMessages[place].number
      var index = places.map { $0[number] } ?? drafts.lastIndex { $0.message == number }
      if index == nil {
        while open >= 0, drafts[open].message != nil || drafts[open].ending != nil { open -= 1 }
        index = open >= 0 ? open : nil
      }
      guard let index else { continue }
      let draft = drafts[index]
      draft.message = number
      draft.messageEnd = finishedMessages[place].end
      var census = TextCensus()
      swap(&census, &finishedMessages[place].census)
      draft.census = census
      var message: Message?
      swap(&message, &finishedMessages[place].message)
      draft.transaction.message = message
    }
    finishedMessages = []
  }
}
