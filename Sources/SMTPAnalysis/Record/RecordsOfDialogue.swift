internal import SMTPDialogue
internal import TCPStreams
internal import Wire

// What the dialogue tells, as the record keeps it.

extension Hello {
  init(_ command: Command) {
    let verb =
      switch command.verb {
      case .helo: "HELO"
      case .lhlo: "LHLO"
      default: "EHLO"
      }
    self.init(verb: verb, argument: Array(command.argument), at: (command.moment.frame, command.moment.time))
  }
}

extension Reply {
  /// The reply as it is reported, to what was asked then.
  func record(since asked: CaptureTime?) -> ReplyRecord {
    var reply = self
    return reply.takeRecord(since: asked)
  }

  /// The same, with the lines moved to the record: what is left tells all but its text.
  mutating func takeRecord(since asked: CaptureTime?) -> ReplyRecord {
    let delay = asked.map { begin.time.nanoseconds(since: $0) }
    let enhanced = enhancedStatus
    var taken = TextLines()
    swap(&taken, &lines)
    return ReplyRecord(
      code: code, enhanced: enhanced, lines: taken, frame: begin.frame, time: begin.time,
      delay: delay.flatMap { $0 >= 0 ? $0 : nil })
  }
}

extension Reply? {
  /// The record of the reply, where there is one: see there.
  mutating func takeRecord(since asked: CaptureTime?) -> ReplyRecord? {
    guard var reply = take() else { return nil }
    let record = reply.takeRecord(since: asked)
    self = consume reply
    return record
  }
}

extension Awaited {
  /// When its last byte was sent; nil for what nobody sent, or nobody captured.
  var sent: Moment? {
    switch self {
    case .greeting, .unseen: nil
    case .command(let command): command.moment
    case .endOfData(_, let sent), .chunk(_, _, _, let sent): sent
    }
  }
}
