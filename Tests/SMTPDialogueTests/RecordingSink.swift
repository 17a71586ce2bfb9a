import SMTPDialogue
import TestSupport
import Wire

/// Writes down what a dialogue tells, a line an event; message bytes are joined.
struct RecordingSink: DialogueSink {
  private(set) var events: [String] = []
  private(set) var messages: [Int: [UInt8]] = [:]
  private(set) var dots: [String] = []
  private(set) var ahead: [Verb] = []
  /// Every line with its side and the frame that it is told for; what is secret of it as asterisks.
  private(set) var lines: [String] = []
  /// What is behind a lone dot, as far as it is told.
  private(set) var behindDots: [String] = []
  /// Commands and replies of which the capture does not have everything.
  private(set) var cut: [String] = []
  private var open = 0

  mutating func said(_ line: Span<UInt8>, from peer: Peer, secretStart: Int?, at moment: Moment) {
    let shown = line.extracting(0..<(secretStart ?? line.count))
    let hidden = String(repeating: "*", count: line.count - shown.count)
    lines.append("\(peer == .client ? "C" : "S")\(moment.frame) \(String(repairing: shown))\(hidden)")
  }

  mutating func commanded(_ command: Command) {
    if command.isClipped { cut.append(String(decoding: command.line, as: UTF8.self)) }
  }

  mutating func exchanged(_ awaited: Awaited, with reply: Reply?) {
    let what =
      switch awaited {
      case .greeting: "greeting"
      case .command(let command): String(decoding: command.line, as: UTF8.self)
      case .endOfData(let message, _): "end of data \(message)"
      case .chunk(_, let message, let isLast, _): "chunk of \(message)\(isLast ? ", last" : "")"
      case .unseen: "unseen"
      }
    events.append("\(what) | \(reply.map { String($0.code) } ?? "-")")
    if let reply, !reply.isComplete { cut.append(String(reply.code)) }
  }

  mutating func unsolicited(_ reply: Reply) { events.append("unsolicited | \(reply.code)") }

  mutating func responded(_ response: Span<UInt8>) { events.append("response \(String(repairing: response))") }

  mutating func messageBegan(_ number: Int, at moment: Moment) {
    open = number
    messages[number] = []
  }

  mutating func clearBehindTLS(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {}

  mutating func loneDot(_ dot: LoneDot?, _ fate: LoneDot.Fate, before rest: Span<UInt8>, at moment: Moment) {
    dots.append("\(dot?.name ?? "-") \(fate)")
    behindDots.append(String(repairing: rest))
  }

  mutating func sentAhead(of verb: Verb, at moment: Moment) { ahead.append(verb) }

  mutating func messageBytes(_ bytes: Span<UInt8>, at moment: Moment) { messages[open, default: []].append(bytes) }

  mutating func messageGap(_ count: Int) { events.append("hole of \(count) in \(open)") }

  mutating func messageStopped(behind line: [UInt8]) {}

  mutating func messageEnded(_ number: Int, _ end: MessageEnd, at moment: Moment) {
    events.append("message \(number) \(end)")
  }

  mutating func gap(_ count: Int, from peer: Peer, at moment: Moment) { events.append("gap of \(count) from \(peer)") }

  mutating func tlsMissing(_ count: Int, from peer: Peer, at moment: Moment) {}

  mutating func tls(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {
    if events.last?.hasPrefix("encrypted from \(peer)") != true { events.append("encrypted from \(peer)") }
  }

  mutating func discarded(_ bytes: Span<UInt8>, at moment: Moment) {
    events.append("discarded \(String(repairing: bytes).prefix { $0 != "\r\n" })")
  }

  func text(of message: Int) -> String { String(decoding: messages[message] ?? [], as: UTF8.self) }
}

/// Runs a script through a dialogue, each step cut into pieces of at most `piece` bytes.
func run(
  _ script: Script, sawOpening: Bool = true, piece: Int = .max, limits: DialogueLimits = DialogueLimits()
) -> RecordingSink {
  var dialogue = Dialogue(sawOpening: sawOpening, limits: limits)
  var sink = RecordingSink()
  var frame = 0
  func next() -> Moment {
    frame += 1
    return Moment(time: CaptureTime(nanoseconds: Int64(frame) * 1_000_000), frame: frame)
  }
  for step in script.steps {
    switch step {
    case .bytes(let peer, let bytes):
      var rest = bytes[...]
      while !rest.isEmpty {
        let cut = Array(rest.prefix(piece))
        rest = rest.dropFirst(cut.count)
        dialogue.receive(cut.span, from: peer, at: next(), into: &sink)
      }
    case .missing(let peer, let count):
      dialogue.missing(count, from: peer, at: next(), into: &sink)
    case .finish(let peer), .reset(let peer):
      dialogue.finish(from: peer, at: next(), into: &sink)
    }
  }
  dialogue.end(at: next(), into: &sink)
  return sink
}
