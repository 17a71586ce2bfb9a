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

extension ReplyRecord {
  init(_ reply: borrowing Reply, since asked: CaptureTime?) {
    let delay = asked.map { reply.begin.time.nanoseconds(since: $0) }
    self.init(
      code: reply.code, enhanced: reply.enhancedStatus, lines: reply.lines, frame: reply.begin.frame,
      time: reply.begin.time, delay: delay.flatMap { $0 >= 0 ? $0 : nil })
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
