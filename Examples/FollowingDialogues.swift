import SMTPDialogue
public import Wire

/// SMTPDialogue alone: each command with the code of the reply that answered it, however they were pipelined; nil where none came.
///
/// - Parameter turns: What was said, in the order in which both ends saw it, cut as it came.
public func exchanges(in turns: [(peer: Peer, text: String)]) -> [(command: String, code: Int?)] {
  var dialogue = Dialogue(sawOpening: true)
  var sink = ExchangeSink()
  for (index, turn) in turns.enumerated() {
    let moment = Moment(time: CaptureTime(nanoseconds: Int64(index)), frame: index + 1)
    dialogue.receive(Array(turn.text.utf8).span, from: turn.peer, at: moment, into: &sink)
  }
  dialogue.end(at: Moment(time: CaptureTime(nanoseconds: Int64(turns.count)), frame: turns.count), into: &sink)
  return sink.exchanges
}

/// Of all that a dialogue tells, this wants the exchanges only.
private struct ExchangeSink: DialogueSink {
  var exchanges: [(command: String, code: Int?)] = []

  mutating func exchanged(_ awaited: Awaited, with reply: Reply?) {
    switch awaited {
    case .command(let command):
      exchanges.append((String(decoding: command.line, as: UTF8.self), reply?.code))
    case .greeting: exchanges.append(("(greeting)", reply?.code))
    case .endOfData: exchanges.append(("(end of data)", reply?.code))
    case .chunk(let command, _, _, _): exchanges.append((String(decoding: command.line, as: UTF8.self), reply?.code))
    case .unseen: break
    }
  }

  mutating func said(_ line: Span<UInt8>, from peer: Peer, secretStart: Int?, at moment: Moment) {}
  mutating func commanded(_ command: Command) {}
  mutating func unsolicited(_ reply: Reply) {}
  mutating func responded(_ response: Span<UInt8>) {}
  mutating func messageBegan(_ number: Int, at moment: Moment) {}
  mutating func messageBytes(_ bytes: Span<UInt8>, at moment: Moment) {}
  mutating func messageGap(_ count: Int) {}
  mutating func messageStopped(behind line: [UInt8]) {}
  mutating func messageEnded(_ number: Int, _ end: MessageEnd, at moment: Moment) {}
  mutating func loneDot(_ dot: LoneDot?, _ fate: LoneDot.Fate, before rest: Span<UInt8>, at moment: Moment) {}
  mutating func sentAhead(of verb: Verb, at moment: Moment) {}
  mutating func gap(_ count: Int, from peer: Peer, at moment: Moment) {}
  mutating func tls(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {}
  mutating func tlsMissing(_ count: Int, from peer: Peer, at moment: Moment) {}
  mutating func clearBehindTLS(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {}
  mutating func discarded(_ bytes: Span<UInt8>, at moment: Moment) {}
}
